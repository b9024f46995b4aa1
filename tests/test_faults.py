"""Calls over a bad wire: a few here, thousands in `make fuzz`."""

from hypothesis import settings

from tests.faults.session import FaultyCall

TestFaultyCall = FaultyCall.TestCase
TestFaultyCall.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
