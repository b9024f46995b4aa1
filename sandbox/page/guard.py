"""Who may talk to the page's server: a browser on this machine that shows the page itself, and nobody else.

Owns the checks of a request's origin, and the headers of every answer. Pure. The server listens on loopback alone, but
a page of the open web can still make a browser send requests there, under a name of its own that it lets point to
127.0.0.1 ("DNS rebinding"): so `Host` must be one of ours (RFC 9110, section 7.2), and so must `Origin` where there is
one. The feed wants one: a WebSocket's handshake is not held to the same origin (RFC 6455, section 10.2).
"""

from collections.abc import Mapping

NAMES = ("127.0.0.1", "localhost")

HEADERS = {
    # No inline script or style, nothing from elsewhere; the feed is this origin's own.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def why_not(headers: Mapping[str, str], port: int, *, feed: bool) -> str:
    """Why a request is refused, or "". `feed`: it opens the WebSocket."""
    hosts = {f"{name}:{port}" for name in NAMES}
    host, origin = headers.get("Host", ""), headers.get("Origin")
    if host not in hosts:
        return "this is not an address of the page"
    if origin is None:
        return "the feed is for the page alone" if feed else ""
    return "" if origin == f"http://{host}" else "another page may not ask this"
