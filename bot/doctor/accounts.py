"""The accounts, judged: what Telegram, Twilio and OpenAI answered about themselves.

Pure. Owns what is right and wrong about an account, and how to mend it. Asks nobody (`services.py` does). Follows
https://core.telegram.org/bots/api#user, #webhookinfo, https://www.twilio.com/docs/iam/api/account,
https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
https://www.twilio.com/docs/voice/api/dialingpermissions-country-resource and
https://platform.openai.com/docs/api-reference/models/retrieve.
"""

from collections.abc import Mapping, Sequence

from bot.doctor.facts import Answer, Reply, Trouble
from bot.doctor.finding import Finding, ok, unknown, wrong

_RECENTLY_S = 3600.0  # an older failure of the webhook has been got over
_MANY = 100  # updates that wait: the product is not there, or does not take them
_WHY = {
    "refused": "nobody answers at its address",
    "unknown_host": "its name is not known to the network",
    "timed_out": "it did not answer in time",
    "certificate": "its certificate is not good",
    "broken": "the connection broke off",
}
_CREDENTIALS = (
    "Set TWILIO_ACCOUNT_SID (AC…) and TWILIO_AUTH_TOKEN to those of the account, from the Twilio console. An API key "
    "will not do: the token also checks Twilio's signatures."
)
_GEO = "Allow them in the Twilio console: Voice, Settings, Geo permissions."


def no_answer(check: str, trouble: Trouble, setting: str) -> Finding:
    """A service that every call needs cannot be reached."""
    detail = f" ({trouble.detail})" if trouble.detail else ""
    return wrong(check, f"{_WHY[trouble.why]}{detail}", f"Check the network, and {setting}.")


def _unclear(check: str, reply: Reply) -> Finding:
    if isinstance(reply, Trouble):
        return unknown(check, f"not found out: {_WHY[reply.why]}")
    return unknown(check, f"not found out: the service answered with HTTP {reply.status}")


def _object(value: object) -> Mapping[str, object]:
    """What is no JSON object holds nothing: somebody else may answer at a service's address."""
    return value if isinstance(value, dict) else {}


def _number_in(found: Mapping[str, object], name: str) -> float:
    value = found.get(name)
    return value if isinstance(value, (int, float)) else 0


# Telegram


def telegram(me: Reply, webhook: Reply, *, expected_url: str, running: bool, now_unix: float) -> list[Finding]:
    """`expected_url` is our webhook's, "" for long polling; `running`: Ringback runs on this machine."""
    if isinstance(me, Trouble):
        return [no_answer("telegram token", me, "TELEGRAM_API_URL")]
    if me.status in (401, 404):  # a token that is none has no such path
        return [wrong("telegram token", "Telegram does not know it", "Set TELEGRAM_BOT_TOKEN as @BotFather gives it.")]
    if me.status != 200:
        return [_unclear("telegram token", me)]
    found = _object(me.body.get("result"))
    return [
        ok("telegram token", f"it is @{found.get('username', '?')}"),
        _privacy(found),
        _updates(webhook, expected_url=expected_url, running=running, now_unix=now_unix),
    ]


def _privacy(me: Mapping[str, object]) -> Finding:
    # "True, if privacy mode is disabled for the bot. Returned only in getMe."
    if me.get("can_read_all_group_messages"):
        return wrong(
            "telegram privacy",
            "privacy mode is off: all that is said in its groups is sent to it",
            "@BotFather, /setprivacy, Enable; then take the bot out of its groups and add it again.",
        )
    return ok("telegram privacy", "privacy mode is on")


def _updates(reply: Reply, *, expected_url: str, running: bool, now_unix: float) -> Finding:
    check = "telegram updates"
    if isinstance(reply, Trouble) or reply.status != 200:
        return _unclear(check, reply)
    info = _object(reply.body.get("result"))
    url, waiting = str(info.get("url") or ""), _number_in(info, "pending_update_count")
    if finding := _elsewhere(check, url, expected_url, running=running):
        return finding
    # "last_error_date: Unix time for the most recent error that happened when trying to deliver an update via webhook"
    if url and now_unix - _number_in(info, "last_error_date") < _RECENTLY_S:
        told = str(info.get("last_error_message", "no reason is given"))
        return wrong(check, f"the webhook fails: {told}", _mend_webhook(told))
    if waiting > _MANY:
        return wrong(
            check, f"{waiting:.0f} updates wait", "Start Ringback, or look into its log for why it takes none."
        )
    if not expected_url:
        return ok(check, "by long polling")
    return ok(check, "by webhook") if url else unknown(check, "by webhook, which is set at the start")


def _elsewhere(check: str, url: str, expected_url: str, *, running: bool) -> Finding | None:
    """A webhook that is not what the settings say."""
    if url == expected_url or (not running and not url):
        return None
    if not running:
        return unknown(
            check,
            "a webhook is set that these settings do not ask for; the start replaces it",
            "If another program uses this token, give Ringback a bot of its own.",
        )
    told = "another webhook is set" if url else "no webhook is set"
    return wrong(
        check,
        f"{told} than Ringback asked for at its start" if url else f"{told}, though Ringback asked for one",
        "Some other program uses this token, or runs with other settings: end it, and start Ringback again.",
    )


def _mend_webhook(told: str) -> str:
    if "403" in told or "401" in told:
        return "TELEGRAM_WEBHOOK_SECRET was changed, or the host's proxy refuses Telegram. Start Ringback again."
    if "certificate" in told.lower() or "ssl" in told.lower():
        return "PUBLIC_URL needs a certificate of a known authority, with its intermediate certificates."
    return "Telegram must reach PUBLIC_URL on port 443, 80, 88 or 8443; or leave TELEGRAM_WEBHOOK_SECRET empty."


def admins(replies: Mapping[int, Reply]) -> Finding:
    """Each admin's chat: nothing can be sent to those who never wrote to the bot."""
    check = "telegram admins"
    asked = {admin: reply for admin, reply in replies.items() if isinstance(reply, Answer) and reply.status != 401}
    strangers = [str(admin) for admin, reply in asked.items() if reply.status == 400]
    if strangers:
        return unknown(
            check,
            f"{', '.join(strangers)} did not write to the bot yet",
            "They press Start in a chat with the bot; if they have, the id in TELEGRAM_ADMINS is not theirs.",
        )
    if not asked or any(reply.status != 200 for reply in asked.values()):
        return unknown(check, "not found out")
    return ok(check, f"{len(asked)} can be written to")


# Twilio


def twilio(
    account: Reply,
    numbers: Reply,
    caller_ids: Reply,
    countries: Mapping[str, Reply],
    *,
    number: str,
    all_countries: bool,
) -> list[Finding]:
    """`number` is E.164; `all_countries`: no setting names those that may be called."""
    finding = _account(account)
    if isinstance(account, Trouble) or account.status != 200:
        return [finding]
    return [finding, _number(numbers, caller_ids, number), _countries(countries, all_countries=all_countries)]


def _account(reply: Reply) -> Finding:
    check = "twilio account"
    if isinstance(reply, Trouble):
        return no_answer(check, reply, "TWILIO_API_URL")
    code = reply.body.get("code")
    if code == 20005:  # "Account not active"
        return wrong(check, "it is not active", "Add funds to it, or write to Twilio's support.")
    if reply.status in (401, 403, 404):
        return wrong(check, "Twilio does not accept the credentials", _CREDENTIALS)
    if reply.status != 200:
        return _unclear(check, reply)
    status = str(reply.body.get("status", "?"))
    if status != "active":
        return wrong(check, f"it is {status}", "Add funds to it, or write to Twilio's support.")
    if reply.body.get("type") == "Trial":
        return wrong(
            check,
            "it is a trial account: it cannot stream a call's audio, and calls verified numbers only",
            "Upgrade it in the Twilio console, under Billing.",
        )
    return ok(check, "it is active, and no trial")


def _number(numbers: Reply, caller_ids: Reply, number: str) -> Finding:
    check = "twilio number"
    if isinstance(numbers, Trouble) or numbers.status != 200:
        return _unclear(check, numbers)
    own = _listed(numbers, "incoming_phone_numbers", number)
    if own:
        if _object(own[0].get("capabilities")).get("voice"):
            return ok(check, "it is the account's own, and a voice number")
        return wrong(check, "it has no voice ability", "Set TWILIO_PHONE_NUMBER to a number that can make calls.")
    if isinstance(caller_ids, Answer) and _listed(caller_ids, "outgoing_caller_ids", number):
        return ok(check, "it is a verified caller id: who calls back reaches that phone")
    if isinstance(caller_ids, Trouble) or caller_ids.status != 200:
        return _unclear(check, caller_ids)
    return wrong(
        check,
        "this account has no such number, and no such verified caller id",
        "Set TWILIO_PHONE_NUMBER to a voice number of this account (Twilio console: Phone numbers, Active numbers).",
    )


def _listed(reply: Answer, key: str, number: str) -> list[Mapping[str, object]]:
    """The filter by number also finds numbers that it is only a part of."""
    listed = reply.body.get(key)
    entries = map(_object, listed if isinstance(listed, list) else ())
    return [entry for entry in entries if entry.get("phone_number") == number]


def _countries(replies: Mapping[str, Reply], *, all_countries: bool) -> Finding:
    check = "twilio countries"
    told = {code: reply.body for code, reply in replies.items() if isinstance(reply, Answer) and reply.status == 200}
    # "Whether dialing to low-risk numbers is enabled": the ordinary ones. The others are refused by Ringback itself.
    shut = sorted(code for code, body in told.items() if body.get("low_risk_numbers_enabled") is False)
    if shut:
        return wrong(check, f"calls to {', '.join(shut)} are not allowed", _GEO)
    if missing := sorted(replies.keys() - told.keys()):
        return unknown(check, f"Twilio did not tell about {', '.join(missing)}", _GEO.replace("Allow", "Look at"))
    if not told:
        return unknown(check, "the number has no country to ask about")
    rest = "; others were not asked about, since ALLOWED_COUNTRIES names none" if all_countries else ""
    return ok(check, f"{', '.join(sorted(told))} may be called{rest}")


# OpenAI


def openai(models: Mapping[str, tuple[str, Reply]]) -> list[Finding]:
    """`models`: by setting, the model's name and the answer about it."""
    replies = [reply for _, reply in models.values()]
    trouble = next((reply for reply in replies if isinstance(reply, Trouble)), None)
    answers = [reply for reply in replies if isinstance(reply, Answer)]
    if not answers:
        return [no_answer("openai key", trouble or Trouble("broken"), "OPENAI_BASE_URL")]
    if any(answer.status == 401 for answer in answers):
        mend = "Set OPENAI_API_KEY to a key of the project, from platform.openai.com, API keys."
        return [wrong("openai key", "OpenAI does not accept it", mend)]
    accepted = any(answer.status in (200, 404) for answer in answers)
    key = ok("openai key", "OpenAI accepts it") if accepted else _unclear("openai key", answers[0])
    return [key, *(_model(setting, name, reply) for setting, (name, reply) in models.items())]


def _model(setting: str, name: str, reply: Reply) -> Finding:
    check = setting.lower().replace("_", " ")
    if isinstance(reply, Answer) and reply.status == 200:
        return ok(check, f"{name} can be used")
    if isinstance(reply, Answer) and reply.status == 404:
        mend = f"Allow it under the project's limits at platform.openai.com, or set {setting} to one it may use."
        return wrong(check, f"the key has no access to {name}, or there is no such model", mend)
    if isinstance(reply, Answer) and reply.status == 403:
        return unknown(
            check, "the key may not look at models", "Give it the permission to read models, and look again."
        )
    return _unclear(check, reply)


def skews(replies: Sequence[Reply]) -> list[float]:
    """How much our clock is ahead, in seconds, by each service that told the time."""
    return [reply.skew_s for reply in replies if isinstance(reply, Answer) and reply.skew_s is not None]
