"""The sandbox as a page in a browser: a chat to write in, and the phone that rings."""

from sandbox.page.phone import Phone
from sandbox.page.server import PORT, Page
from sandbox.page.wire_log import WireLog

__all__ = ["PORT", "Page", "Phone", "WireLog"]
