"""Where a request comes from and how the site is addressed from outside."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address of the caller.

    Of an IPv6 caller the /64, as one household or branch holds that many.
    """
    sent = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last one is what the proxy itself saw; those before it are whatever the caller claimed.
        sent = request.headers.get("X-Forwarded-For", sent).rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(sent)
    except ValueError:
        return ""
    if found.version == 6:
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)


def origin_of(request: HttpRequest) -> str:
    """The beginning of links that leave the site (in e-mails): `PEAKEND_PUBLIC_URL`, else what was asked for.

    What was asked for is only believed where the site knows its own names; with `*` as host anybody could
    have links to their own machine sent to others.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    if "*" in settings.ALLOWED_HOSTS:
        return "http://localhost"
    return f"{request.scheme}://{request.get_host()}"


def next_of(request: HttpRequest, otherwise: str = "/") -> str:
    """Where the form or link says to go next if that is a path of this site, else `otherwise`."""
    asked = request.POST.get("next") or request.GET.get("next") or otherwise
    return own_path(asked, otherwise)


def own_path(asked: str, otherwise: str = "/") -> str:
    """`asked` if it is a path of this site (no host, no scheme, no backslash), else `otherwise`."""
    own = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if own else otherwise
