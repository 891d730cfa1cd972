"""Style sheets and scripts of the site, served from memory at addresses that change with their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from peakend.server.web.pages import public_page

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
# A sheet may be of several files: the report's tokens colour the site too.
_SOURCES: dict[str, tuple[tuple[str, str], ...]] = {
    "site.css": (("peakend.report", "tokens.css"), ("peakend.server.web", "assets/site.css")),
    "answer.css": (("peakend.report", "tokens.css"), ("peakend.server.answering", "assets/answer.css")),
    "htmx.js": (("django_htmx", "static/django_htmx/htmx-2.min.js"),),
    "site.js": (("peakend.server.web", "assets/site.js"),),
    "icon.svg": (("peakend.server.web", "assets/icon.svg"),),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    digest: str
    kind: str


def add_asset(name: str, *sources: tuple[str, str]) -> None:
    """Serve the files `sources` (package, path in it), one after the other, as `name`; for the areas."""
    _SOURCES[name] = sources


@cache
def loaded(name: str) -> Asset:
    """The asset `name`; KeyError where there is none."""
    content = b"\n".join((files(package) / path).read_bytes() for package, path in _SOURCES[name])
    return Asset(content, hashlib.sha256(content).hexdigest()[:16], _TYPES[name.rpartition(".")[2]])


def asset_url(name: str) -> str:
    """The address of the asset `name`."""
    return reverse("asset", args=[loaded(name).digest, name])


@public_page
def serve(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """The asset; for ever, as another content has another address."""
    try:
        asset = loaded(name)
    except KeyError:
        raise Http404 from None
    response = HttpResponse(asset.content, content_type=asset.kind)
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if digest == asset.digest else "no-cache"
    )
    return response
