"""What Twilio would write in the account's error log, and the one exception that carries it inside the
stand-in.

Codes follow Twilio's Error and Warning Dictionary (https://www.twilio.com/docs/api/errors/<code>).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TwilioError:
    """One line of the error log: Twilio's numeric code and what went wrong, in words."""

    code: int
    message: str


class TwilioAlertError(Exception):
    """Something on a live call that Twilio would log; whoever runs that part of the call notes it and goes
    on.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.error = TwilioError(code, message)
