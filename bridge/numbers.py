"""Which numbers may be dialled: E.164 or a refusal that says why.

Pure. Follows Google's libphonenumber metadata (`phonenumbers`). Twilio routes 911 and 112 to real emergency services
(https://help.twilio.com/articles/223183808), so refusing them is ours to do, on every way to a dial.
"""

import phonenumbers
from phonenumbers import PhoneNumberType

from bridge.errors import NumberRefused

# One of them reaches an emergency service from nearly any phone in the world, whatever the country.
_EMERGENCY_ANYWHERE = frozenset({"112", "911", "999", "000", "110", "119", "100", "101", "102", "108", "111", "118"})
_COSTLY = {
    PhoneNumberType.PREMIUM_RATE: "is a premium-rate number",
    PhoneNumberType.SHARED_COST: "is a shared-cost service number",
    PhoneNumberType.PERSONAL_NUMBER: "is a personal (follow-me) number, billed like a premium one",
    PhoneNumberType.PAGER: "is a pager",
    PhoneNumberType.VOICEMAIL: "is a voicemail access number",
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
    the reason, fit for people, for emergency, premium-rate, short and malformed numbers.
    """
    digits = "".join(c for c in written if c.isdigit())
    if digits in _EMERGENCY_ANYWHERE or (region and phonenumbers.is_emergency_number(digits, region)):
        raise NumberRefused(f"{written.strip()} is an emergency number. I never call those: please dial it yourself.")
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as error:
        raise NumberRefused(_malformed(written, region)) from error
    home = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if phonenumbers.is_emergency_number(str(number.national_number), home):
        raise NumberRefused(f"{written.strip()} is an emergency number. I never call those: please dial it yourself.")
    if phonenumbers.is_valid_short_number(number) and not phonenumbers.is_valid_number(number):
        raise NumberRefused(f"{written.strip()} is a short service number. I only call ordinary phone numbers.")
    if not phonenumbers.is_valid_number(number):
        raise NumberRefused(_malformed(written, region))
    if number.extension:
        raise NumberRefused(f"{written.strip()} has an extension, which I cannot dial. Give me the number alone.")
    if costly := _COSTLY.get(phonenumbers.number_type(number)):
        raise NumberRefused(f"{written.strip()} {costly}. I do not call those.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """An E.164 number as people read it: +1 415-555-2671."""
    return phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _malformed(written: str, region: str | None) -> str:
    hint = (
        "Check the digits."
        if region or written.strip().startswith("+")
        else "Write it with its country code, like +1 415 555 2671."
    )
    return f"{written.strip()} is not a phone number I can dial. {hint}"
