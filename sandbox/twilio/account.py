"""What Twilio tells about an account: itself, its numbers, its verified caller ids, and where it may call.

Owns the JSON of these resources. Must not know of requests or calls. Pure. Follows
https://www.twilio.com/docs/iam/api/account, https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
https://www.twilio.com/docs/voice/api/outgoing-caller-ids and
https://www.twilio.com/docs/voice/api/dialingpermissions-country-resource.
"""

import hashlib
from typing import Any

import phonenumbers

from sandbox.twilio.callbacks import Conditions

ROOT = "/2010-04-01/Accounts"
_DATE = "Sun, 01 Nov 2026 00:00:00 +0000"


def account(sid: str, conditions: Conditions) -> dict[str, Any]:
    """`type` is Trial or Full, `status` active, suspended or closed."""
    return {
        "sid": sid,
        "owner_account_sid": sid,
        "friendly_name": "Sandbox",
        "status": conditions.account_status,
        "type": conditions.account_type,
        "date_created": _DATE,
        "date_updated": _DATE,
        "uri": f"{ROOT}/{sid}.json",
    }


def incoming_numbers(sid: str, number: str, conditions: Conditions) -> list[dict[str, Any]]:
    """The account's own numbers."""
    if conditions.number_is not in ("voice", "messaging"):
        return []
    own = _sid("PN", number)
    voice = conditions.number_is == "voice"
    return [
        {
            "sid": own,
            "account_sid": sid,
            "phone_number": number,
            "friendly_name": number,
            "capabilities": {"voice": voice, "sms": True, "mms": True, "fax": False},
            "uri": f"{ROOT}/{sid}/IncomingPhoneNumbers/{own}.json",
        }
    ]


def caller_ids(sid: str, number: str, conditions: Conditions) -> list[dict[str, Any]]:
    """Numbers of other carriers that the account "can use as a caller ID when making outgoing calls"."""
    if conditions.number_is != "caller_id":
        return []
    verified = _sid("PN", number)
    return [
        {
            "sid": verified,
            "account_sid": sid,
            "phone_number": number,
            "friendly_name": number,
            "date_created": _DATE,
            "date_updated": _DATE,
            "uri": f"{ROOT}/{sid}/OutgoingCallerIds/{verified}.json",
        }
    ]


def country(iso_code: str, conditions: Conditions) -> dict[str, Any] | None:
    """What geo permissions say of a country; None for none. Twilio's example has one country for all of +1: "United
    States/Canada".
    """
    code = phonenumbers.country_code_for_region(iso_code)
    if not code:
        return None
    url = f"https://voice.twilio.com/v1/DialingPermissions/Countries/{iso_code}"
    return {
        "iso_code": iso_code,
        "name": "United States/Canada" if code == 1 else iso_code,
        "country_codes": [f"+{code}"],
        "continent": None,
        "low_risk_numbers_enabled": not f"+{code}".startswith(conditions.refused_prefixes),
        "high_risk_special_numbers_enabled": False,
        "high_risk_tollfraud_numbers_enabled": False,
        "url": url,
        "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
    }


def _sid(kind: str, number: str) -> str:
    return kind + hashlib.sha256(number.encode()).hexdigest()[:32]
