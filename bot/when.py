"""The local time of a chat: reading it, saying it, and finding the time zone that somebody means.

Pure; the clock comes in as unix seconds. Zones are IANA names, their rules the tz database's (`zoneinfo`); how dates
and times are written, and what places are called, is CLDR's (Babel). Words such as "tomorrow" are left to the chat.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError, dates
from babel.core import get_global

from prompts import library

PATIENCE_S = 60.0  # a moment that has only just passed is now
FARTHEST_S = 60 * 86_400.0
_LONG_AGO_DAYS = 180  # farther away than this, a date needs its year

_LOCAL = re.compile(r"([12]\d{3}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?", re.ASCII)

# What CLDR calls the primary zone of a country with several (cldr-core/supplemental/primaryZones.json), and a city for
# each country whose zones all show the same time.
_PRIMARY = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
# People say "EST" and mean New York's clock, in summer too; the tz database's zone EST has none.
_ABBREVIATED = {
    "UTC": "utc gmt z zulu",
    "America/New_York": "et est edt eastern",
    "America/Chicago": "ct cst cdt central",
    "America/Denver": "mt mst mdt mountain",
    "America/Los_Angeles": "pt pst pdt pacific",
    "America/Anchorage": "akst akdt",
    "Pacific/Honolulu": "hst",
    "Europe/London": "bst uk",
    "Europe/Paris": "cet cest mez mesz",
    "Europe/Bucharest": "eet eest oez oesz",
    "Asia/Kolkata": "ist",
    "Asia/Tokyo": "jst",
    "Australia/Sydney": "aest aedt",
}
_AREAS = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "US"}
_NO_PLACES = {"north", "south", "west", "east"}  # Australia/West
_NO_ZONES = {"Factory", "localtime", "posixrules"}
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-]) ?(\d{1,2})(?::?00)?")


class WrongMoment(ValueError):
    """A time at which no call can be made. `code` says why: not a local date and time, past, or too far ahead."""

    def __init__(self, code: Literal["malformed", "past", "too_far"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Spoken:
    """A moment in a chat's language: "", "Mon, 23 Nov", "09:00", "Berlin". `day` is a code, worded by the chat."""

    day: Literal["today", "tomorrow", ""]
    date: str
    time: str
    zone_name: str


def local_time(text: str, zone: str) -> datetime:
    """A local ISO date and time ("2026-11-23T09:00"; seconds are dropped) with its zone.

    A time that the clock skips is taken by the offset before the gap, so 02:30 becomes 03:30; of one that comes twice
    it is the first (RFC 5545, 3.3.5, as PEP 495's fold 0). Raises WrongMoment("malformed"), also for a time with an
    offset: a planner that writes one has guessed it.
    """
    found = _LOCAL.fullmatch(text.strip())
    if not found:
        raise WrongMoment("malformed")
    try:
        written = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise WrongMoment("malformed") from error
    return datetime.fromtimestamp(written.timestamp(), written.tzinfo)


def moment(call_at: str, zone: str, now_unix: float) -> float:
    """The unix time of a local date and time at which a call is to be made; now, if it has only just passed.

    Of a time that comes twice it is the second if the first is over. Raises WrongMoment.
    """
    first = local_time(call_at, zone)
    again = first.replace(fold=1).timestamp()
    at_unix = first.timestamp() if first.timestamp() >= now_unix - PATIENCE_S else again
    if at_unix < now_unix - PATIENCE_S:
        raise WrongMoment("past")
    if at_unix > now_unix + FARTHEST_S:
        raise WrongMoment("too_far")
    return max(at_unix, now_unix)


def written(at_unix: float, zone: str) -> str:
    """A moment as `local_time` reads it: "2026-11-23T09:00". The seconds are lost."""
    return f"{datetime.fromtimestamp(at_unix, ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def spoken(at_unix: float, zone: str, language: str, now_unix: float) -> Spoken:
    """A moment as it is written in `language` (a locale such as "de" or "pt-BR"; what is none is English) and in the
    country of the zone.
    """
    place = ZoneInfo(zone)
    at, now = datetime.fromtimestamp(at_unix, place), datetime.fromtimestamp(now_unix, place)
    days = (at.date() - now.date()).days
    day: Literal["today", "tomorrow", ""] = "today" if days == 0 else "tomorrow" if days == 1 else ""
    locale = _locale(language, zone)
    skeleton = "yMMMEd" if abs(days) > _LONG_AGO_DAYS else "MMMEd"
    return Spoken(
        day,
        _plain_spaces(dates.format_skeleton(skeleton, at, locale=locale)),
        _plain_spaces(dates.format_time(at, "short", locale=locale)),
        # Etc/GMT-2 is two hours ahead of UTC: its name says the opposite.
        dates.get_timezone_gmt(at, locale=locale) if zone.startswith("Etc/GMT") else _city(zone, locale),
    )


def now_line(now_unix: float, zone: str) -> str:
    """The clock for a prompt, in English: Sunday, 22 November 2026, 11:05 (Europe/Berlin)."""
    now = datetime.fromtimestamp(now_unix, ZoneInfo(zone))
    return f"{dates.format_datetime(now, 'EEEE, d MMMM y, HH:mm', locale='en')} ({zone})"


def zones_of_region(region: str) -> tuple[str, ...]:
    """The IANA zones of a country (ISO 3166-1 alpha-2); the primary one first, if it has one. () for none."""
    code = region.upper()
    found: list[str] = get_global("territory_zones").get(code, []) if len(code) == 2 and code != "ZZ" else []
    return tuple(sorted(found, key=lambda zone: (zone != _PRIMARY.get(code), zone)))


def known_zone(text: str) -> str | None:
    """The IANA zone that somebody means: "Europe/Berlin", "new york", "Wien", "Spain", "UTC+2", "PST", or None.

    Cities and countries are known in the languages of the phrases, a country only if it has one zone or a primary
    one. Old names give the zone's new one. An offset is a zone without summer time.
    """
    name = re.sub(r" (?:(?:standard|daylight|summer) )?time$", "", _key(text))
    if offset := _OFFSET.fullmatch(name):
        hours = int(offset[1] + offset[2])
        if not hours:
            return "UTC"
        return f"Etc/GMT{-hours:+d}" if -12 <= hours <= 14 else None  # POSIX: west is positive
    return _zones().get(name) or _zones().get(name.partition(",")[0].strip())


@cache
def _zones() -> dict[str, str]:
    """What people write, as `_key` has it, -> IANA name. Of two with the same name, the one that comes first here."""
    current: Mapping[str, str] = get_global("zone_aliases")
    names = dict.fromkeys(sorted(available_timezones() - _NO_ZONES, key=lambda name: (name in current, name)))
    found = {word: zone for zone, words in _ABBREVIATED.items() for word in words.split()}
    for name in names:
        found.setdefault(_key(name), current.get(name, name))
    for name in names:
        area, place = name.partition("/")[0], _key(name.rpartition("/")[2])
        if area in _AREAS and place not in _NO_PLACES:
            found.setdefault(place, current.get(name, name))
    locales = [Locale.parse(code) for code in library.languages()]
    for locale in locales:
        for name, words in locale.time_zones.items():
            if "city" in words and name in names:
                found.setdefault(_key(words["city"]), current.get(name, name))
    for locale in locales:
        for code, country in locale.territories.items():
            zones = zones_of_region(code)
            if len(zones) == 1 or code in _PRIMARY:
                found.setdefault(_key(country), zones[0])
    return found


def _key(text: str) -> str:
    """Without accents, case, dots and apostrophes; underscores and hyphens between letters are spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"_|(?<=[^\W\d])-(?=[^\W\d])", " ", re.sub(r"[.'’]", "", bare.replace("−", "-")))
    return re.sub(r"\s*/\s*", "/", " ".join(words.split())).casefold()


@cache
def _locale(language: str, zone: str) -> Locale:
    """With the country of the zone, whose people have their own ways: 9:00 AM in New York, 09:00 in Berlin."""
    try:
        locale = Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    if locale.territory or locale.script:
        return locale
    country = get_global("zone_territories").get(get_global("zone_aliases").get(zone, zone), "")
    try:
        return Locale.parse(f"{locale.language}_{country.replace('ZZ', '')}")  # ZZ: UTC and the like
    except (UnknownLocaleError, ValueError):
        # Plain "en" is how Americans write. Elsewhere the clock has 24 hours.
        return Locale("en", "GB") if locale.language == "en" else locale


def _city(zone: str, locale: Locale) -> str:
    """CLDR's name for the place of a zone, which it may keep under an older name of the zone; else the IANA one."""
    current: Mapping[str, str] = get_global("zone_aliases")
    name = current.get(zone, zone)
    older = (old for old, new in current.items() if new == name)
    cities = (locale.time_zones.get(one, {}).get("city") for one in (name, *older))
    return next((city for city in cities if city), name.rpartition("/")[2].replace("_", " "))


def _plain_spaces(text: str) -> str:
    return " ".join(text.split())
