"""What a web search found of a business that a request names without a number; prompts/lookup.j2 says what is meant.

Pure. Owns the shape. Must not be trusted: a number is shown to the requester, with its source, before it is dialled.
"""

from pydantic import BaseModel, ConfigDict


class Found(BaseModel):
    """A business and its public phone number, as they stand on one page."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    number: str  # as written on the page; "": not found
    name: str
    address: str
    source: str  # the page's URL
