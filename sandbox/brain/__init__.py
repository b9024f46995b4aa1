"""The rule-based mind behind the stand-in OpenAI: it plans, talks on the phone, and reports."""

from sandbox.brain.mind import RuleMind

__all__ = ["RuleMind"]
