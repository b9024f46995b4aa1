"""A stand-in for Twilio Programmable Voice on loopback, and the phone network behind it."""

from sandbox.twilio.server import Conditions, StandInCall, TwilioError, TwilioStandIn

__all__ = ["Conditions", "StandInCall", "TwilioError", "TwilioStandIn"]
