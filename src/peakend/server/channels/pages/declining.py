"""The page behind the way out in every letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from peakend.server.acting.actors import respondent
from peakend.server.channels import declining
from peakend.server.web.pages import public_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


# The secret in the address is the right to do it; mail programs post here by themselves (RFC 8058).
@csrf_exempt
@public_page
def decline(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask which no is meant; a mail program's one click means all surveys. Reading changes nothing."""
    found = declining.invitation_behind(secret)
    done = ""
    if request.method == "POST":
        everything = request.POST.get("what") == "all" or "List-Unsubscribe" in request.POST
        declining.decline(actor=respondent(), secret=secret, everything=everything)
        done = "all" if everything else "this"
    return render(request, "channels/decline.html", {"survey": found.survey, "done": done})
