### What Ringback says in the chat, in English. Plain words; what went wrong is followed by what to do.
### Fluent (https://projectfluent.org). Every other catalogue has the same messages with the same variables.

language-name = English

## Welcome and help

start =
    Hello! I make phone calls for you. Write what you want, for example:

    { example-request }

    I show you a card first and dial only when you press Call. /help tells more.
start-steps = Two things to begin with: the language of this chat and your time zone. I took { $language } and { $zone }, where it is { $time } now.
start-first-call = Your first call: I can ring your own phone, so that you hear how I sound. Share your number with the button below, or just write a request. You can also try what I would say first: press “Rehearse” on any card.
start-own-goal = Introduce yourself and tell { $name } in two sentences how you can help with phone calls; answer their questions about it.
start-own-opening = Hello { $name }, this is your AI assistant Ringback. This is your first call: how do I sound?
start-own-callee = { $name } (you)
start-share = Ring my own phone
help =
    Write what you want done. With a phone number, or a name I can look up or know from /contacts:

    • { example-request }
    • ring my dentist, +1 415 555 0111, tomorrow at 9 and move my appointment to Tuesday morning
    • call Mum and ask whether she is coming on Saturday
    • same as last time, but on Friday

    Or send a voice message, or share a contact. I answer with a card. Change it by writing what is wrong (“make it for five”), by editing your request, or with its buttons; “Rehearse” lets you play the other side first; press Call to dial. You see both sides as they speak. Reply to the live transcript to whisper something to the agent. When the call is over you get a report.

    /call <what you want> – the same as just writing it
    /calls – your calls, those that are planned and those that were
    /timeline – the last call on a time axis, or the one you reply to
    /hangup – end the call that is going on
    /contacts – the numbers this chat knows
    /settings – time zone, language, place, persona, disclosure
    /budget – what may be spent, and what has been
    /personas – the manners the agent can have
    /forget – delete what I know about you
    /help – this text
help-group = In a group, write /call with what you want, mention me, or reply to one of my messages: I do not see other messages. Only who asked, and admins, can press the buttons of a card. Phone numbers are never shown in full here.
help-admin =
    For admins:
    /people – who may use this bot
    /allow – let this group use me; /allow <id> <role> – let a person (role: caller, watcher or admin)
    /deny – no longer; /deny <id> – the same for a person
    /invite <role> – a link that lets one person in, as caller or watcher
    /budget <id or “chat”> <limits> – set a budget, such as 5usd/day 60min/day
    /donotcall – numbers that are never called; add or remove one
    /audit – who did what
example-request = call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane

command-call = Make a phone call: /call the restaurant at +1 …
command-calls = Your calls
command-timeline = A call on a time axis: who spoke when
command-hangup = End the call that is going on
command-contacts = The numbers this chat knows
command-settings = Time zone, language, persona
command-budget = What may be spent
command-personas = The manners the agent can have
command-forget = Delete what I know about you
command-help = How it works

## Requests

empty-request = Tell me whom to call and what about, for example: /call Trattoria Roma in San Francisco and ask when they close today
not-a-call = I make phone calls. Tell me whom to call and what about, with the number or the name of the place.
not-a-call-running = A call is going on. To tell the agent something, reply to the live transcript. For another call, write whom to call and what about.
no-change = I did not understand what to change, so the card stays as it is. Say it differently, press its buttons, or start another call with /call.
no-answer = I did not understand that. Answer the question above in other words, or start another call with /call.
ask-number = What number should I call? Write it with its country code, like +1 415 555 2671, or share the contact.
ask-goal = What should the call achieve?
ask-opening = What should the agent say first?
ask-several = I need a little more:
ask-edit = What should I change? Write it in your own words, such as “make it for five”.
ask-edit-placeholder = make it for five
unsupported = I can read text, listen to voice messages and take shared contacts. Please write the request.
too-long = That is too long for one request. Please keep it under 4,000 characters.
edited-too-late = You edited a request whose call has been placed already, so nothing changed. Reply to the live transcript to tell the agent something.
repeats-not-offered = I place one call at a time and cannot repeat calls by myself. The card is for the first one; write again for the next.

unknown-command = I do not know the command { $command }. /help tells what I can do.

voice-heard = 🎤 “{ $words }”
voice-too-long = That voice message is too long. Please keep it under { $minutes } minutes.
voice-too-large = That recording is too large: Telegram hands me at most { $megabytes } MB. Please send a shorter one, or write it.
voice-failed = I could not make out that voice message. Please say it again, or write it.
voice-gone = I could not get that voice message from Telegram. Please send it once more, or write it.
voice-unreachable = I could not listen to that just now: OpenAI did not answer. It is not lost: forward it to me in a minute, or write it.
voice-denied = OpenAI would not listen to that ({ $status }). Whoever runs me should check OPENAI_API_KEY, its credit and TRANSCRIPTION_MODEL. Until then, please write.

planning-failed = I could not plan this just now: { $reason } Nothing is lost: send it again in a minute.
model-nonsense = the planning model gave an answer I could not use.
model-unreachable = the planning model did not answer.
model-denied = OpenAI refused it ({ $status }). Whoever runs me should check OPENAI_API_KEY, its credit and TEXT_MODEL.
model-refused = the planning model would not plan this call. Try to put it differently.

unknown-voice = There is no voice “{ $voice }”, so I took { $instead }. The voices: { $voices }.
unknown-persona = There is no persona “{ $persona }”, so I took { $instead }. /personas lists them.

# What people write who agree, whole messages without their punctuation; and who want no call after all.
short-yes = yes, yes please, yes use it, yes it is, yes that one, yeah, yep, ok, okay, sure, right, correct, that is it, that's it, that's right, that one, use it, take it
short-cancel = cancel, cancel it, cancel that, cancel please, please cancel, cancel the call, never mind, nevermind, forget it, forget about it, drop it, no call, don't call, don't call them, do not call, stop
press-to-call = I dial when you press “{ $button }” on the card, not before.

sensitive = I cannot make this call as it stands: it holds { $what }. I neither give nor take those on the phone. Tell me what to change.
sensitive-card = a card number
sensitive-bank = a bank account number
sensitive-secret = a password, a code or a card or bank number

number-emergency = { $number } is an emergency number. I never call those: please dial it yourself.
number-short = { $number } is a short service number. I only call ordinary phone numbers.
number-malformed = { $number } is not a phone number I can dial. Check the digits.
number-no_country = { $number } is not a phone number I can dial. Write it with its country code, like +1 415 555 2671.
number-extension = { $number } has an extension, which I cannot dial. Give me the number alone.
number-premium = { $number } is a premium-rate number. I do not call those.
number-shared_cost = { $number } is a shared-cost service number. I do not call those.
number-personal = { $number } is a personal (follow-me) number, billed like a premium one. I do not call those.
number-pager = { $number } is a pager. I do not call those.
number-voicemail = { $number } is a voicemail access number. I do not call those.

## Looking up a number

lookup-searching = 🔎 Looking up the number of { $what } …
lookup-found = I found this number. Is it the right one?
lookup-source = Source: { $source }
lookup-none = I could not find a number for { $what }. Write it with its country code, like +1 415 555 2671, or share the contact.
lookup-failed = I could not look up the number of { $what } just now: { $reason } Write the number with its country code, like +1 415 555 2671, or share the contact.
lookup-place = Which town should I look in? Set it once in /settings, or write it with the request.
lookup-use = ✅ Use it
lookup-other = ✖️ Another number

## Contacts

contacts-title = Contacts of this chat
contacts-none = No contacts yet. Share a contact with me, or press “Save contact” on a report.
contacts-hint = Tap one to remove it.
contact-save-question = Keep { $name }, { $number }, in this chat’s contacts?
contact-save = 💾 Save
contact-skip = No
contact-kept = Kept: { $name }. From now on “call { $name }” is enough.
contact-not-kept = Not kept.
contact-not-yours = Only { $name } or an admin can decide that.
contact-removed = Removed: { $name }.
contact-button-remove = ✖️ { $name }

## The card

card-for = { $number } · for { $name }
card-goal = Goal:
card-facts = May say
card-agree = May agree to
card-questions = Will ask
card-more = … and { $count } more
card-opening = Opens with:
card-voicemail = On a machine:
card-limits = ⏱ at most { $minutes } min · 💵 about { $cost } if it takes that long
card-retries = 🔁 If busy or not answered: again { $count ->
    [one] once
    *[other] up to { $count } times
 }, { $minutes } min apart
card-at = 🕘 { $when }
card-recorded = ⏺ The call is recorded, and the agent says so.
card-cancelled = Cancelled. Nothing was dialled.
card-scheduled = Planned for { $when }.
card-call = 📞 Call
card-schedule = 🕘 Plan the call
card-now = 📞 Call now instead
card-persona = 🎭 Persona
card-voice = 🔊 Voice
card-rehearse = 🎬 Rehearse
card-edit = ✏️ Edit
card-cancel = ✖️ Cancel
card-back = ← Back
card-page = More ({ $page }/{ $count })
call = Call

personas-title = Personas
personas-intro = The manner and voice of the agent. I pick one that fits; change it on the card, or choose your own in /settings.
persona-voice = · voice { $voice }
persona-fits = For { $fits }.
# The same as in prompts/personas.
persona-brisk = Brisk professional
persona-brisk-fits = restaurants, shops, salons, anything with a booking desk
persona-cheerful = Cheerful concierge
persona-cheerful-fits = hotels, events, surprises, gifts, travel
persona-firm = Firm negotiator
persona-firm-fits = complaints, refunds, cancellations, bargaining
persona-formal = Formal representative
persona-formal-fits = offices, authorities, banks, law firms, schools
persona-patient = Patient helper
persona-patient-fits = elderly people, medical and care appointments, anyone who needs time
persona-warm = Warm friend
persona-warm-fits = friends and family, good news, invitations, checking on someone

## Presses

refusal = Sorry, this bot is private. If you should have access, give its owner your id: { $id }
refusal-group = Sorry, this bot is private. If you should have access, write to me in a private chat first: { $link }
not-yours = This is { $name }’s call: only they or an admin can do that.
not-yours-reply = This is { $name }’s call: only they or an admin can change it. For a call of your own write /call and what you want.
stale = This card has changed since. Look at the newest one.
press-again = One moment: I am still busy with the last message here. Press again when I have answered it.
gone = This card is no longer open.
gone-button = This button has no use any more.
dialling = Dialling
hanging-up = Hanging up. Press again to cut the line at once.
hanging-up-command = Hanging up. Send /hangup again to cut the line at once.
call-over = That call is over.
no-call = No call is going on.
place-failed = I did not dial: { $reason }
restarting = I am being restarted. Press Call again in a minute.
already-placed = This call has been placed already.
whisper-late = That call is over, so I could not pass this on.

## Refusals before dialling

refused-role = You can watch calls here, but neither place nor steer them. An admin can change that: /allow { $id } caller
refused-requester = { $name } may not place calls any more. An admin can change that: /allow { $id } caller
refused-group = This group may not use me any more. An admin can allow it again: /allow
refused-do-not-call = { $number } is on the do-not-call list since { $date }: { $why ->
    [callee] they asked not to be called
    *[admin] an admin put it there
 }. An admin can take it off, in our private chat: /donotcall
refused-country = I may not call numbers in { $country }. Whoever runs me decides that with ALLOWED_COUNTRIES.
refused-quiet-then = It will be { $time } there ({ $zone }), and I do not call between { $from } and { $to }. I can plan the call for { $opens }.
refused-quiet = It is { $time } there ({ $zone }), and I do not call between { $from } and { $to }. I can plan the call for { $opens }.
refused-usd_day = { refused-whose-budget } for today is used up ({ $limit }). It begins anew { $anew }; an admin can raise it: /budget
refused-usd_month = { refused-whose-budget } for this month is used up ({ $limit }). It begins anew { $anew }; an admin can raise it: /budget
refused-minutes_day = { refused-whose-minutes } for today are used up ({ $limit }). They begin anew { $anew }; an admin can raise them: /budget
refused-minutes_month = { refused-whose-minutes } for this month are used up ({ $limit }). They begin anew { $anew }; an admin can raise them: /budget
refused-whose-budget = { $whose ->
    [yours] Your budget
    [theirs] { $name }’s budget
    *[chat] This group’s budget
 }
refused-whose-minutes = { $whose ->
    [yours] Your minutes
    [theirs] { $name }’s minutes
    *[chat] This group’s minutes
 }
refused-too-little = What is left of the budget is not enough for a minute of this call, about { $cost }. An admin can raise it: /budget
refused-plan-then = 🕘 Plan it for { $when }

## Later and again

when-today = today, { $date }, { $time } ({ $zone })
when-tomorrow = tomorrow, { $date }, { $time } ({ $zone })
when-other = { $date }, { $time } ({ $zone })
schedule-past = { $when } is over. Tell me when to call instead, or to call now.
schedule-too_far = I plan calls at most 60 days ahead. Tell me an earlier time.
schedule-malformed = I did not understand when to call. Write the time again, such as “tomorrow at 9”.
scheduled = Planned: { $when }.
scheduled-missed = I was not running at the time ({ $when }), so I did not call { $name }. Press Call to call now.
scheduled-refused = I did not call { $name } as planned ({ $when }): { $reason }
scheduled-began = 🕘 Calling { $name } as planned.
scheduled-changed = Changed, so no longer planned: confirm the new card.
scheduled-already = This call is planned already.
retry-now = 🔁 Now
retry-minutes = 🔁 In { $minutes } min
retry-hour = 🔁 In 1 h
retry-planned = I try again { $when }, { $left ->
    [one] the last time
    *[other] { $left } tries are left
 }.
retry-cancel = ✖️ No more tries
retry-cancelled = No more tries.
retry-taken = You have chosen already.
retry-refused = I do not try { $name } again: { $reason }

## The live view

live-dialling = dialling…
live-ringing = ringing…
live-taken-over = your phone takes over
live-message = leaving the message
live-goodbye = saying goodbye
live-hanging-up = hanging up
live-connected = connected { $time }
live-hold = on hold { $time }
live-question = waiting for your answer
live-cost = { $cost }
live-ended = ended – { $reason }
live-ended-after = ended after { $time } – { $reason }
live-agent = 🤖 Agent:
live-callee = 👤 { $name }:
live-stop = ⏹ Stop
live-join = 🙋 Join the call

whisper-refused = I did not pass that on: it holds { $what }. The agent neither gives nor takes those.
question-open = Tap an answer or write one
question-left = ⏳ { question-open } ({ $time })
question-answer = You answered:
question-gone = This question is no longer open.
question-timed_out = No answer in time: the agent does only what you allowed beforehand.
question-call_ended = The call ended before an answer came.
answered = Passed on: { $answer }
back-on-line = 📞 { $name }: somebody is back on the line.
joining = Your phone will ring in a moment. When you answer, you are on the line and the agent leaves it.
join-later = You can join once somebody has answered.
join-needs-number = Which phone should ring? Share your own contact once, with the button below.
join-in-private = Which phone should ring? Write to me privately once, share your own contact there, and press this again.
share-contact = Share my number
number-kept = Thank you: from now on “Join the call” rings { $number }.
record-lost = I could not keep the record of this call, so I ended it. Please look at the database.

## The report

report-note = The agent’s own note: { $note }
report-next = Next:
report-unclear = (not quite clear)
report-facts-talk = { $time } on the phone
report-facts-ring = never answered, { $seconds } s
report-cost = cost about { $cost }
report-no-cost = no cost
report-cost-ringing = cost about { $cost } (first words made while it rang)
report-again = 🔁 Call again
report-transcript = 📄 Full transcript
report-save-contact = 💾 Save contact
report-calendar = 📅 Add to calendar
report-words = 🔎 { $number }
report-words-gone = I no longer have the words of this call.
report-calendar-file = { $title }, { $when }
report-recording = The call, { $time }
report-recording-none = The recording of this call could not be kept.
report-recording-too-large = The recording of this call is too large for Telegram. Whoever runs me has it.
report-recording-refused = Telegram did not take the recording of this call. Whoever runs me has it.
no-transcript = Nothing was said on this call.
transcript-goal = Goal: { $goal }
transcript-agent = Agent
transcript-interrupted = [interrupted]

end-goodbye = it ended with a goodbye
end-callee_hung_up = they hung up
end-requester_hung_up = you ended it
end-time_limit = it reached its time limit
end-money_limit = it reached its money limit
end-silence = nobody spoke any more
end-menu_loop = the phone menu went round in circles
end-hold_limit = the hold took too long
end-taken_over = you took the call over
end-busy = the line was busy
end-no_answer = nobody answered
end-voicemail = an answering machine picked up
end-refused = the phone company refused the call
end-failed = the call could not be completed
end-model_lost = the voice model was lost
end-line_lost = the line was lost
end-uncertain = I cannot tell whether it was dialled
end-not_dialed = it was not dialled

outcome-goodbye = The call is over.
outcome-callee_hung_up = They hung up.
outcome-requester_hung_up = You ended the call.
outcome-time_limit = The time was up.
outcome-money_limit = The money for this call was used up.
outcome-silence = Nobody spoke any more, so I ended the call.
outcome-menu_loop = The phone menu led nowhere: it began again and again.
outcome-hold_limit = Nobody came back from hold, so I ended the call.
outcome-taken_over = You took the call over, so I do not know how it went on.
outcome-busy = Busy: nobody was reached.
outcome-no_answer = Nobody answered.
outcome-voicemail = Only an answering machine picked up.
outcome-refused = Not dialled: the phone company refused the call.
outcome-failed = The call failed: nobody was reached.
outcome-model_lost = The call broke off: the voice model was lost.
outcome-line_lost = The call broke off: the line was lost.
outcome-uncertain = I cannot tell whether this call was dialled.
outcome-not_dialed = Not dialled: the phone company knows of no such call.

advice-callee_hung_up = Call again if it was a slip, or tell me what to say differently.
advice-money_limit = An admin can raise the budget: /budget
advice-busy = Try again in a few minutes.
advice-no_answer = Try again later, perhaps within their opening hours.
advice-voicemail = No message was left. Try again later if it matters.
advice-voicemail-left = I left your message on it; the transcript shows its words. Try again later if it matters.
advice-voicemail-cut = It hung up before your message was over; the transcript shows what I could leave. Try again later if it matters.
advice-failed = Check the number, or try again later.
advice-menu_loop = Call again with a direct number, or tell me which keys lead to a person.
advice-hold_limit = Call again at a quieter time.
advice-model_lost = Check OPENAI_API_KEY and the OpenAI status page, then call again.
advice-line_lost = Call again if it matters.
advice-uncertain = I will not dial it again by myself. Look at Twilio’s call log before you call again.
advice-not_dialed = Call again if it still matters.
advice-do-not-call = They asked not to be called again, so I will not call this number any more.

carrier-0 = Twilio did not answer. Try again in a minute.
carrier-13224 = Twilio says that this is not a number it can call.
carrier-13227 = This Twilio account may not call that country. Allow it under Voice, Geo Permissions.
carrier-20003 = Twilio did not accept the account’s credentials. Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.
carrier-20429 = Twilio is getting too many requests from this account. Try again in a minute.
carrier-21210 = The number calls are made from is not verified with Twilio. Check TWILIO_PHONE_NUMBER.
carrier-21211 = Twilio says that this is not a number it can call.
carrier-21212 = The number calls are made from is not a Twilio number. Check TWILIO_PHONE_NUMBER.
carrier-21215 = This Twilio account may not call that country. Allow it under Voice, Geo Permissions.
carrier-21216 = Twilio does not allow calls to this number.
carrier-21219 = A trial account can only call numbers that are verified with Twilio.
carrier-other = Twilio refused: error { $code }.

## Rehearsing

rehearse-began = 🎬 Rehearsal: you are { $name }. Nobody is dialled. Write what they would say; press Stop to come back to the card.
rehearse-in-group = Here in the group, answer by replying to my lines.
rehearse-stop = ⏹ Stop the rehearsal
rehearse-no-answer = No answer in time
rehearse-asks = ❓ On the call I would ask you now: { $question }
rehearse-pressed = ⌨️ presses { $digits }
rehearse-waits = ⏸ says nothing and waits
rehearse-language = 🌐 goes on in { $language }
rehearse-over = 🎬 The rehearsal is over. { $outcome }
rehearse-stopped = 🎬 Rehearsal stopped.
rehearse-changed = 🎬 The card has changed, so this rehearsal is over. Rehearse the new one.
rehearse-failed = The rehearsal broke off: { $reason }
rehearse-lost = the connection to the voice model was lost. Begin again.
rehearse-unreachable = the voice model could not be reached. Try again in a minute.
rehearse-denied = OpenAI refused it. Whoever runs me should check OPENAI_API_KEY, its credit and REALTIME_MODEL.
rehearse-slow = the voice model did not answer in time. Begin again in a minute.
rehearse-failing = the voice model is failing. Try again in a minute.
rehearse-closed = I am being restarted. Begin again in a minute.
rehearse-expired = a rehearsal takes a quarter of an hour at most. Begin another one to go on.
rehearse-busy = A rehearsal is going on in this chat. Stop it first.
rehearse-timed-out = The rehearsal was left alone, so I closed it.

## The list of calls

calls-title = Calls
calls-none = No calls yet. Write what you want done.
calls-running = going on now
calls-figures = { $status }, { $replies ->
    [0] no replies yet
   *[other] replies in { $half } ms (95 %: { $most } ms)
}, { $bargeins ->
    [0] never interrupted
    [one] interrupted once
   *[other] interrupted { $bargeins } times
}
calls-planned = planned
calls-row = { $when } · { $name } – { $how }
calls-row-of = { $when } · { $name }, for { $who } – { $how }
calls-zone = Times are those of { $zone }.
calls-cancel = ✖️ { $name }, { $when }
calls-newer = ← Newer
calls-older = Older →

## People

role-admin = admin
role-caller = caller
role-watcher = watcher
admins-only = Only admins can do that.
people-title = People
people-unknown = unknown
people-groups = Groups
in-private = Please write that to me in our private chat: { $link }
allow-usage = Write the person’s numeric id and a role (caller, watcher or admin), like: /allow 123456789 caller. They see their id when they write to me. In a group, /allow alone allows the group.
deny-usage = Write the person’s numeric id, like: /deny 123456789. /people lists the ids. In a group, /deny alone puts the group out.
allowed = { $who } may now use this bot as { $role }.
denied = { $who } may no longer use this bot.
not-known = { $who } was not allowed before.
admin-stays = { $who } is an admin by the deployment’s settings, TELEGRAM_ADMINS.
invite-link =
    This link lets one person in, as { $role }, until { $until }. It works once.
    { $link }
invite-usage = Write the role, like: /invite caller (or watcher).
invite-welcome = Welcome! You can use me as { $role } now.
invite-accepted = { $who } has accepted your invitation, and is in as { $role }.
invite-bad = This invitation is not valid any more. Ask for a new one.
invite-already = You are in already.

group-ask = I make phone calls. One of my admins must allow this group first: with this button, or with /allow
group-allowed = This group may use me now. { help-group }
group-denied = This group may no longer use me. /allow lets it in again.
group-denied-afar = That group may no longer use me.
group-not-known = That group was not allowed before.
group-allow-button = ✅ Allow this group

budget-usage = Limits look like this: 5usd/day 50usd/month 60min/day 600min/month, or none. For a person: /budget <id> <limits>; in a group, for the group: /budget chat <limits>. default goes back to what the deployment gives everybody.
budget-malformed = “{ $part }” is no limit.
budget-no-chat = In a private chat only the person’s own budget counts: /budget <id> <limits>
budget-set = Budget set.
budget-none = no limit
budget-person = You: { $spent } (limit: { $budget })
budget-other = { $who }: { $spent } (limit: { $budget })
budget-chat = This chat: { $spent } (limit: { $budget })
budget-spent = { $day } and { $dayminutes } min today, { $month } and { $monthminutes } min this month
budget-shortened = The budget leaves { $minutes } min for this call.

dnc-title = Never called
dnc-none = The do-not-call list is empty. Add a number: /donotcall add +1 415 555 2671
dnc-row = { $number }, since { $date } ({ $why ->
    [callee] they asked for it
    *[admin] by an admin
 })
dnc-added = { $number } is never called from now on.
dnc-removed = { $number } may be called again.
dnc-not-there = { $number } is not on the do-not-call list.
dnc-usage = /donotcall, /donotcall add <number> or /donotcall remove <number>

audit-title = Who did what
audit-none = Nothing yet.
audit-row = { $when } · { $who } { $what }
audit-called = called { $detail }
audit-planned = planned a call to { $detail }
audit-unplanned = cancelled a planned call to { $detail }
audit-hung-up = ended a call
audit-whispered = whispered to the agent
audit-joined = joined a call
audit-contact-kept = saved a contact
audit-contact-removed = removed a contact
audit-group-allowed = let the group in
audit-group-denied = put the group out
audit-allowed = let { $someone } in as { $role }
audit-denied = put { $someone } out
audit-invited = made an invitation, as { $role }
audit-accepted = accepted { $someone }’s invitation, as { $role }
audit-budget-person = set { $someone }’s budget: { $detail }
audit-budget-chat = set the group’s budget: { $detail }
audit-number-barred = put { $detail } on the do-not-call list
audit-number-unbarred = took { $detail } off the do-not-call list
audit-setting = changed a setting: { $detail }
audit-forgot = had what is known about them deleted

forget-question = I delete your settings, contacts, requests, transcripts and recordings in this chat, and your number. { forget-calls } Really?
forget-question-group = I delete your requests in this group, with the transcripts and recordings of their calls. { forget-calls } Really?
forget-question-group-admin = I delete your requests in this group, with the transcripts and recordings of their calls, and as you are an admin the group’s contacts and settings too. { forget-calls } Really?
forget-calls = Planned calls are cancelled; calls that are going on are not touched. What stays: what calls cost, who may use me, who did what, and the numbers that are never called.
forget-yes = 🗑 Delete it all
forget-no = Keep it
forget-done = Deleted. The messages in this chat are yours to delete.
forget-cancelled = { $count ->
    [one] A planned call is cancelled.
    *[other] { $count } planned calls are cancelled.
 }
forget-left = { $count ->
    [one] I left a call that is going on, or whose report is on the way. Send /forget again when it has come.
    *[other] I left { $count } calls that are going on, or whose reports are on the way. Send /forget again when they have come.
 }
forget-not-yours = Only { $name } can press this.
forget-kept = Kept.

## Settings of a chat

settings-title = Settings of this chat
settings-language = Language: { $value }
settings-zone = Time zone: { $value }, where it is { $time }
settings-place = Town for looking up numbers: { $value }
settings-persona = Persona: { $value }
settings-persona-none = what fits best
settings-disclosure = Says first that it is an AI: { $value }
settings-on = yes
settings-off = no
settings-unset = not set
settings-button-language = 🌐 Language
settings-button-zone = 🕘 Time zone
settings-button-zone-other = ✏️ Another
settings-button-place = 📍 Town
settings-button-persona = 🎭 Persona
settings-button-disclosure = 🤖 Disclosure
settings-ask-zone = Which time zone? Write a city, like “Berlin” or “New York”.
settings-example-zone = Berlin
settings-example-place = Porto, PT
settings-ask-place = Which town, and country? Write it like “San Francisco, US”.
settings-zone-unknown = I do not know the time zone “{ $text }”. Write a big city in it, such as “Berlin”, or its name, such as “America/New_York”.
settings-place-unknown = Write the town, a comma and the country’s two letters, like “Porto, PT”.
settings-kept = Kept.
settings-admins = In a group only admins can change the settings.
settings-disclosure-fixed = Only an admin can switch this off.

something-wrong = Something went wrong on my side, and I have noted it. Please try again.

# /timeline: a picture of a call on a time axis, and its caption

timeline-title = ⏱ { $name } · { $time } on the phone
timeline-replies = The agent's replies: half of them within { $half } ms, 95 % within { $most } ms
timeline-barge-ins = { $count ->
    [one] Interrupted once
   *[other] Interrupted { $count } times
}, the agent yielded: { $yielded }
timeline-held = On hold: { $time }
timeline-none = No call of this chat was answered and is over yet.
timeline-unknown = That message is of no call that was answered and is over. Reply to a call's card or report.
timeline-agent = Agent
timeline-callee = Callee
timeline-ms = { $ms } ms
timeline-wait = wait for the agent (ms)
timeline-barge-in = interrupted
timeline-hold = on hold
timeline-joined = your phone
