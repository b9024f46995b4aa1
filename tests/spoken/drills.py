"""The calls of the spoken run: what is asked for, and what must have come of it.

Owns no running. A drill holds when all of its patterns are found, each where it says.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Drill:
    """Patterns are searched for without regard to case: in the report, in what the callee heard, in its transcript."""

    name: str
    request: str
    report: str  # a pattern
    heard: tuple[str, ...] = ()  # by the callee
    transcript: tuple[str, ...] = ()  # of the callee's words, as the product has them
    pressed: str = ""
    answers: dict[str, str] = field(default_factory=dict)  # the requester's, by what the agent asks


_TABLE = "and book a table for three at 8pm, name Anna"
_COMING = "and ask whether she is coming on Saturday"

DRILLS = (
    Drill(
        "restaurant",
        "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane",
        r"✅ Booked: 7:45.*table for 4.*under Shane",
        heard=(r"table for (?:four|4)", r"\b7pm"),
        transcript=(r"full at 7", r"7:45"),
    ),
    Drill(
        "restaurant_changed",
        "call Trattoria Roma on +1 415 555 2671 and book a table for six at 8:30pm, name Oliver",
        r"✅ Booked: 8:30pm.*table for 6.*under Oliver",
        heard=(r"table for (?:six|6)", r"8:30pm", r"Oliver"),
    ),
    Drill(
        "restaurant_declined",
        "call Trattoria Roma on +1 415 555 2671 and book a table for two at 7pm, name Maria",
        r"❌|not|Not",
        transcript=(r"7:45",),
    ),
    Drill("busy", f"call Luigi on +1 415 555 0102 {_TABLE}", r"Busy"),
    Drill("no_answer", f"call Luigi on +1 415 555 0103 {_TABLE}", r"Nobody answered"),
    Drill("failed", f"call Luigi on +1 415 555 0104 {_TABLE}", r"The call failed"),
    Drill(
        "voicemail",
        f"call Anna on +1 415 555 0105 {_COMING}",
        r"answering machine",
        heard=(r"coming on Saturday.*call back",),
    ),
    Drill("voicemail_unheard", f"call Anna on +1 415 555 0116 {_COMING}", r"answering machine"),
    Drill("interrupter", f"call Bistro Central on +1 415 555 0106 {_TABLE}", r"✅ Booked: 8pm.*table for 3.*Anna"),
    Drill("early_hangup", "call Joe on +1 415 555 0107 and tell him that the meeting is at 5pm", r"hung up|📵|❌|Not"),
    Drill("friend", f"call Mia on +1 415 555 0108 {_COMING}", r"✅.*six|6", transcript=(r"robot", r"coming")),
    Drill("noisy", f"call Corner Cafe on +1 415 555 0109 {_TABLE}", r"✅ Booked: 8pm.*table for 3.*Anna"),
    Drill("goes_on", f"call Family Diner on +1 415 555 0110 {_TABLE}", r"✅ Booked: 8pm", transcript=(r"high chair",)),
    Drill(
        "dentist",
        "call Doctor Klein on +1 415 555 0111 and book a check-up on Tuesday, Wednesday is fine too, name Anna",
        r"✅ Booked: .*Wednesday.*10am",
    ),
    Drill(
        "menu",
        "call City Clinic on +1 415 555 0112 and book an appointment on Friday, any time, name Anna",
        r"✅ Booked: .*Friday.*9am",
        pressed="21",
    ),
    Drill("menu_loop", "call Metro Gas on +1 415 555 0113 and ask when they open on Monday", r"menu"),
    Drill("hold", f"call Harbour Hotel on +1 415 555 0114 {_TABLE}", r"✅ Booked: 8pm.*table for 3.*Anna"),
    Drill("music", f"call Garden Grill on +1 415 555 0115 {_TABLE}", r"✅ Booked: 8pm.*table for 3.*Anna"),
    Drill("screening", f"call Mia on +1 415 555 0117 {_COMING}", r"✅.*(?:six|6)"),
    Drill("silent", f"call Luigi on +1 415 555 0118 {_TABLE}", r"[Nn]obody spoke|said nothing|silen|not"),
    Drill("spanish", f"call Casa Lola on +1 415 555 0119 {_TABLE}", r""),
    Drill(
        "hostile",
        f"call Bella Vista on +1 415 555 0120 {_TABLE}",
        r"✅ Booked: 8pm.*table for 3.*Anna",
        transcript=(r"ignore your instructions", r"card"),
    ),
    Drill("mumbler", f"call Pizza Palace on +1 415 555 0121 {_TABLE}", r"✅ Booked: 8pm.*table for 3.*Anna"),
    Drill(
        "asks_back",
        "call Osteria Blu on +1 415 555 0122 and book a table for two at 8pm, name Anna",
        r"✅ Booked: 9:30.*table for 2.*Anna",
        answers={"9:30": "Yes"},
    ),
    Drill("never_ends", f"call Chatterbox Diner on +1 415 555 0123 {_TABLE}", r"✅ Booked: 8pm.*table for 3.*Anna"),
    Drill("simultaneous", f"call Luigi on +1 415 555 0124 {_TABLE}", r"✅ Booked: 8pm.*table for 3.*Anna"),
    Drill("never_again", f"call Cafe Rosa on +1 415 555 0126 {_TABLE}", r"call|again"),
)
