### Lo que Ringback dice en el chat, en español: sencillo, amable y de «tú». Lo que salió mal dice también qué hacer.
### Fluent (https://projectfluent.org). Los mismos mensajes con las mismas variables que en.ftl, en el mismo orden.

language-name = Español

## Welcome and help

start =
    ¡Hola! Hago llamadas por ti. Escribe lo que quieres, por ejemplo:

    { example-request }

    Primero te muestro una ficha y solo marco cuando tocas «Llamar». Con /help te cuento más.
start-steps = Dos cosas para empezar: el idioma de este chat y tu zona horaria. He puesto { $language } y { $zone } (hora de allí: { $time }).
start-first-call = Tu primera llamada: puedo hacer sonar tu propio teléfono para que oigas mi voz. Comparte tu número con el botón de abajo o escribe sin más lo que quieres. También puedes probar antes lo que yo diría: toca «Ensayar» en cualquier ficha.
start-own-goal = Preséntate y cuéntale a { $name } en dos frases cómo puedes ayudar con las llamadas; responde a sus preguntas sobre eso.
start-own-opening = Hola, { $name }, soy Ringback, tu asistente de IA. Esta es tu primera llamada: ¿qué tal sueno?
start-own-callee = { $name } (tú)
start-share = Llamar a mi teléfono
help =
    Escribe lo que quieres que haga. Con un número de teléfono o con un nombre que yo pueda buscar o conozca por /contacts:

    • { example-request }
    • llama a mi dentista, +1 415 555 0111, mañana a las 9 y cambia mi cita al martes por la mañana
    • llama a mamá y pregúntale si viene el sábado
    • lo mismo que la última vez, pero el viernes

    O manda un mensaje de voz o comparte un contacto. Te respondo con una ficha. Cámbiala escribiendo lo que no está bien («que sea para cinco»), editando tu mensaje o con sus botones; con «Ensayar» haces antes el papel de la otra parte; con «Llamar» marco. Ves a las dos partes mientras hablan. Responde a la transcripción en vivo para susurrarle algo al agente. Cuando termina la llamada, recibes un informe.

    /call <lo que quieres> – lo mismo que escribirlo sin más
    /calls – tus llamadas, las programadas y las pasadas
    /timeline – la última llamada en el tiempo, o aquella a la que respondes
    /hangup – terminar la llamada en curso
    /contacts – los números que este chat conoce
    /settings – zona horaria, idioma, ciudad, personalidad, aviso de IA
    /budget – lo que se puede gastar y lo que se ha gastado
    /personas – las personalidades que puede tener el agente
    /forget – borrar lo que sé de ti
    /help – este texto
help-group = En un grupo, escribe /call y lo que quieres, mencióname o responde a uno de mis mensajes: los demás no los veo. Los botones de una ficha solo los puede tocar quien pidió la llamada, y los admins. Aquí los números de teléfono nunca se muestran completos.
help-admin =
    Para admins:
    /people – quién puede usar este bot
    /allow – permitir este grupo; /allow <id> <rol> – permitir a una persona (rol: caller, watcher o admin)
    /deny – ya no; /deny <id> – lo mismo para una persona
    /invite <rol> – un enlace que deja entrar a una persona, como caller (puede llamar) o watcher (solo mira)
    /budget <id o «chat»> <límites> – fijar un presupuesto, como 5usd/day 60min/day
    /donotcall – números a los que nunca se llama; añadir o quitar uno
    /audit – quién hizo qué
example-request = llama a Trattoria Roma al +1 415 555 2671 y reserva una mesa para cuatro a las 19:00, de 19:00 a 21:00 está bien, a nombre de Shane

command-call = Hacer una llamada: /call al restaurante, +1 …
command-calls = Tus llamadas
command-timeline = Una llamada en el tiempo: quién habló cuándo
command-hangup = Terminar la llamada en curso
command-contacts = Los números que este chat conoce
command-settings = Zona horaria, idioma, personalidad
command-budget = Lo que se puede gastar
command-personas = Las personalidades del agente
command-forget = Borrar lo que sé de ti
command-help = Cómo funciona

## Requests

empty-request = Dime a quién llamar y para qué, por ejemplo: /call Trattoria Roma de San Francisco y pregunta a qué hora cierran hoy
not-a-call = Hago llamadas. Dime a quién llamar y para qué, con el número o el nombre del lugar.
not-a-call-running = Hay una llamada en curso. Para decirle algo al agente, responde a la transcripción en vivo. Para otra llamada, escribe a quién llamo y para qué.
no-change = No entendí qué cambiar, así que la ficha queda como está. Dilo de otra forma, usa sus botones o empieza otra llamada con /call.
no-answer = No entendí eso. Responde a la pregunta de arriba con otras palabras o empieza otra llamada con /call.
ask-number = ¿A qué número llamo? Escríbelo con el código de país, como +1 415 555 2671, o comparte el contacto.
ask-goal = ¿Qué quieres lograr con la llamada?
ask-opening = ¿Qué debe decir primero el agente?
ask-several = Necesito algo más:
ask-edit = ¿Qué cambio? Escríbelo con tus palabras, como «que sea para cinco».
ask-edit-placeholder = que sea para cinco
unsupported = Puedo leer texto, escuchar mensajes de voz y recibir contactos. Por favor, escribe lo que quieres.
too-long = Es demasiado largo para un solo pedido. Que no pase de 4000 caracteres, por favor.
edited-too-late = Editaste un mensaje cuya llamada ya se hizo, así que nada cambió. Responde a la transcripción en vivo para decirle algo al agente.
repeats-not-offered = Hago cada llamada una sola vez y no puedo repetirlas por mi cuenta. La ficha es para la primera; escríbeme otra vez para la siguiente.

unknown-command = No conozco el comando { $command }. Con /help te digo lo que puedo hacer.

voice-heard = 🎤 «{ $words }»
voice-too-long = Ese mensaje de voz es demasiado largo. Que dure menos de { $minutes } minutos, por favor.
voice-too-large = Esa grabación es demasiado grande: Telegram me da como máximo { $megabytes } MB. Manda una más corta o escríbelo, por favor.
voice-failed = No pude entender ese mensaje de voz. Dilo otra vez o escríbelo, por favor.
voice-gone = No pude recibir de Telegram ese mensaje de voz. Mándalo otra vez o escríbelo, por favor.
voice-unreachable = No pude escucharlo en este momento: OpenAI no respondió. No se ha perdido: reenvíamelo en un minuto o escríbelo.
voice-denied = OpenAI no quiso escucharlo ({ $status }). Quien me administra debería revisar OPENAI_API_KEY, su saldo y TRANSCRIPTION_MODEL. Mientras tanto, escribe, por favor.

planning-failed = No pude planear esto en este momento: { $reason } No se ha perdido nada: mándalo otra vez en un minuto.
model-nonsense = el modelo que planea dio una respuesta que no me sirve.
model-unreachable = el modelo que planea no respondió.
model-denied = OpenAI lo rechazó ({ $status }). Quien me administra debería revisar OPENAI_API_KEY, su saldo y TEXT_MODEL.
model-refused = el modelo no quiso planear esta llamada. Intenta decirlo de otra manera.

unknown-voice = No hay ninguna voz «{ $voice }», así que puse { $instead }. Las voces: { $voices }.
unknown-persona = No hay ninguna personalidad «{ $persona }», así que puse «{ $instead }». Están todas en /personas.

# What people write who agree, whole messages without their punctuation; and who want no call after all.
short-yes = sí, si, sí por favor, si por favor, sí es ese, si es ese, sí ese, si ese, sí ese mismo, si ese mismo, sí claro, si claro, sí correcto, si correcto, claro, claro que sí, claro que si, correcto, exacto, eso es, es ese, ese, ese mismo, ese es, úsalo, usalo, usa ese, está bien, esta bien, perfecto, de acuerdo, dale, vale, bueno, okay, ok, yes
short-cancel = cancelar, cancela, cancélalo, cancelalo, cancela eso, cancela la llamada, cancelar por favor, olvídalo, olvidalo, déjalo, dejalo, mejor no, no llames, no llamar, stop, cancel
press-to-call = Marco cuando pulses «{ $button }» en la ficha, no antes.

sensitive = No puedo hacer esta llamada tal como está: contiene { $what }. Por teléfono no doy ni recibo esas cosas. Dime qué cambiar.
sensitive-card = un número de tarjeta
sensitive-bank = un número de cuenta bancaria
sensitive-secret = una contraseña, un código o un número de tarjeta o de cuenta

number-emergency = { $number } es un número de emergencias. A esos nunca llamo: márcalo tú, por favor.
number-short = { $number } es un número corto de servicio. Solo llamo a números de teléfono normales.
number-malformed = { $number } no es un número que yo pueda marcar. Revisa las cifras.
number-no_country = { $number } no es un número que yo pueda marcar. Escríbelo con el código de país, como +1 415 555 2671.
number-extension = { $number } tiene una extensión, y no puedo marcarla. Dame solo el número.
number-premium = { $number } es un número de tarificación especial. A esos no llamo.
number-shared_cost = { $number } es un número de servicio de costo compartido. A esos no llamo.
number-personal = { $number } es un número personal, tan caro como uno de tarificación especial. A esos no llamo.
number-pager = { $number } es de un buscapersonas. A esos no llamo.
number-voicemail = { $number } es un número de acceso a un buzón de voz. A esos no llamo.

## Looking up a number

lookup-searching = 🔎 Busco el número de { $what } …
lookup-found = Encontré este número. ¿Es el correcto?
lookup-source = Fuente: { $source }
lookup-none = No encontré ningún número de { $what }. Escríbelo con el código de país, como +1 415 555 2671, o comparte el contacto.
lookup-failed = No pude buscar el número de { $what } en este momento: { $reason } Escribe el número con el código de país, como +1 415 555 2671, o comparte el contacto.
lookup-place = ¿En qué ciudad busco? Ponla una vez en /settings o escríbela con tu pedido.
lookup-use = ✅ Es ese
lookup-other = ✖️ Otro número

## Contacts

contacts-title = Contactos de este chat
contacts-none = Todavía no hay contactos. Comparte un contacto conmigo o toca «Guardar contacto» en un informe.
contacts-hint = Toca uno para quitarlo.
contact-save-question = ¿Guardo a { $name }, { $number }, en los contactos de este chat?
contact-save = 💾 Guardar
contact-skip = No
contact-kept = Guardado: { $name }. Desde ahora basta con «llama a { $name }».
contact-not-kept = No guardado.
contact-not-yours = Eso solo lo puede decidir { $name } o un admin.
contact-removed = Quitado: { $name }.
contact-button-remove = ✖️ { $name }

## The card

card-for = { $number } · para { $name }
card-goal = Objetivo:
card-facts = Puede decir
card-agree = Puede aceptar
card-questions = Preguntará
card-more = … y { $count } más
card-opening = Empieza con:
card-voicemail = En el contestador:
card-limits = ⏱ máximo { $minutes } min · 💵 unos { $cost } si dura tanto
card-retries = 🔁 Si está ocupado o no contestan: { $count ->
    [one] una vez más, a los { $minutes } min
    *[other] hasta { $count } veces más, cada { $minutes } min
 }
card-at = 🕘 { $when }
card-recorded = ⏺ La llamada se graba, y el agente lo dice.
card-cancelled = Cancelado. No se marcó nada.
card-scheduled = Programada: { $when }.
card-call = 📞 Llamar
card-schedule = 🕘 Programar la llamada
card-now = 📞 Mejor llamar ahora
card-persona = 🎭 Personalidad
card-voice = 🔊 Voz
card-rehearse = 🎬 Ensayar
card-edit = ✏️ Cambiar
card-cancel = ✖️ Cancelar
card-back = ← Atrás
card-page = Más ({ $page }/{ $count })
call = Llamada

personas-title = Personalidades
personas-intro = El carácter y la voz del agente. Elijo la que mejor va; cámbiala en la ficha o elige la tuya en /settings.
persona-voice = · voz { $voice }
persona-fits = Para { $fits }.
# The same as in prompts/personas.
persona-brisk = Ágil y profesional
persona-brisk-fits = restaurantes, tiendas, peluquerías y todo lo que se reserva
persona-cheerful = Alegre y atenta
persona-cheerful-fits = hoteles, eventos, sorpresas, regalos, viajes
persona-firm = Amable pero firme
persona-firm-fits = quejas, reembolsos, cancelaciones, negociaciones
persona-formal = Formal y precisa
persona-formal-fits = oficinas, autoridades, bancos, abogados, escuelas
persona-patient = Paciente y servicial
persona-patient-fits = personas mayores, citas médicas y de cuidados, quien necesite tiempo
persona-warm = Cálida y cercana
persona-warm-fits = familia y amigos, buenas noticias, invitaciones, saber cómo está alguien

## Presses

refusal = Lo siento, este bot es privado. Si deberías tener acceso, dale tu id a quien lo administra: { $id }
refusal-group = Lo siento, este bot es privado. Si deberías tener acceso, escríbeme primero en un chat privado: { $link }
not-yours = Esta llamada es de { $name }: eso solo puede hacerlo quien la pidió o un admin.
not-yours-reply = Esta llamada es de { $name }: solo puede cambiarla quien la pidió o un admin. Para una llamada tuya, escribe /call y lo que quieres.
stale = Esta ficha ha cambiado desde entonces. Mira la más nueva.
press-again = Un momento: todavía estoy con el último mensaje de aquí. Pulsa otra vez cuando haya respondido.
gone = Esta ficha ya no está abierta.
gone-button = Este botón ya no sirve.
dialling = Marcando
hanging-up = Colgando. Toca otra vez para cortar la línea de inmediato.
hanging-up-command = Colgando. Manda /hangup otra vez para cortar la línea de inmediato.
call-over = Esa llamada ya terminó.
no-call = No hay ninguna llamada en curso.
place-failed = No marqué: { $reason }
restarting = Me están reiniciando. Toca «Llamar» otra vez en un minuto.
already-placed = Esta llamada ya se hizo.
whisper-late = Esa llamada ya terminó, así que no pude pasar el mensaje.

## Refusals before dialling

refused-role = Aquí puedes ver las llamadas, pero no hacerlas ni dirigirlas. Un admin puede cambiarlo: /allow { $id } caller
refused-requester = { $name } ya no puede hacer llamadas. Un admin puede cambiarlo: /allow { $id } caller
refused-group = Este grupo ya no puede usarme. Un admin puede permitirlo otra vez: /allow
refused-do-not-call = { $number } está en la lista de no llamar desde el { $date }: { $why ->
    [callee] pidieron que no se les llamara más
    *[admin] lo puso un admin
 }. Un admin puede quitarlo, en nuestro chat privado: /donotcall
refused-country = No puedo llamar a números de este país: { $country }. Lo decide quien me administra, con ALLOWED_COUNTRIES.
refused-quiet-then = Allí la hora será { $time } ({ $zone }), y no llamo de { $from } a { $to }. Puedo programar la llamada: { $opens }.
refused-quiet = Allí la hora es { $time } ({ $zone }), y no llamo de { $from } a { $to }. Puedo programar la llamada: { $opens }.
refused-usd_day = { refused-whose-budget } para hoy se agotó ({ $limit }). Se renueva { $anew }; un admin puede subirlo: /budget
refused-usd_month = { refused-whose-budget } para este mes se agotó ({ $limit }). Se renueva { $anew }; un admin puede subirlo: /budget
refused-minutes_day = { refused-whose-minutes } para hoy se agotaron ({ $limit }). Se renuevan { $anew }; un admin puede subirlos: /budget
refused-minutes_month = { refused-whose-minutes } para este mes se agotaron ({ $limit }). Se renuevan { $anew }; un admin puede subirlos: /budget
refused-whose-budget = { $whose ->
    [yours] Tu presupuesto
    [theirs] El presupuesto de { $name }
    *[chat] El presupuesto de este grupo
 }
refused-whose-minutes = { $whose ->
    [yours] Tus minutos
    [theirs] Los minutos de { $name }
    *[chat] Los minutos de este grupo
 }
refused-too-little = Lo que queda del presupuesto no alcanza para un minuto de esta llamada, unos { $cost }. Un admin puede subirlo: /budget
refused-plan-then = 🕘 Programar: { $when }

## Later and again

when-today = hoy, { $date }, { $time } ({ $zone })
when-tomorrow = mañana, { $date }, { $time } ({ $zone })
when-other = { $date }, { $time } ({ $zone })
schedule-past = Ese momento ya pasó: { $when }. Dime cuándo llamar o que llame ahora.
schedule-too_far = Programo llamadas con 60 días de antelación como máximo. Dime un momento más cercano.
schedule-malformed = No entendí cuándo llamar. Escribe otra vez el momento, como «mañana a las 9».
scheduled = Programada: { $when }.
scheduled-missed = A esa hora yo no estaba en marcha ({ $when }), así que no llamé a { $name }. Toca «Llamar» para llamar ahora.
scheduled-refused = No llamé a { $name } como estaba programado ({ $when }): { $reason }
scheduled-began = 🕘 Llamo a { $name }, como estaba programado.
scheduled-changed = Cambió, así que ya no está programada: confirma la ficha nueva.
scheduled-already = Esta llamada ya está programada.
retry-now = 🔁 Ahora
retry-minutes = 🔁 En { $minutes } min
retry-hour = 🔁 En 1 h
retry-planned = Lo intento otra vez: { $when }. { $left ->
    [one] Es el último intento
    *[other] Quedan { $left } intentos
 }.
retry-cancel = ✖️ No intentar más
retry-cancelled = No lo intento más.
retry-taken = Ya elegiste.
retry-refused = No lo intento otra vez con { $name }: { $reason }

## The live view

live-dialling = marcando…
live-ringing = sonando…
live-taken-over = tu teléfono toma la llamada
live-message = dejando el mensaje
live-goodbye = despidiéndose
live-hanging-up = colgando
live-connected = en línea { $time }
live-hold = en espera { $time }
live-question = esperando tu respuesta
live-cost = { $cost }
live-ended = terminada – { $reason }
live-ended-after = terminada tras { $time } – { $reason }
live-agent = 🤖 Agente:
live-callee = 👤 { $name }:
live-stop = ⏹ Colgar
live-join = 🙋 Tomar la llamada

whisper-refused = No se lo pasé al agente: contiene { $what }. Esas cosas ni las da ni las recibe.
question-open = Toca una respuesta o escríbela
question-left = ⏳ { question-open } ({ $time })
question-answer = Respondiste:
question-gone = Esta pregunta ya no está abierta.
question-timed_out = No hubo respuesta a tiempo: el agente hace solo lo que permitiste antes.
question-call_ended = La llamada terminó antes de que llegara una respuesta.
answered = Enviado: { $answer }
back-on-line = 📞 { $name }: hay alguien otra vez en la línea.
joining = Tu teléfono sonará en un momento. Cuando contestes, estarás en la línea y el agente la dejará.
join-later = Podrás tomar la llamada cuando alguien haya contestado.
join-needs-number = ¿Qué teléfono hago sonar? Comparte una vez tu propio contacto, con el botón de abajo.
join-in-private = ¿Qué teléfono hago sonar? Escríbeme una vez en privado, comparte allí tu propio contacto y toca aquí de nuevo.
share-contact = Compartir mi número
number-kept = Gracias: desde ahora «Tomar la llamada» hace sonar { $number }.
record-lost = No pude seguir guardando el registro de esta llamada, así que la terminé. Revisa la base de datos, por favor.

## The report

report-note = Nota del agente: { $note }
report-next = Lo que sigue:
report-unclear = (no del todo claro)
report-facts-talk = { $time } al teléfono
report-facts-ring = sin respuesta, { $seconds } s
report-cost = costó unos { $cost }
report-no-cost = sin costo
report-cost-ringing = costó unos { $cost } (primeras palabras, preparadas mientras sonaba)
report-again = 🔁 Llamar otra vez
report-transcript = 📄 Transcripción
report-save-contact = 💾 Guardar contacto
report-calendar = 📅 Añadir al calendario
report-words = 🔎 { $number }
report-words-gone = Ya no tengo las palabras de esta llamada.
report-calendar-file = { $title }, { $when }
report-recording = La llamada, { $time }
report-recording-none = No se pudo guardar la grabación de esta llamada.
report-recording-too-large = La grabación de esta llamada es demasiado grande para Telegram. La tiene quien me administra.
report-recording-refused = Telegram no aceptó la grabación de esta llamada. La tiene quien me administra.
no-transcript = En esta llamada no se dijo nada.
transcript-goal = Objetivo: { $goal }
transcript-agent = Agente
transcript-interrupted = [interrumpido]

end-goodbye = con una despedida
end-callee_hung_up = la otra parte colgó
end-requester_hung_up = la terminaste tú
end-time_limit = llegó a su límite de tiempo
end-money_limit = llegó a su límite de dinero
end-silence = ya nadie hablaba
end-menu_loop = el menú telefónico daba vueltas
end-hold_limit = la espera duró demasiado
end-taken_over = tomaste tú la llamada
end-busy = la línea estaba ocupada
end-no_answer = nadie contestó
end-voicemail = contestó una máquina
end-refused = la compañía telefónica la rechazó
end-failed = no se pudo completar
end-model_lost = se perdió el modelo de voz
end-line_lost = se cortó la línea
end-uncertain = no sé si se llegó a marcar
end-not_dialed = no se marcó

outcome-goodbye = La llamada terminó.
outcome-callee_hung_up = La otra parte colgó.
outcome-requester_hung_up = Terminaste la llamada.
outcome-time_limit = Se acabó el tiempo.
outcome-money_limit = Se acabó el dinero para esta llamada.
outcome-silence = Ya nadie hablaba, así que terminé la llamada.
outcome-menu_loop = El menú telefónico no llevaba a ninguna parte: empezaba una y otra vez.
outcome-hold_limit = Nadie volvió de la espera, así que terminé la llamada.
outcome-taken_over = Tomaste tú la llamada, así que no sé cómo siguió.
outcome-busy = Ocupado: no se habló con nadie.
outcome-no_answer = Nadie contestó.
outcome-voicemail = Solo contestó una máquina.
outcome-refused = No se marcó: la compañía telefónica rechazó la llamada.
outcome-failed = La llamada falló: no se habló con nadie.
outcome-model_lost = La llamada se interrumpió: se perdió el modelo de voz.
outcome-line_lost = La llamada se interrumpió: se cortó la línea.
outcome-uncertain = No sé si esta llamada se llegó a marcar.
outcome-not_dialed = No se marcó: la compañía telefónica no sabe de ninguna llamada así.

advice-callee_hung_up = Llama otra vez si fue un descuido o dime qué decir de otra manera.
advice-money_limit = Un admin puede subir el presupuesto: /budget
advice-busy = Inténtalo otra vez en unos minutos.
advice-no_answer = Inténtalo más tarde, quizá en su horario de atención.
advice-voicemail = No se dejó ningún mensaje. Inténtalo más tarde si es importante.
advice-voicemail-left = Le dejé tu mensaje; sus palabras están en la transcripción. Inténtalo más tarde si es importante.
advice-voicemail-cut = Colgó antes de que terminara tu mensaje; en la transcripción está lo que pude dejar. Inténtalo más tarde si es importante.
advice-failed = Revisa el número o inténtalo más tarde.
advice-menu_loop = Llama otra vez con un número directo o dime qué teclas llevan a una persona.
advice-hold_limit = Llama otra vez a una hora más tranquila.
advice-model_lost = Revisa OPENAI_API_KEY y la página de estado de OpenAI, y llama otra vez.
advice-line_lost = Llama otra vez si es importante.
advice-uncertain = No la marco otra vez por mi cuenta. Mira el registro de llamadas de Twilio antes de llamar de nuevo.
advice-not_dialed = Llama otra vez si todavía es importante.
advice-do-not-call = Pidieron que no se les llamara más, así que ya no llamo a este número.

carrier-0 = Twilio no respondió. Inténtalo otra vez en un minuto.
carrier-13224 = Twilio dice que a este número no puede llamar.
carrier-13227 = Esta cuenta de Twilio no puede llamar a ese país. Permítelo en Voice, Geo Permissions.
carrier-20003 = Twilio no aceptó las credenciales de la cuenta. Revisa TWILIO_ACCOUNT_SID y TWILIO_AUTH_TOKEN.
carrier-20429 = Twilio recibe demasiadas peticiones de esta cuenta. Inténtalo otra vez en un minuto.
carrier-21210 = El número desde el que se llama no está verificado en Twilio. Revisa TWILIO_PHONE_NUMBER.
carrier-21211 = Twilio dice que a este número no puede llamar.
carrier-21212 = El número desde el que se llama no es un número de Twilio. Revisa TWILIO_PHONE_NUMBER.
carrier-21215 = Esta cuenta de Twilio no puede llamar a ese país. Permítelo en Voice, Geo Permissions.
carrier-21216 = Twilio no permite llamar a este número.
carrier-21219 = Una cuenta de prueba solo puede llamar a números verificados en Twilio.
carrier-other = Twilio la rechazó: error { $code }.

## Rehearsing

rehearse-began = 🎬 Ensayo: tú eres { $name }. No se llama a nadie. Escribe lo que dirían; con «Terminar el ensayo» vuelves a la ficha.
rehearse-in-group = Aquí, en el grupo, responde a mis líneas.
rehearse-stop = ⏹ Terminar el ensayo
rehearse-no-answer = Sin respuesta a tiempo
rehearse-asks = ❓ En la llamada te preguntaría ahora: { $question }
rehearse-pressed = ⌨️ marca { $digits }
rehearse-waits = ⏸ no dice nada y espera
rehearse-language = 🌐 sigue en otro idioma: { $language }
rehearse-over = 🎬 El ensayo terminó. { $outcome }
rehearse-stopped = 🎬 Ensayo terminado.
rehearse-changed = 🎬 La ficha cambió, así que este ensayo terminó. Ensaya con la nueva.
rehearse-failed = El ensayo se interrumpió: { $reason }
rehearse-lost = se perdió la conexión con el modelo de voz. Empieza otra vez.
rehearse-unreachable = no se pudo llegar al modelo de voz. Inténtalo otra vez en un minuto.
rehearse-denied = OpenAI lo rechazó. Quien me administra debería revisar OPENAI_API_KEY, su saldo y REALTIME_MODEL.
rehearse-slow = el modelo de voz no respondió a tiempo. Empieza otra vez en un minuto.
rehearse-failing = el modelo de voz está fallando. Inténtalo otra vez en un minuto.
rehearse-closed = me están reiniciando. Empieza otra vez en un minuto.
rehearse-expired = un ensayo dura un cuarto de hora como máximo. Empieza otro para seguir.
rehearse-busy = Ya hay un ensayo en este chat. Termínalo primero.
rehearse-timed-out = El ensayo se quedó sin palabras, así que lo cerré.

## The list of calls

calls-title = Llamadas
calls-none = Todavía no hay llamadas. Escribe lo que quieres que haga.
calls-running = en curso
calls-figures = { $status }, { $replies ->
    [0] sin respuestas todavía
   *[other] respuestas en { $half } ms (95 %: { $most } ms)
}, { $bargeins ->
    [0] sin interrupciones
    [one] interrumpido una vez
   *[other] interrumpido { $bargeins } veces
}
calls-planned = programada
calls-row = { $when } · { $name } – { $how }
calls-row-of = { $when } · { $name }, para { $who } – { $how }
calls-zone = Las horas son de { $zone }.
calls-cancel = ✖️ { $name }, { $when }
calls-newer = ← Más nuevas
calls-older = Más antiguas →

## People

role-admin = admin
role-caller = llamante
role-watcher = observador
admins-only = Eso solo lo pueden hacer los admins.
people-title = Personas
people-unknown = desconocido
people-groups = Grupos
in-private = Por favor, escríbeme eso en nuestro chat privado: { $link }
allow-usage = Escribe el id de la persona, que es un número, y un rol: caller (llamante), watcher (observador) o admin, así: /allow 123456789 caller. Quien me escribe ve su propio id. En un grupo, /allow sin nada más permite el grupo.
deny-usage = Escribe el id de la persona, que es un número, así: /deny 123456789. En /people están los ids. En un grupo, /deny sin nada más saca al grupo.
allowed = { $who } ya puede usar este bot (rol: { $role }).
denied = { $who } ya no puede usar este bot.
not-known = { $who } no tenía permiso.
admin-stays = { $who } es admin por el ajuste TELEGRAM_ADMINS de esta instalación.
invite-link =
    Este enlace deja entrar a una persona (rol: { $role }), hasta el { $until }. Sirve una vez.
    { $link }
invite-usage = Escribe el rol, así: /invite caller (o watcher).
invite-welcome = ¡Te damos la bienvenida! Ya puedes usarme (rol: { $role }).
invite-accepted = { $who } aceptó tu invitación y ya está dentro (rol: { $role }).
invite-bad = Esta invitación ya no es válida. Pide una nueva.
invite-already = Ya estás dentro.

group-ask = Hago llamadas. Antes, uno de mis admins tiene que permitir este grupo: con este botón o con /allow
group-allowed = Este grupo ya puede usarme. { help-group }
group-denied = Este grupo ya no puede usarme. Con /allow vuelve a entrar.
group-denied-afar = Ese grupo ya no puede usarme.
group-not-known = Ese grupo no tenía permiso.
group-allow-button = ✅ Permitir este grupo

budget-usage = Los límites se escriben así: 5usd/day 50usd/month 60min/day 600min/month, o none. Para una persona: /budget <id> <límites>; en un grupo, para el grupo: /budget chat <límites>. Con default vuelve a valer lo que vale para todos.
budget-malformed = «{ $part }» no es un límite.
budget-no-chat = En un chat privado solo cuenta el presupuesto de la persona: /budget <id> <límites>
budget-set = Presupuesto fijado.
budget-none = ninguno
budget-person = Tú: { $spent } (límite: { $budget })
budget-other = { $who }: { $spent } (límite: { $budget })
budget-chat = Este chat: { $spent } (límite: { $budget })
budget-spent = { $day } y { $dayminutes } min hoy, { $month } y { $monthminutes } min este mes
budget-shortened = El presupuesto deja { $minutes } min para esta llamada.

dnc-title = Nunca se llama a
dnc-none = La lista de no llamar está vacía. Añade un número: /donotcall add +1 415 555 2671
dnc-row = { $number }, desde el { $date } ({ $why ->
    [callee] lo pidieron
    *[admin] por un admin
 })
dnc-added = Desde ahora nunca se llama a { $number }.
dnc-removed = Ya se puede llamar otra vez a { $number }.
dnc-not-there = { $number } no está en la lista de no llamar.
dnc-usage = /donotcall, /donotcall add <número> o /donotcall remove <número>

audit-title = Quién hizo qué
audit-none = Todavía nada.
audit-row = { $when } · { $who } { $what }
audit-called = llamó a { $detail }
audit-planned = programó una llamada a { $detail }
audit-unplanned = canceló una llamada programada a { $detail }
audit-hung-up = terminó una llamada
audit-whispered = le susurró algo al agente
audit-joined = tomó una llamada
audit-contact-kept = guardó un contacto
audit-contact-removed = quitó un contacto
audit-group-allowed = permitió el grupo
audit-group-denied = sacó al grupo
audit-allowed = dejó entrar a { $someone } (rol: { $role })
audit-denied = sacó a { $someone }
audit-invited = hizo una invitación (rol: { $role })
audit-accepted = aceptó la invitación de { $someone } (rol: { $role })
audit-budget-person = fijó el presupuesto de { $someone }: { $detail }
audit-budget-chat = fijó el presupuesto del grupo: { $detail }
audit-number-barred = puso { $detail } en la lista de no llamar
audit-number-unbarred = quitó { $detail } de la lista de no llamar
audit-setting = cambió un ajuste: { $detail }
audit-forgot = hizo borrar sus datos

forget-question = Borro tus ajustes, contactos, pedidos, transcripciones y grabaciones de este chat, y tu número. { forget-calls } ¿Seguro?
forget-question-group = Borro tus pedidos de este grupo, con las transcripciones y grabaciones de sus llamadas. { forget-calls } ¿Seguro?
forget-question-group-admin = Borro tus pedidos de este grupo, con las transcripciones y grabaciones de sus llamadas, y como eres admin, también los contactos y ajustes del grupo. { forget-calls } ¿Seguro?
forget-calls = Las llamadas programadas se cancelan; las que están en curso no se tocan. Lo que queda: lo que cuestan las llamadas, quién puede usarme, quién hizo qué y los números a los que nunca se llama.
forget-yes = 🗑 Borrar todo
forget-no = Conservar
forget-done = Borrado. Los mensajes de este chat los puedes borrar tú.
forget-cancelled = { $count ->
    [one] Se canceló una llamada programada.
    *[other] Se cancelaron { $count } llamadas programadas.
 }
forget-left = { $count ->
    [one] Dejé una llamada que está en curso o cuyo informe está en camino. Manda /forget otra vez cuando haya llegado.
    *[other] Dejé { $count } llamadas que están en curso o cuyos informes están en camino. Manda /forget otra vez cuando hayan llegado.
 }
forget-not-yours = Esto solo lo puede tocar { $name }.
forget-kept = No se borró nada.

## Settings of a chat

settings-title = Ajustes de este chat
settings-language = Idioma: { $value }
settings-zone = Zona horaria: { $value }; hora de allí: { $time }
settings-place = Ciudad para buscar números: { $value }
settings-persona = Personalidad: { $value }
settings-persona-none = la que mejor va
settings-disclosure = Dice primero que es una IA: { $value }
settings-on = sí
settings-off = no
settings-unset = sin definir
settings-button-language = 🌐 Idioma
settings-button-zone = 🕘 Zona horaria
settings-button-zone-other = ✏️ Otra
settings-button-place = 📍 Ciudad
settings-button-persona = 🎭 Personalidad
settings-button-disclosure = 🤖 Aviso de IA
settings-ask-zone = ¿Qué zona horaria? Escribe una ciudad, como «Madrid» o «Bogotá».
settings-example-zone = Bogotá
settings-example-place = Sevilla, ES
settings-ask-place = ¿Qué ciudad y qué país? Escríbelo así: «Lima, PE».
settings-zone-unknown = No conozco la zona horaria «{ $text }». Escribe una ciudad grande que esté en ella, como «Madrid», o su nombre, como «America/New_York».
settings-place-unknown = Escribe la ciudad, una coma y las dos letras del país, como «Sevilla, ES».
settings-kept = Guardado.
settings-admins = En un grupo solo los admins pueden cambiar los ajustes.
settings-disclosure-fixed = Esto solo lo puede desactivar un admin.

something-wrong = Algo salió mal de mi lado y lo he anotado. Inténtalo otra vez, por favor.

# /timeline: a picture of a call on a time axis, and its caption

timeline-title = ⏱ { $name } · { $time } al teléfono
timeline-replies = Respuestas del agente: la mitad en { $half } ms, el 95 % en { $most } ms
timeline-barge-ins = { $count ->
    [one] Interrumpido una vez
   *[other] Interrumpido { $count } veces
}, el agente cedió: { $yielded }
timeline-held = En espera: { $time }
timeline-none = Ninguna llamada de este chat ha sido contestada y terminada todavía.
timeline-unknown = Ese mensaje no es de una llamada contestada y terminada. Responde a la tarjeta o al informe de una llamada.
timeline-agent = Agente
timeline-callee = Llamado
timeline-ms = { $ms } ms
timeline-wait = espera al agente (ms)
timeline-barge-in = interrumpido
timeline-hold = en espera
timeline-joined = contigo
