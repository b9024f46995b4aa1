### Was Ringback im Chat sagt, auf Deutsch: einfach, freundlich und mit „du“. Was schiefgeht, sagt auch, was zu tun ist.
### Fluent (https://projectfluent.org). Dieselben Meldungen mit denselben Variablen wie en.ftl, in derselben Reihenfolge.

language-name = Deutsch

## Welcome and help

start =
    Hallo! Ich telefoniere für dich. Schreib, was du möchtest, zum Beispiel:

    { example-request }

    Ich zeige dir erst eine Karte und wähle nur, wenn du auf „Anrufen“ drückst. Mehr erklärt /help.
start-steps = Zwei Dinge zum Anfang: die Sprache dieses Chats und deine Zeitzone. Eingestellt sind { $language } und { $zone }, dort ist es jetzt { $time }.
start-first-call = Dein erster Anruf: Ich kann dein eigenes Telefon klingeln lassen, damit du hörst, wie ich klinge. Teile deine Nummer mit dem Knopf unten, oder schreib einfach, was du möchtest. Du kannst auch vorher ausprobieren, was ich sagen würde: Drück auf einer Karte auf „Proben“.
start-own-goal = Stell dich vor und sag { $name } in zwei Sätzen, wie du mit Telefonaten helfen kannst; beantworte Fragen dazu.
start-own-opening = Hallo { $name }, hier ist dein KI-Assistent Ringback. Das ist dein erster Anruf: Wie klinge ich?
start-own-callee = { $name } (du)
start-share = Mein Telefon klingeln lassen
help =
    Schreib, was erledigt werden soll. Mit einer Telefonnummer oder einem Namen, den ich nachschlagen kann oder aus /contacts kenne:

    • { example-request }
    • ruf meine Zahnärztin an, +1 415 555 0111, morgen um 9, und verleg meinen Termin auf Dienstagvormittag
    • ruf Mama an und frag, ob sie am Samstag kommt
    • wie letztes Mal, aber am Freitag

    Oder schick eine Sprachnachricht oder teile einen Kontakt. Ich antworte mit einer Karte. Zum Ändern schreibst du, was nicht stimmt („für fünf Personen“), bearbeitest deine Nachricht oder nimmst die Knöpfe; mit „Proben“ spielst du vorher die andere Seite; mit „Anrufen“ wird gewählt. Du siehst beide Seiten, während sie sprechen. Antworte auf die laufende Mitschrift, um dem Agenten etwas zuzuflüstern. Nach dem Anruf bekommst du einen Bericht.

    /call <was du möchtest> – dasselbe, wie es einfach zu schreiben
    /calls – deine Anrufe, die geplanten und die vergangenen
    /timeline – das letzte Gespräch auf der Zeitachse, oder das, auf das du antwortest
    /hangup – das laufende Gespräch beenden
    /contacts – die Nummern, die dieser Chat kennt
    /settings – Zeitzone, Sprache, Ort, Persona, KI-Hinweis
    /budget – was ausgegeben werden darf und was ausgegeben ist
    /personas – wie der Agent auftreten kann
    /forget – löschen, was ich über dich weiß
    /help – dieser Text
help-group = In einer Gruppe schreibst du /call und was du möchtest, erwähnst mich oder antwortest auf eine meiner Nachrichten: Andere Nachrichten sehe ich nicht. Die Knöpfe einer Karte kann nur drücken, wer den Anruf wollte, und Admins. Telefonnummern stehen hier nie vollständig.
help-admin =
    Für Admins:
    /people – wer diesen Bot benutzen darf
    /allow – diese Gruppe zulassen; /allow <id> <rolle> – eine Person zulassen (Rolle: caller, watcher oder admin)
    /deny – nicht mehr zulassen; /deny <id> – dasselbe für eine Person
    /invite <rolle> – ein Link, der eine Person hereinlässt, als caller (darf anrufen) oder watcher (liest mit)
    /budget <id oder „chat“> <grenzen> – ein Budget festlegen, etwa 5usd/day 60min/day
    /donotcall – Nummern, die nie angerufen werden; eine hinzufügen oder entfernen
    /audit – wer was getan hat
example-request = ruf Trattoria Roma unter +1 415 555 2671 an und reserviere einen Tisch für vier um 19 Uhr, 19 bis 21 Uhr geht auch, auf den Namen Shane

command-call = Jemanden anrufen: /call das Restaurant unter +1 …
command-calls = Deine Anrufe
command-timeline = Ein Anruf auf der Zeitachse: wer wann sprach
command-hangup = Das laufende Gespräch beenden
command-contacts = Die Nummern, die dieser Chat kennt
command-settings = Zeitzone, Sprache, Persona
command-budget = Was ausgegeben werden darf
command-personas = Wie der Agent auftreten kann
command-forget = Löschen, was ich über dich weiß
command-help = So funktioniert es

## Requests

empty-request = Sag mir, wen ich anrufen soll und worum es geht, zum Beispiel: /call Trattoria Roma in San Francisco und frag, bis wann heute offen ist
not-a-call = Ich telefoniere. Sag mir, wen ich anrufen soll und worum es geht, mit der Nummer oder dem Namen des Ortes.
not-a-call-running = Gerade läuft ein Anruf. Um dem Agenten etwas zu sagen, antworte auf die laufende Mitschrift. Für einen anderen Anruf schreib, wen ich anrufen soll und worum es geht.
no-change = Ich habe nicht verstanden, was sich ändern soll, also bleibt die Karte, wie sie ist. Sag es anders, nimm die Knöpfe, oder beginne mit /call einen anderen Anruf.
no-answer = Das habe ich nicht verstanden. Beantworte die Frage oben mit anderen Worten, oder beginne mit /call einen anderen Anruf.
ask-number = Welche Nummer soll ich anrufen? Schreib sie mit der Landesvorwahl, etwa +1 415 555 2671, oder teile den Kontakt.
ask-goal = Was soll der Anruf erreichen?
ask-opening = Was soll der Agent als Erstes sagen?
ask-several = Ich brauche noch ein paar Angaben:
ask-edit = Was soll ich ändern? Schreib es in deinen eigenen Worten, etwa „für fünf Personen“.
ask-edit-placeholder = für fünf Personen
unsupported = Ich kann Text lesen, Sprachnachrichten anhören und geteilte Kontakte annehmen. Bitte schreib, was du möchtest.
too-long = Das ist zu lang für einen Auftrag. Bitte bleib unter 4.000 Zeichen.
edited-too-late = Du hast eine Nachricht bearbeitet, deren Anruf schon unterwegs ist, also hat sich nichts geändert. Antworte auf die laufende Mitschrift, um dem Agenten etwas zu sagen.
repeats-not-offered = Ich plane immer nur einen Anruf und kann Anrufe nicht von selbst wiederholen. Die Karte ist für den ersten; schreib mir für den nächsten wieder.

unknown-command = Den Befehl { $command } kenne ich nicht. /help sagt, was ich kann.

voice-heard = 🎤 „{ $words }“
voice-too-long = Diese Sprachnachricht ist zu lang. Bitte bleib unter { $minutes } Minuten.
voice-too-large = Diese Aufnahme ist zu groß: Telegram gibt mir höchstens { $megabytes } MB. Bitte schick eine kürzere, oder schreib es.
voice-failed = Ich konnte diese Sprachnachricht nicht verstehen. Bitte sag es noch einmal, oder schreib es.
voice-gone = Ich konnte diese Sprachnachricht nicht von Telegram bekommen. Bitte schick sie noch einmal, oder schreib es.
voice-unreachable = Das konnte ich gerade nicht anhören: OpenAI hat nicht geantwortet. Es ist nicht verloren: Leite es mir in einer Minute weiter, oder schreib es.
voice-denied = OpenAI wollte das nicht anhören ({ $status }). Wer mich betreibt, sollte OPENAI_API_KEY, das Guthaben und TRANSCRIPTION_MODEL prüfen. Bis dahin schreib bitte.

planning-failed = Das konnte ich gerade nicht planen: { $reason } Nichts ist verloren: Schick es in einer Minute noch einmal.
model-nonsense = Das Planungsmodell hat etwas geantwortet, womit ich nichts anfangen kann.
model-unreachable = Das Planungsmodell hat nicht geantwortet.
model-denied = OpenAI hat es abgelehnt ({ $status }). Wer mich betreibt, sollte OPENAI_API_KEY, das Guthaben und TEXT_MODEL prüfen.
model-refused = Das Planungsmodell wollte diesen Anruf nicht planen. Versuch, es anders zu sagen.

unknown-voice = Eine Stimme „{ $voice }“ gibt es nicht, also habe ich { $instead } genommen. Die Stimmen: { $voices }.
unknown-persona = Eine Persona „{ $persona }“ gibt es nicht, also habe ich „{ $instead }“ genommen. /personas zeigt alle.

# What people write who agree, whole messages without their punctuation; and who want no call after all.
short-yes = ja, ja bitte, ja genau, ja die ist es, ja das ist sie, ja stimmt, ja passt, ja nimm die, jawohl, jo, jep, jup, genau, genau die, richtig, korrekt, stimmt, passt, das passt, die ist es, die ist richtig, das ist sie, das ist die richtige, nimm die, nimm sie, gut, in ordnung, klar, okay, ok, yes
short-cancel = abbrechen, brich ab, brich das ab, bitte abbrechen, stornieren, doch nicht, lieber nicht, vergiss es, vergiss das, lass es, lass gut sein, kein anruf, nicht anrufen, ruf nicht an, stopp, stop, cancel
press-to-call = Ich wähle erst, wenn du auf der Karte auf „{ $button }“ drückst.

sensitive = So kann ich diesen Anruf nicht machen: Er enthält { $what }. So etwas sage ich am Telefon nicht und nehme es nicht an. Sag mir, was ich ändern soll.
sensitive-card = eine Kartennummer
sensitive-bank = eine Kontonummer
sensitive-secret = ein Passwort, einen Code oder eine Karten- oder Kontonummer

number-emergency = { $number } ist eine Notrufnummer. Die rufe ich nie an: Bitte wähle sie selbst.
number-short = { $number } ist eine Kurzwahlnummer. Ich rufe nur gewöhnliche Telefonnummern an.
number-malformed = { $number } ist keine Telefonnummer, die ich wählen kann. Prüfe die Ziffern.
number-no_country = { $number } ist keine Telefonnummer, die ich wählen kann. Schreib sie mit der Landesvorwahl, etwa +1 415 555 2671.
number-extension = { $number } hat eine Durchwahl, die ich nicht wählen kann. Gib mir nur die Nummer selbst.
number-premium = { $number } ist eine teure Sonderrufnummer. Solche rufe ich nicht an.
number-shared_cost = { $number } ist eine Servicenummer mit geteilten Kosten. Solche rufe ich nicht an.
number-personal = { $number } ist eine persönliche Rufnummer und so teuer wie eine Sonderrufnummer. Solche rufe ich nicht an.
number-pager = { $number } gehört zu einem Funkrufempfänger (Pager). Solche rufe ich nicht an.
number-voicemail = { $number } ist eine Nummer zum Abhören einer Mailbox. Solche rufe ich nicht an.

## Looking up a number

lookup-searching = 🔎 Ich suche die Nummer: { $what } …
lookup-found = Diese Nummer habe ich gefunden. Ist es die richtige?
lookup-source = Quelle: { $source }
lookup-none = Zu { $what } habe ich keine Nummer gefunden. Schreib sie mit der Landesvorwahl, etwa +1 415 555 2671, oder teile den Kontakt.
lookup-failed = Die Nummer von { $what } konnte ich gerade nicht nachschlagen: { $reason } Schreib sie mit der Landesvorwahl, etwa +1 415 555 2671, oder teile den Kontakt.
lookup-place = In welchem Ort soll ich suchen? Lege ihn einmal in /settings fest, oder schreib ihn dazu.
lookup-use = ✅ Die ist es
lookup-other = ✖️ Andere Nummer

## Contacts

contacts-title = Kontakte dieses Chats
contacts-none = Noch keine Kontakte. Teile einen Kontakt mit mir, oder drück unter einem Bericht auf „Kontakt speichern“.
contacts-hint = Tipp einen an, um ihn zu entfernen.
contact-save-question = Soll ich { $name }, { $number }, in den Kontakten dieses Chats behalten?
contact-save = 💾 Speichern
contact-skip = Nein
contact-kept = Gespeichert: { $name }. Ab jetzt genügt „ruf { $name } an“.
contact-not-kept = Nicht gespeichert.
contact-not-yours = Das kann nur { $name } oder ein Admin entscheiden.
contact-removed = Entfernt: { $name }.
contact-button-remove = ✖️ { $name }

## The card

card-for = { $number } · für { $name }
card-goal = Ziel:
card-facts = Darf sagen
card-agree = Darf zusagen
card-questions = Fragt nach
card-more = … und { $count } weitere
card-opening = Beginnt mit:
card-voicemail = Auf den Anrufbeantworter:
card-limits = ⏱ höchstens { $minutes } Min. · 💵 etwa { $cost }, wenn es so lange dauert
card-retries = 🔁 Wenn besetzt ist oder niemand abnimmt: { $count ->
    [one] noch einmal, nach { $minutes } Min.
    *[other] noch bis zu { $count } Mal, alle { $minutes } Min.
 }
card-at = 🕘 { $when }
card-recorded = ⏺ Der Anruf wird aufgezeichnet, und der Agent sagt das.
card-cancelled = Abgebrochen. Es wurde nichts gewählt.
card-scheduled = Geplant: { $when }.
card-call = 📞 Anrufen
card-schedule = 🕘 Anruf planen
card-now = 📞 Lieber jetzt anrufen
card-persona = 🎭 Persona
card-voice = 🔊 Stimme
card-rehearse = 🎬 Proben
card-edit = ✏️ Ändern
card-cancel = ✖️ Abbrechen
card-back = ← Zurück
card-page = Mehr ({ $page }/{ $count })
call = Anruf

personas-title = Personas
personas-intro = So tritt der Agent auf, und so klingt er. Ich wähle, was passt; ändere es auf der Karte, oder wähle in /settings, was dir am liebsten ist.
persona-voice = · Stimme { $voice }
persona-fits = Für { $fits }.
# The same as in prompts/personas.
persona-brisk = Flott und professionell
persona-brisk-fits = Restaurants, Läden, Friseure und alles mit einem Terminbuch
persona-cheerful = Fröhlich und zuvorkommend
persona-cheerful-fits = Hotels, Veranstaltungen, Überraschungen, Geschenke, Reisen
persona-firm = Freundlich, aber bestimmt
persona-firm-fits = Beschwerden, Erstattungen, Kündigungen, Verhandlungen
persona-formal = Förmlich und genau
persona-formal-fits = Büros, Ämter, Banken, Kanzleien, Schulen
persona-patient = Geduldig und hilfsbereit
persona-patient-fits = ältere Menschen, Arzt- und Pflegetermine und alle, die Zeit brauchen
persona-warm = Herzlich und vertraut
persona-warm-fits = Familie und Freunde, gute Nachrichten, Einladungen, die Frage, wie es jemandem geht

## Presses

refusal = Tut mir leid, dieser Bot ist privat. Wenn du ihn benutzen darfst, gib dem, der ihn betreibt, deine ID: { $id }
refusal-group = Tut mir leid, dieser Bot ist privat. Wenn du ihn benutzen darfst, schreib mir zuerst in einem privaten Chat: { $link }
not-yours = Das ist der Anruf von { $name }: Das kann nur, wer ihn wollte, oder ein Admin.
not-yours-reply = Das ist der Anruf von { $name }: Ändern kann ihn nur, wer ihn wollte, oder ein Admin. Für einen eigenen Anruf schreib /call und was du möchtest.
stale = Diese Karte hat sich inzwischen geändert. Sieh dir die neueste an.
press-again = Einen Moment: Ich bin noch mit der letzten Nachricht hier beschäftigt. Drück noch einmal, wenn ich geantwortet habe.
gone = Diese Karte ist nicht mehr offen.
gone-button = Dieser Knopf hat keine Wirkung mehr.
dialling = Ich wähle
hanging-up = Ich lege auf. Drück noch einmal, um die Leitung sofort zu trennen.
hanging-up-command = Ich lege auf. Schick noch einmal /hangup, um die Leitung sofort zu trennen.
call-over = Dieses Gespräch ist vorbei.
no-call = Gerade läuft kein Gespräch.
place-failed = Ich habe nicht gewählt: { $reason }
restarting = Ich werde gerade neu gestartet. Drück in einer Minute noch einmal auf „Anrufen“.
already-placed = Dieser Anruf ist schon gemacht.
whisper-late = Dieses Gespräch ist vorbei, also konnte ich das nicht mehr weitergeben.

## Refusals before dialling

refused-role = Du kannst hier mitlesen, aber keine Anrufe machen oder steuern. Ein Admin kann das ändern: /allow { $id } caller
refused-requester = { $name } darf keine Anrufe mehr machen. Ein Admin kann das ändern: /allow { $id } caller
refused-group = Diese Gruppe darf mich nicht mehr benutzen. Ein Admin kann sie wieder zulassen: /allow
refused-do-not-call = { $number } steht seit { $date } auf der Sperrliste: { $why ->
    [callee] Man wollte dort nicht mehr angerufen werden
    *[admin] Ein Admin hat sie daraufgesetzt
 }. Ein Admin kann sie streichen, in unserem privaten Chat: /donotcall
refused-country = Nummern in diesem Land darf ich nicht anrufen: { $country }. Das entscheidet, wer mich betreibt, mit ALLOWED_COUNTRIES.
refused-quiet-then = Dort wird es { $time } sein ({ $zone }), und zwischen { $from } und { $to } rufe ich nicht an. Ich kann den Anruf planen: { $opens }.
refused-quiet = Dort ist es { $time } ({ $zone }), und zwischen { $from } und { $to } rufe ich nicht an. Ich kann den Anruf planen: { $opens }.
refused-usd_day = { refused-whose-budget } für heute ist verbraucht ({ $limit }). Neu ab { $anew }; ein Admin kann es erhöhen: /budget
refused-usd_month = { refused-whose-budget } für diesen Monat ist verbraucht ({ $limit }). Neu ab { $anew }; ein Admin kann es erhöhen: /budget
refused-minutes_day = { refused-whose-minutes } für heute sind verbraucht ({ $limit }). Neu ab { $anew }; ein Admin kann sie erhöhen: /budget
refused-minutes_month = { refused-whose-minutes } für diesen Monat sind verbraucht ({ $limit }). Neu ab { $anew }; ein Admin kann sie erhöhen: /budget
refused-whose-budget = { $whose ->
    [yours] Dein Budget
    [theirs] Das Budget von { $name }
    *[chat] Das Budget dieser Gruppe
 }
refused-whose-minutes = { $whose ->
    [yours] Deine Minuten
    [theirs] Die Minuten von { $name }
    *[chat] Die Minuten dieser Gruppe
 }
refused-too-little = Was vom Budget übrig ist, reicht nicht für eine Minute dieses Anrufs, etwa { $cost }. Ein Admin kann es erhöhen: /budget
refused-plan-then = 🕘 Planen: { $when }

## Later and again

when-today = heute, { $date }, { $time } ({ $zone })
when-tomorrow = morgen, { $date }, { $time } ({ $zone })
when-other = { $date }, { $time } ({ $zone })
schedule-past = Dieser Zeitpunkt ist vorbei: { $when }. Sag mir, wann ich stattdessen anrufen soll, oder dass ich jetzt anrufen soll.
schedule-too_far = Ich plane Anrufe höchstens 60 Tage im Voraus. Nenn mir einen früheren Zeitpunkt.
schedule-malformed = Ich habe nicht verstanden, wann ich anrufen soll. Schreib den Zeitpunkt noch einmal, etwa „morgen um 9“.
scheduled = Geplant: { $when }.
scheduled-missed = Zu dieser Zeit lief ich nicht ({ $when }), also habe ich { $name } nicht angerufen. Drück auf „Anrufen“, um jetzt anzurufen.
scheduled-refused = Ich habe { $name } nicht wie geplant angerufen ({ $when }): { $reason }
scheduled-began = 🕘 Wie geplant rufe ich jetzt { $name } an.
scheduled-changed = Geändert, also nicht mehr geplant: Bestätige die neue Karte.
scheduled-already = Dieser Anruf ist schon geplant.
retry-now = 🔁 Jetzt
retry-minutes = 🔁 In { $minutes } Min.
retry-hour = 🔁 In 1 Std.
retry-planned = Ich versuche es noch einmal: { $when }. { $left ->
    [one] Das ist der letzte Versuch
    *[other] Es sind noch { $left } Versuche
 }.
retry-cancel = ✖️ Kein weiterer Versuch
retry-cancelled = Kein weiterer Versuch.
retry-taken = Du hast schon gewählt.
retry-refused = Ich versuche es bei { $name } nicht noch einmal: { $reason }

## The live view

live-dialling = wird gewählt …
live-ringing = es klingelt …
live-taken-over = dein Telefon übernimmt
live-message = hinterlässt die Nachricht
live-goodbye = verabschiedet sich
live-hanging-up = legt auf
live-connected = verbunden { $time }
live-hold = in der Warteschleife { $time }
live-question = wartet auf deine Antwort
live-cost = { $cost }
live-ended = beendet – { $reason }
live-ended-after = beendet nach { $time } – { $reason }
live-agent = 🤖 Agent:
live-callee = 👤 { $name }:
live-stop = ⏹ Auflegen
live-join = 🙋 Selbst übernehmen

whisper-refused = Das habe ich nicht weitergegeben: Es enthält { $what }. So etwas sagt der Agent nicht und nimmt es nicht an.
question-open = Tipp eine Antwort an oder schreib eine
question-left = ⏳ { question-open } ({ $time })
question-answer = Deine Antwort:
question-gone = Diese Frage ist nicht mehr offen.
question-timed_out = Keine Antwort in der Zeit: Der Agent tut nur, was du vorher erlaubt hast.
question-call_ended = Das Gespräch war zu Ende, bevor eine Antwort kam.
answered = Weitergegeben: { $answer }
back-on-line = 📞 { $name }: Es ist wieder jemand in der Leitung.
joining = Gleich klingelt dein Telefon. Wenn du abnimmst, bist du in der Leitung, und der Agent geht heraus.
join-later = Übernehmen kannst du, sobald jemand abgenommen hat.
join-needs-number = Welches Telefon soll klingeln? Teile einmal deinen eigenen Kontakt, mit dem Knopf unten.
join-in-private = Welches Telefon soll klingeln? Schreib mir einmal privat, teile dort deinen eigenen Kontakt, und drück hier noch einmal.
share-contact = Meine Nummer teilen
number-kept = Danke: Ab jetzt klingelt bei „Selbst übernehmen“ { $number }.
record-lost = Ich konnte diesen Anruf nicht mehr mitschreiben, also habe ich ihn beendet. Bitte sieh nach der Datenbank.

## The report

report-note = Notiz des Agenten: { $note }
report-next = Wie es weitergeht:
report-unclear = (nicht ganz klar)
report-facts-talk = { $time } am Telefon
report-facts-ring = nicht angenommen, { $seconds } s
report-cost = kostete etwa { $cost }
report-no-cost = kostenlos
report-cost-ringing = kostete etwa { $cost } (erste Worte, vorbereitet beim Klingeln)
report-again = 🔁 Noch einmal anrufen
report-transcript = 📄 Ganze Mitschrift
report-save-contact = 💾 Kontakt speichern
report-calendar = 📅 In den Kalender
report-words = 🔎 { $number }
report-words-gone = Den Wortlaut dieses Gesprächs habe ich nicht mehr.
report-calendar-file = { $title }, { $when }
report-recording = Das Gespräch, { $time }
report-recording-none = Die Aufnahme dieses Gesprächs konnte nicht gespeichert werden.
report-recording-too-large = Die Aufnahme dieses Gesprächs ist zu groß für Telegram. Wer mich betreibt, hat sie.
report-recording-refused = Telegram hat die Aufnahme dieses Gesprächs nicht angenommen. Wer mich betreibt, hat sie.
no-transcript = In diesem Gespräch wurde nichts gesagt.
transcript-goal = Ziel: { $goal }
transcript-agent = Agent
transcript-interrupted = [unterbrochen]

end-goodbye = mit Verabschiedung
end-callee_hung_up = die andere Seite hat aufgelegt
end-requester_hung_up = du hast aufgelegt
end-time_limit = die Zeit war um
end-money_limit = das Geld dafür war verbraucht
end-silence = niemand sprach mehr
end-menu_loop = das Telefonmenü drehte sich im Kreis
end-hold_limit = die Warteschleife dauerte zu lange
end-taken_over = du hast übernommen
end-busy = es war besetzt
end-no_answer = niemand nahm ab
end-voicemail = ein Anrufbeantworter ging ran
end-refused = die Telefongesellschaft hat abgelehnt
end-failed = der Anruf kam nicht zustande
end-model_lost = das Sprachmodell fiel aus
end-line_lost = die Leitung brach ab
end-uncertain = ich weiß nicht, ob gewählt wurde
end-not_dialed = es wurde nicht gewählt

outcome-goodbye = Das Gespräch ist beendet.
outcome-callee_hung_up = Die andere Seite hat aufgelegt.
outcome-requester_hung_up = Du hast das Gespräch beendet.
outcome-time_limit = Die Zeit war um.
outcome-money_limit = Das Geld für diesen Anruf war verbraucht.
outcome-silence = Niemand sprach mehr, also habe ich aufgelegt.
outcome-menu_loop = Das Telefonmenü führte nirgendwohin: Es begann immer wieder von vorn.
outcome-hold_limit = Aus der Warteschleife kam niemand zurück, also habe ich aufgelegt.
outcome-taken_over = Du hast das Gespräch übernommen, also weiß ich nicht, wie es weiterging.
outcome-busy = Besetzt: Niemand wurde erreicht.
outcome-no_answer = Niemand nahm ab.
outcome-voicemail = Nur ein Anrufbeantworter ging ran.
outcome-refused = Nicht gewählt: Die Telefongesellschaft hat den Anruf abgelehnt.
outcome-failed = Der Anruf kam nicht zustande: Niemand wurde erreicht.
outcome-model_lost = Das Gespräch brach ab: Das Sprachmodell fiel aus.
outcome-line_lost = Das Gespräch brach ab: Die Leitung war weg.
outcome-uncertain = Ich weiß nicht, ob dieser Anruf gewählt wurde.
outcome-not_dialed = Nicht gewählt: Die Telefongesellschaft weiß von keinem solchen Anruf.

advice-callee_hung_up = Ruf noch einmal an, falls es ein Versehen war, oder sag mir, was ich anders sagen soll.
advice-money_limit = Ein Admin kann das Budget erhöhen: /budget
advice-busy = Versuch es in ein paar Minuten noch einmal.
advice-no_answer = Versuch es später noch einmal, vielleicht zu den Öffnungszeiten.
advice-voicemail = Es wurde keine Nachricht hinterlassen. Versuch es später noch einmal, wenn es wichtig ist.
advice-voicemail-left = Ich habe deine Nachricht hinterlassen; ihre Worte stehen in der Mitschrift. Versuch es später noch einmal, wenn es wichtig ist.
advice-voicemail-cut = Er hat aufgelegt, bevor deine Nachricht zu Ende war; was ich hinterlassen konnte, steht in der Mitschrift. Versuch es später noch einmal, wenn es wichtig ist.
advice-failed = Prüfe die Nummer, oder versuch es später noch einmal.
advice-menu_loop = Ruf mit einer direkten Nummer noch einmal an, oder sag mir, welche Tasten zu einem Menschen führen.
advice-hold_limit = Ruf noch einmal an, wenn weniger los ist.
advice-model_lost = Prüfe OPENAI_API_KEY und die Statusseite von OpenAI, und ruf dann noch einmal an.
advice-line_lost = Ruf noch einmal an, wenn es wichtig ist.
advice-uncertain = Von selbst wähle ich nicht noch einmal. Sieh in der Anrufliste von Twilio nach, bevor du noch einmal anrufst.
advice-not_dialed = Ruf noch einmal an, wenn es noch wichtig ist.
advice-do-not-call = Man hat darum gebeten, nicht mehr angerufen zu werden, also rufe ich diese Nummer nicht mehr an.

carrier-0 = Twilio hat nicht geantwortet. Versuch es in einer Minute noch einmal.
carrier-13224 = Twilio sagt, dass es diese Nummer nicht anrufen kann.
carrier-13227 = Dieses Twilio-Konto darf dieses Land nicht anrufen. Erlaube es unter Voice, Geo Permissions.
carrier-20003 = Twilio hat die Zugangsdaten des Kontos nicht angenommen. Prüfe TWILIO_ACCOUNT_SID und TWILIO_AUTH_TOKEN.
carrier-20429 = Twilio bekommt von diesem Konto zu viele Anfragen. Versuch es in einer Minute noch einmal.
carrier-21210 = Die Nummer, von der angerufen wird, ist bei Twilio nicht bestätigt. Prüfe TWILIO_PHONE_NUMBER.
carrier-21211 = Twilio sagt, dass es diese Nummer nicht anrufen kann.
carrier-21212 = Die Nummer, von der angerufen wird, ist keine Twilio-Nummer. Prüfe TWILIO_PHONE_NUMBER.
carrier-21215 = Dieses Twilio-Konto darf dieses Land nicht anrufen. Erlaube es unter Voice, Geo Permissions.
carrier-21216 = Twilio erlaubt keine Anrufe bei dieser Nummer.
carrier-21219 = Ein Testkonto kann nur Nummern anrufen, die bei Twilio bestätigt sind.
carrier-other = Twilio hat abgelehnt: Fehler { $code }.

## Rehearsing

rehearse-began = 🎬 Probe: Du bist { $name }. Es wird niemand angerufen. Schreib, was man dort sagen würde; mit „Probe beenden“ kommst du zur Karte zurück.
rehearse-in-group = Hier in der Gruppe antworte bitte auf meine Zeilen.
rehearse-stop = ⏹ Probe beenden
rehearse-no-answer = Keine Antwort in der Zeit
rehearse-asks = ❓ Im Gespräch würde ich dich jetzt fragen: { $question }
rehearse-pressed = ⌨️ drückt { $digits }
rehearse-waits = ⏸ sagt nichts und wartet
rehearse-language = 🌐 spricht weiter in dieser Sprache: { $language }
rehearse-over = 🎬 Die Probe ist vorbei. { $outcome }
rehearse-stopped = 🎬 Probe beendet.
rehearse-changed = 🎬 Die Karte hat sich geändert, also ist diese Probe vorbei. Drück auf der neuen auf „Proben“.
rehearse-failed = Die Probe brach ab: { $reason }
rehearse-lost = Die Verbindung zum Sprachmodell ging verloren. Fang noch einmal an.
rehearse-unreachable = Das Sprachmodell war nicht zu erreichen. Versuch es in einer Minute noch einmal.
rehearse-denied = OpenAI hat es abgelehnt. Wer mich betreibt, sollte OPENAI_API_KEY, das Guthaben und REALTIME_MODEL prüfen.
rehearse-slow = Das Sprachmodell hat nicht rechtzeitig geantwortet. Fang in einer Minute noch einmal an.
rehearse-failing = Das Sprachmodell hat gerade Störungen. Versuch es in einer Minute noch einmal.
rehearse-closed = Ich werde gerade neu gestartet. Fang in einer Minute noch einmal an.
rehearse-expired = Eine Probe dauert höchstens eine Viertelstunde. Fang eine neue an, um weiterzumachen.
rehearse-busy = In diesem Chat läuft gerade eine Probe. Beende sie zuerst.
rehearse-timed-out = Bei der Probe kam nichts mehr, also habe ich sie beendet.

## The list of calls

calls-title = Anrufe
calls-none = Noch keine Anrufe. Schreib, was erledigt werden soll.
calls-running = läuft gerade
calls-figures = { $status }, { $replies ->
    [0] noch keine Antworten
   *[other] Antworten in { $half } ms (95 %: { $most } ms)
}, { $bargeins ->
    [0] nie unterbrochen
    [one] einmal unterbrochen
   *[other] { $bargeins }-mal unterbrochen
}
calls-planned = geplant
calls-row = { $when } · { $name } – { $how }
calls-row-of = { $when } · { $name }, für { $who } – { $how }
calls-zone = Zeiten: { $zone }.
calls-cancel = ✖️ { $name }, { $when }
calls-newer = ← Neuere
calls-older = Ältere →

## People

role-admin = Admin
role-caller = Anrufer
role-watcher = Mitleser
admins-only = Das können nur Admins.
people-title = Personen
people-unknown = unbekannt
people-groups = Gruppen
in-private = Bitte schreib mir das in unserem privaten Chat: { $link }
allow-usage = Schreib die ID der Person, eine Zahl, und eine Rolle: caller (Anrufer), watcher (Mitleser) oder admin, etwa so: /allow 123456789 caller. Wer mir schreibt, bekommt die eigene ID zu sehen. In einer Gruppe lässt /allow allein die Gruppe zu.
deny-usage = Schreib die ID der Person, eine Zahl, etwa so: /deny 123456789. Die IDs zeigt /people. In einer Gruppe schließt /deny allein die Gruppe aus.
allowed = { $who } darf diesen Bot jetzt benutzen (Rolle: { $role }).
denied = { $who } darf diesen Bot nicht mehr benutzen.
not-known = { $who } war nicht zugelassen.
admin-stays = { $who } ist Admin durch die Einstellung TELEGRAM_ADMINS dieser Installation.
invite-link =
    Dieser Link lässt eine Person herein (Rolle: { $role }), bis { $until }. Er gilt einmal.
    { $link }
invite-usage = Schreib die Rolle dazu, etwa so: /invite caller (oder watcher).
invite-welcome = Willkommen! Du kannst mich jetzt benutzen (Rolle: { $role }).
invite-accepted = { $who } hat deine Einladung angenommen und ist jetzt dabei (Rolle: { $role }).
invite-bad = Diese Einladung gilt nicht mehr. Bitte um eine neue.
invite-already = Du bist schon dabei.

group-ask = Ich telefoniere für euch. Zuerst muss einer meiner Admins diese Gruppe zulassen: mit diesem Knopf oder mit /allow
group-allowed = Diese Gruppe darf mich jetzt benutzen. { help-group }
group-denied = Diese Gruppe darf mich nicht mehr benutzen. /allow lässt sie wieder zu.
group-denied-afar = Diese Gruppe darf mich nicht mehr benutzen.
group-not-known = Diese Gruppe war nicht zugelassen.
group-allow-button = ✅ Gruppe zulassen

budget-usage = Grenzen sehen so aus: 5usd/day 50usd/month 60min/day 600min/month, oder none für keine. Für eine Person: /budget <id> <grenzen>; in einer Gruppe, für die Gruppe: /budget chat <grenzen>. Mit default gilt wieder, was für alle gilt.
budget-malformed = „{ $part }“ ist keine Grenze.
budget-no-chat = In einem privaten Chat zählt nur das Budget der Person: /budget <id> <grenzen>
budget-set = Budget festgelegt.
budget-none = keine
budget-person = Du: { $spent } (Grenze: { $budget })
budget-other = { $who }: { $spent } (Grenze: { $budget })
budget-chat = Dieser Chat: { $spent } (Grenze: { $budget })
budget-spent = { $day } und { $dayminutes } Min. heute, { $month } und { $monthminutes } Min. diesen Monat
budget-shortened = Das Budget reicht bei diesem Anruf für { $minutes } Min.

dnc-title = Wird nie angerufen
dnc-none = Die Sperrliste ist leer. Eine Nummer hinzufügen: /donotcall add +1 415 555 2671
dnc-row = { $number }, seit { $date } ({ $why ->
    [callee] auf eigenen Wunsch
    *[admin] durch einen Admin
 })
dnc-added = { $number } wird ab jetzt nie mehr angerufen.
dnc-removed = { $number } darf wieder angerufen werden.
dnc-not-there = { $number } steht nicht auf der Sperrliste.
dnc-usage = /donotcall, /donotcall add <nummer> oder /donotcall remove <nummer>

audit-title = Wer was getan hat
audit-none = Noch nichts.
audit-row = { $when } · { $who } { $what }
audit-called = hat { $detail } angerufen
audit-planned = hat einen Anruf bei { $detail } geplant
audit-unplanned = hat einen geplanten Anruf bei { $detail } abgesagt
audit-hung-up = hat ein Gespräch beendet
audit-whispered = hat dem Agenten etwas zugeflüstert
audit-joined = hat ein Gespräch übernommen
audit-contact-kept = hat einen Kontakt gespeichert
audit-contact-removed = hat einen Kontakt entfernt
audit-group-allowed = hat die Gruppe zugelassen
audit-group-denied = hat die Gruppe ausgeschlossen
audit-allowed = hat { $someone } zugelassen (Rolle: { $role })
audit-denied = hat { $someone } ausgeschlossen
audit-invited = hat eine Einladung gemacht (Rolle: { $role })
audit-accepted = hat die Einladung von { $someone } angenommen (Rolle: { $role })
audit-budget-person = hat das Budget von { $someone } festgelegt: { $detail }
audit-budget-chat = hat das Budget der Gruppe festgelegt: { $detail }
audit-number-barred = hat { $detail } auf die Sperrliste gesetzt
audit-number-unbarred = hat { $detail } von der Sperrliste gestrichen
audit-setting = hat eine Einstellung geändert: { $detail }
audit-forgot = hat die eigenen Daten löschen lassen

forget-question = Ich lösche deine Einstellungen, Kontakte, Aufträge, Mitschriften und Aufnahmen in diesem Chat, und deine Nummer. { forget-calls } Wirklich?
forget-question-group = Ich lösche deine Aufträge in dieser Gruppe, mit den Mitschriften und Aufnahmen ihrer Anrufe. { forget-calls } Wirklich?
forget-question-group-admin = Ich lösche deine Aufträge in dieser Gruppe, mit den Mitschriften und Aufnahmen ihrer Anrufe, und weil du Admin bist, auch die Kontakte und Einstellungen der Gruppe. { forget-calls } Wirklich?
forget-calls = Geplante Anrufe werden abgesagt; laufende Gespräche bleiben unberührt. Was bleibt: was Anrufe kosten, wer mich benutzen darf, wer was getan hat, und die Nummern, die nie angerufen werden.
forget-yes = 🗑 Alles löschen
forget-no = Behalten
forget-done = Gelöscht. Die Nachrichten in diesem Chat kannst du selbst löschen.
forget-cancelled = { $count ->
    [one] Ein geplanter Anruf ist abgesagt.
    *[other] { $count } geplante Anrufe sind abgesagt.
 }
forget-left = { $count ->
    [one] Einen Anruf habe ich gelassen, der noch läuft oder dessen Bericht noch kommt. Schick noch einmal /forget, wenn er da ist.
    *[other] { $count } Anrufe habe ich gelassen, die noch laufen oder deren Berichte noch kommen. Schick noch einmal /forget, wenn sie da sind.
 }
forget-not-yours = Das kann nur { $name } drücken.
forget-kept = Es bleibt alles, wie es ist.

## Settings of a chat

settings-title = Einstellungen dieses Chats
settings-language = Sprache: { $value }
settings-zone = Zeitzone: { $value }, dort ist es { $time }
settings-place = Ort, um Nummern zu suchen: { $value }
settings-persona = Persona: { $value }
settings-persona-none = was am besten passt
settings-disclosure = Sagt zuerst, dass eine KI anruft: { $value }
settings-on = ja
settings-off = nein
settings-unset = nicht festgelegt
settings-button-language = 🌐 Sprache
settings-button-zone = 🕘 Zeitzone
settings-button-zone-other = ✏️ Eine andere
settings-button-place = 📍 Ort
settings-button-persona = 🎭 Persona
settings-button-disclosure = 🤖 KI-Hinweis
settings-ask-zone = Welche Zeitzone? Schreib eine Stadt, etwa „Berlin“ oder „New York“.
settings-example-zone = Berlin
settings-example-place = Graz, AT
settings-ask-place = Welcher Ort, und welches Land? Schreib es so: „Hamburg, DE“.
settings-zone-unknown = Die Zeitzone „{ $text }“ kenne ich nicht. Schreib eine große Stadt, die in ihr liegt, etwa „Berlin“, oder ihren Namen, etwa „America/New_York“.
settings-place-unknown = Schreib den Ort, ein Komma und die zwei Buchstaben des Landes, etwa „Graz, AT“.
settings-kept = Gespeichert.
settings-admins = In einer Gruppe können nur Admins die Einstellungen ändern.
settings-disclosure-fixed = Das kann nur ein Admin ausschalten.

something-wrong = Bei mir ist etwas schiefgegangen, und ich habe es festgehalten. Bitte versuch es noch einmal.

# /timeline: a picture of a call on a time axis, and its caption

timeline-title = ⏱ { $name } · { $time } am Telefon
timeline-replies = Antworten des Agenten: die Hälfte in { $half } ms, 95 % in { $most } ms
timeline-barge-ins = { $count ->
    [one] Einmal unterbrochen
   *[other] { $count }-mal unterbrochen
}, der Agent gab nach: { $yielded }
timeline-held = In der Warteschleife: { $time }
timeline-none = Noch wurde kein Anruf dieses Chats angenommen und beendet.
timeline-unknown = Zu dieser Nachricht gehört kein Anruf, der angenommen wurde und beendet ist. Antworte auf die Karte oder den Bericht eines Anrufs.
timeline-agent = Agent
timeline-callee = Angerufen
timeline-ms = { $ms } ms
timeline-wait = Warten auf den Agenten (ms)
timeline-barge-in = unterbrochen
timeline-hold = Warteschleife
timeline-joined = dein Telefon
