"""What Ringback says in the chat: words only, no logic.

Pure. Plain English; what went wrong is followed by what to do.
"""

from bridge.call import EndReason

START = (
    "Hello! I make phone calls for you. Write what you want, for example:\n\n"
    "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane\n\n"
    "I show you a card first and dial only when you press Call. /help tells more."
)
HELP = (
    "Write what you want done, with a phone number:\n\n"
    "• call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane\n"
    "• ring my dentist, +1 415 555 0111, and move my appointment to Tuesday morning\n"
    "• call Mum on +44 20 7946 0018 and ask whether she is coming on Saturday\n\n"
    "I answer with a card. Change it by writing what is wrong (“make it for five”), or with its buttons; press Call to "
    "dial. You see both sides as they speak. Reply to the live transcript to whisper something to the agent. When the "
    "call is over you get a report.\n\n"
    "/call <what you want> – the same as just writing it\n"
    "/calls – your calls\n"
    "/hangup – end the call that is going on\n"
    "/personas – the manners the agent can have\n"
    "/people – who may use this bot\n"
    "/help – this text"
)
COMMANDS = {
    "call": "Make a phone call: /call the restaurant at +1 …",
    "calls": "Your calls",
    "hangup": "End the call that is going on",
    "personas": "The manners the agent can have",
    "people": "Who may use this bot",
    "help": "How it works",
}
ADMIN_HELP = "\n\nFor admins:\n/allow <id> – let somebody use this bot\n/deny <id> – no longer"

EMPTY_REQUEST = "Tell me whom to call and what about, for example: /call +1 415 555 2671 and ask when they close today"
NOT_A_CALL = "I make phone calls. Tell me whom to call and what about, with the number."
NO_CHANGE = (
    "I did not understand what to change, so the card stays as it is. Say it differently, press its buttons, "
    "or start another call with /call."
)
ASK_NUMBER = "What number should I call? Write it with its country code, like +1 415 555 2671, or share the contact."
ASK_GOAL = "What should the call achieve?"
ASK_OPENING = "What should the agent say first?"
ASK_EDIT = "What should I change? Write it in your own words, such as “make it for five”."
EDIT_PLACEHOLDER = "make it for five"
PRIVATE_ONLY = "For now I only take requests in a private chat. Write to me directly."
VOICE_NOTE = "I cannot listen to voice messages yet. Please write the request."
UNSUPPORTED = "I can only read text and shared contacts. Please write the request."
TOO_LONG = "That is too long for one request. Please keep it under 4,000 characters."

PLANNING_FAILED = "I could not plan this just now: {reason} Nothing is lost: send it again in a minute."
MODEL_NONSENSE = "the planning model gave an answer I could not use."
MODEL_UNREACHABLE = "the planning model did not answer."
MODEL_DENIED = "OpenAI refused it ({status}). Whoever runs me should check OPENAI_API_KEY, its credit and TEXT_MODEL."
MODEL_REFUSED = "the planning model would not plan this call. Try to put it differently."

UNKNOWN_VOICE = "There is no voice “{voice}”, so I took {instead}. The voices: {voices}."
UNKNOWN_PERSONA = "There is no persona “{persona}”, so I took {instead}. /personas lists them."

REFUSAL = "Sorry, this bot is private. If you should have access, give its owner your id: {id}"
NOT_YOURS = "Only {name} or an admin can press this."
STALE = "This card has changed since. Look at the newest one."
GONE = "This card is no longer open."
DIALLING = "Dialling"
CANCELLED = "Cancelled. Nothing was dialled."
HANGING_UP = "Hanging up. Press again to cut the line at once."
CALL_OVER = "That call is over."
NO_CALL = "No call is going on."
PLACE_FAILED = "I did not dial: {reason}"
RESTARTING = "I am being restarted. Press Call again in a minute."
ALREADY_PLACED = "This call has been placed already."
WHISPER_LATE = "That call is over, so I could not pass this on."

WHISPER_REFUSED = "I did not pass that on: it holds {what}. The agent neither gives nor takes those."
ANSWERED = "Passed on: {answer}"
QUESTION_OPEN = "Tap an answer or write one"
QUESTION_GONE = "This question is no longer open."
QUESTION_CLOSED = {
    "timed_out": "No answer in time: the agent does only what you allowed beforehand.",
    "call_ended": "The call ended before an answer came.",
}
BACK_ON_LINE = "📞 {name}: somebody is back on the line."
JOINING = "Your phone will ring in a moment. When you answer, you are on the line and the agent leaves it."
JOIN_LATER = "You can join once somebody has answered."
JOIN_NEEDS_NUMBER = "Which phone should ring? Share your own contact once, with the button below."
SHARE_CONTACT = "Share my number"
NUMBER_KEPT = "Thank you: from now on “Join the call” rings {number}."
SENSITIVE = (
    "I cannot make this call as it stands: it holds {what}. I neither give nor take those on the phone. "
    "Tell me what to change."
)

ADMINS_ONLY = "Only admins can do that."
ALLOW_USAGE = "Write the person's numeric id, like: /allow 123456789. They see their id when they write to me."
ALLOWED = "{id} may now use this bot."
DENIED = "{id} may no longer use this bot."
NOT_KNOWN = "{id} was not allowed before."
ADMIN_STAYS = "{id} is an admin by the deployment's settings, TELEGRAM_ADMINS."
NO_CALLS = "No calls yet. Write what you want done."
NO_TRANSCRIPT = "Nothing was said on this call."
SOMETHING_WRONG = "Something went wrong on my side, and I have noted it. Please try again."

END_REASONS: dict[EndReason, str] = {
    EndReason.GOODBYE: "it ended with a goodbye",
    EndReason.CALLEE_HUNG_UP: "they hung up",
    EndReason.REQUESTER_HUNG_UP: "you ended it",
    EndReason.TIME_LIMIT: "it reached its time limit",
    EndReason.SILENCE: "nobody spoke any more",
    EndReason.MENU_LOOP: "the phone menu went round in circles",
    EndReason.HOLD_LIMIT: "the hold took too long",
    EndReason.TAKEN_OVER: "you took the call over",
    EndReason.BUSY: "the line was busy",
    EndReason.NO_ANSWER: "nobody answered",
    EndReason.VOICEMAIL: "an answering machine picked up",
    EndReason.REFUSED: "the phone company refused the call",
    EndReason.FAILED: "the call could not be completed",
    EndReason.MODEL_LOST: "the voice model was lost",
    EndReason.LINE_LOST: "the line was lost",
    EndReason.UNCERTAIN: "I cannot tell whether it was dialled",
}
OUTCOMES: dict[EndReason, str] = {
    EndReason.GOODBYE: "The call is over.",
    EndReason.CALLEE_HUNG_UP: "They hung up.",
    EndReason.REQUESTER_HUNG_UP: "You ended the call.",
    EndReason.TIME_LIMIT: "The time was up.",
    EndReason.SILENCE: "Nobody spoke any more, so I ended the call.",
    EndReason.MENU_LOOP: "The phone menu led nowhere: it began again and again.",
    EndReason.HOLD_LIMIT: "Nobody came back from hold, so I ended the call.",
    EndReason.TAKEN_OVER: "You took the call over.",
    EndReason.BUSY: "Busy: nobody was reached.",
    EndReason.NO_ANSWER: "Nobody answered.",
    EndReason.VOICEMAIL: "Only an answering machine picked up.",
    EndReason.REFUSED: "Not dialled: the phone company refused the call.",
    EndReason.FAILED: "The call failed: nobody was reached.",
    EndReason.MODEL_LOST: "The call broke off: the voice model was lost.",
    EndReason.LINE_LOST: "The call broke off: the line was lost.",
    EndReason.UNCERTAIN: "I cannot tell whether this call was dialled.",
}
ADVICE: dict[EndReason, str] = {
    EndReason.CALLEE_HUNG_UP: "Call again if it was a slip, or tell me what to say differently.",
    EndReason.BUSY: "Try again in a few minutes.",
    EndReason.NO_ANSWER: "Try again later, perhaps within their opening hours.",
    EndReason.VOICEMAIL: "The transcript shows what I left on it. Try again later if it matters.",
    EndReason.FAILED: "Check the number, or try again later.",
    EndReason.MENU_LOOP: "Call again with a direct number, or tell me which keys lead to a person.",
    EndReason.HOLD_LIMIT: "Call again at a quieter time.",
    EndReason.MODEL_LOST: "Check OPENAI_API_KEY and the OpenAI status page, then call again.",
    EndReason.LINE_LOST: "Call again if it matters.",
    EndReason.UNCERTAIN: "I will not dial it again by myself. Look at Twilio's call log before you call again.",
}
