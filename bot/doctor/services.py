"""The questions to Telegram, Twilio and OpenAI. All of them at once, and none that changes anything.

Owns which addresses are asked for what. Judges nothing (`accounts.py` does).
"""

import asyncio
from urllib.parse import quote, urlsplit

import aiohttp

from bot.doctor import accounts
from bot.doctor.asking import Asking
from bot.doctor.facts import Reply
from bot.doctor.finding import Finding
from bot.settings import Settings
from bridge import numbers

_MOST_ADMINS = 10  # are asked about
Told = tuple[list[Finding], list[float]]  # what was found, and how much our clock was ahead by their answers


async def telegram(
    settings: Settings, asking: Asking, token: str, *, webhook_url: str, running: bool, now_unix: float
) -> Told:
    """getMe, getWebhookInfo and getChat: "We support GET and POST HTTP methods."
    (https://core.telegram.org/bots/api#making-requests)
    """
    base = f"{settings.telegram_api_url}/bot{token}"
    who = settings.telegram_admins[:_MOST_ADMINS]
    me, webhook, *chats = await asyncio.gather(
        asking.get(f"{base}/getMe"),
        asking.get(f"{base}/getWebhookInfo"),
        *(asking.get(f"{base}/getChat", params={"chat_id": str(admin)}) for admin in who),
    )
    findings = accounts.telegram(me, webhook, expected_url=webhook_url, running=running, now_unix=now_unix)
    if len(findings) > 1:  # else the token is none, and every answer the same
        findings.append(accounts.admins(dict(zip(who, chats, strict=True))))
    return findings, accounts.skews([me])


async def twilio(settings: Settings, asking: Asking, auth_token: str) -> Told:
    sid, number = settings.twilio_account_sid, settings.twilio_phone_number
    login = {"Authorization": aiohttp.encode_basic_auth(sid, auth_token)}
    account = f"{settings.twilio_api_url}/2010-04-01/Accounts/{quote(sid, safe='')}"
    voice = f"{voice_api_url(settings.twilio_api_url)}/v1/DialingPermissions/Countries"
    home = numbers.region_of(number)
    codes = settings.allowed_countries or ([home] if home else [])
    wanted = {"PhoneNumber": number}
    described, own, verified, *told = await asyncio.gather(
        asking.get(f"{account}.json", headers=login),
        asking.get(f"{account}/IncomingPhoneNumbers.json", headers=login, params=wanted),
        asking.get(f"{account}/OutgoingCallerIds.json", headers=login, params=wanted),
        *(asking.get(f"{voice}/{code}", headers=login) for code in codes),
    )
    countries: dict[str, Reply] = dict(zip(codes, told, strict=True))
    all_countries = not settings.allowed_countries
    findings = accounts.twilio(described, own, verified, countries, number=number, all_countries=all_countries)
    return findings, accounts.skews([described])


async def openai(settings: Settings, asking: Asking, api_key: str) -> Told:
    """Whether the key may use each model, as https://platform.openai.com/docs/api-reference/models/retrieve tells."""
    login = {"Authorization": f"Bearer {api_key}"}
    models = {name.upper(): getattr(settings, name) for name in ("realtime_model", "transcription_model", "text_model")}
    replies = await asyncio.gather(
        *(asking.get(f"{settings.openai_base_url}/models/{quote(model)}", headers=login) for model in models.values())
    )
    asked = {setting: (models[setting], reply) for setting, reply in zip(models, replies, strict=True)}
    return accounts.openai(asked), accounts.skews(replies[:1])


def voice_api_url(api_url: str) -> str:
    """Twilio keeps the voice settings on a host of their own, `voice.twilio.com` beside `api.twilio.com`, and so in
    each region (https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region). A
    stand-in has but one.
    """
    url = urlsplit(api_url)
    host = url.hostname or ""
    if not (host.startswith("api.") and host.endswith(".twilio.com")):
        return api_url
    return f"{url.scheme}://voice.{host.removeprefix('api.')}"
