"""Which time zone a chat is probably in, before anybody has said so.

Pure. Owns the guess, from the number that calls are made from and from the language of the chat. Where a number rings
is libphonenumber's knowledge, a country's zones are CLDR's (Babel); which of them are worth a button is decided here.
"""

from babel.core import get_global

from bot import quiet
from bot.when import known_zone, zones_of_region
from bridge import numbers

MOST = 8

# Of countries with several times: one zone for each time that many people live by, that of most people first.
_SEVERAL = {
    "AU": "Australia/Sydney Australia/Brisbane Australia/Adelaide Australia/Darwin Australia/Perth",
    "BR": "America/Sao_Paulo America/Manaus America/Rio_Branco America/Noronha",
    "CA": "America/Toronto America/Winnipeg America/Edmonton America/Vancouver America/Halifax America/St_Johns",
    "CD": "Africa/Kinshasa Africa/Lubumbashi",
    "ID": "Asia/Jakarta Asia/Makassar Asia/Jayapura",
    "MN": "Asia/Ulaanbaatar Asia/Hovd",
    "MX": "America/Mexico_City America/Cancun America/Hermosillo America/Tijuana",
    "RU": "Europe/Moscow Europe/Kaliningrad Europe/Samara Asia/Yekaterinburg Asia/Novosibirsk Asia/Krasnoyarsk "
    "Asia/Yakutsk Asia/Vladivostok",
    "US": "America/New_York America/Chicago America/Denver America/Los_Angeles America/Anchorage Pacific/Honolulu",
}


def likely(number: str, language: str = "") -> tuple[str, ...]:
    """IANA zones, the likeliest first, at most `MOST`: of a number (E.164) and of a language (ISO 639-1, "" for none).

    () where nothing is known of either.
    """
    own = quiet.zones(number)
    region = numbers.region_of(number) or ""
    found = [*(own if len(own) == 1 else ()), *_of(region), *_of(_country(language))]
    # Both call some by names that the tz database has given up: Asia/Calcutta.
    return tuple(dict.fromkeys(known_zone(zone) or zone for zone in found))[:MOST]


def _of(region: str) -> list[str]:
    """The zones of a country that are worth a button."""
    return _SEVERAL[region].split() if region in _SEVERAL else list(zones_of_region(region)[:1])


def _country(language: str) -> str:
    """Where most speakers of a language live (https://unicode.org/reports/tr35/#Likely_Subtags): de, DE."""
    subtags: str = get_global("likely_subtags").get(language, "")
    return subtags.rpartition("_")[2]
