"""The one tag a web page copies, and what it loads."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from django.http import HttpRequest, HttpResponse

from peakend.server.web.pages import public_page


@cache
def _script() -> bytes:
    return (files("peakend.server.answering") / "assets/embed.js").read_bytes()


@public_page
def script(request: HttpRequest, key: str = "") -> HttpResponse:
    """`/s/embed.js` (place in `data-place`) and `/s/embed/<key>.js`: puts a frame behind the tag.

    The same file for every place; whether the frame opens is decided by the place's own page.
    """
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
