"""The one place where a public comment becomes a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.server.web.say import say

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.cases.models import Case
    from peakend.server.improvement.models import Comment


def open_case_of(actor: Actor, comment: Comment) -> Case:
    """Open a case with the comment's words; in the comment's own transaction."""
    from peakend.server.cases.opening import open_case

    return open_case(
        actor=actor,
        title=say("Public comment", "公开意见"),
        words=comment.text,
        site=comment.site.code if comment.site else "",
        at=comment.created_at,
    )
