"""Which numbers may be dialled: E.164 or a refusal that says why.

Pure. Follows Google's libphonenumber metadata (`phonenumbers`). Twilio routes 911 and 112 to real emergency services
(https://help.twilio.com/articles/223183808), so refusing them is ours to do, on every way to a dial.
"""

import phonenumbers
from phonenumbers import PhoneNumberType

from bridge.errors import NumberRefused, Unfit

# One of them reaches an emergency service from nearly any phone in the world, whatever the country.
_EMERGENCY_ANYWHERE = frozenset({"112", "911", "999", "000", "110", "119", "100", "101", "102", "108", "111", "118"})
_COSTLY: dict[int, Unfit] = {
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
_WHY: dict[Unfit, str] = {
    "emergency": "is an emergency number. I never call those: please dial it yourself.",
    "short": "is a short service number. I only call ordinary phone numbers.",
    "malformed": "is not a phone number I can dial. Check the digits.",
    "no_country": "is not a phone number I can dial. Write it with its country code, like +1 415 555 2671.",
    "extension": "has an extension, which I cannot dial. Give me the number alone.",
    "premium": "is a premium-rate number. I do not call those.",
    "shared_cost": "is a shared-cost service number. I do not call those.",
    "personal": "is a personal (follow-me) number, billed like a premium one. I do not call those.",
    "pager": "is a pager. I do not call those.",
    "voicemail": "is a voicemail access number. I do not call those.",
}


def region_of(number: str) -> str | None:
    """The country (ISO 3166-1 alpha-2) of an E.164 number; None if it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None


def dialable(written: str, *, region: str | None = None) -> str:
    """A number as people write it, as E.164.

    `region` (ISO 3166-1 alpha-2) is the country of numbers written without a country code. Raises NumberRefused with
    the reason, fit for people and as a code, for what is not an ordinary number.
    """
    digits = "".join(c for c in written if c.isdigit())
    if digits in _EMERGENCY_ANYWHERE or (region and phonenumbers.is_emergency_number(digits, region)):
        raise _refused(written, "emergency")
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as error:
        raise _refused(written, _malformed(written, region)) from error
    if unfit := _unfit(number, written, region):
        raise _refused(written, unfit)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _unfit(number: phonenumbers.PhoneNumber, written: str, region: str | None) -> Unfit | None:
    home = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if phonenumbers.is_emergency_number(str(number.national_number), home):
        return "emergency"
    if not phonenumbers.is_valid_number(number):
        return "short" if phonenumbers.is_valid_short_number(number) else _malformed(written, region)
    return "extension" if number.extension else _COSTLY.get(phonenumbers.number_type(number))


def readable(number: str) -> str:
    """An E.164 number as people read it: +1 415-555-2671."""
    return phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _malformed(written: str, region: str | None) -> Unfit:
    return "malformed" if region or written.strip().startswith("+") else "no_country"


def _refused(written: str, unfit: Unfit) -> NumberRefused:
    number = written.strip()
    return NumberRefused(f"{number} {_WHY[unfit]}", code=unfit, written=number)
