"""The area's places in the menu and in the header."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import may
from peakend.server.notices import policies
from peakend.server.notices.selectors import UNREAD_MOST, unread_count
from peakend.server.web.navigation import add_place, add_to_header

add_place("notices:webhooks", Text("Webhooks", "Webhook"), policies.WEBHOOKS, 80, "keep")
add_place("notices:mails", Text("E-mails", "邮件"), policies.OUTBOX, 85, "keep")


def badge(request: HttpRequest, actor: Actor) -> str:
    """The link to one's notifications with how many are unread."""
    if actor.user_id is None or not may(actor, policies.OWN):
        return ""
    count = unread_count(actor)
    shown = f"{UNREAD_MOST}+" if count > UNREAD_MOST else str(count)
    return render_to_string("notices/badge.html", {"count": count, "shown": shown}, request)


add_to_header(badge)
