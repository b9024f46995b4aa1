"""What a call's model session is told, from the spec and its briefing: the same on the phone and in a rehearsal.

Pure but for reading the personas. Owns the choice; how it is put on the wire is `realtime.py`'s.
"""

from bridge.briefing import Briefing
from bridge.call import CallSpec
from bridge.realtime import SessionConfig
from prompts import library

# "Supported by `gpt-transcribe` and `gpt-live-transcribe`" (openai SDK, AudioTranscriptionParam.keywords).
_TAKES_KEYWORDS = frozenset({"gpt-transcribe", "gpt-live-transcribe"})


def session_config(spec: CallSpec, briefing: Briefing, *, model: str, transcription_model: str) -> SessionConfig:
    """Raises KeyError for a persona that is not in the catalogue."""
    persona = library.personas()[spec.persona]
    return SessionConfig(
        model=model,
        voice=spec.voice,
        language=spec.language,
        prompt=briefing.prompt,
        transcription_model=transcription_model,
        eagerness=persona.eagerness,
        keywords=_keywords(spec) if transcription_model in _TAKES_KEYWORDS else (),
        speed=persona.speed,
        reasoning=persona.reasoning,
        # And back again.
        languages=(*spec.may_switch_to, spec.language) if spec.may_switch_to else (),
    )


def _keywords(spec: CallSpec) -> tuple[str, ...]:
    """Names are what a transcription mishears."""
    return tuple(dict.fromkeys(word for word in (spec.callee.name, spec.on_behalf_of) if word.strip()))
