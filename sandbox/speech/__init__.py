"""Speech for the stand-ins: tones for the tests, real words for the demo, behind one interface (`speech.py`)."""
