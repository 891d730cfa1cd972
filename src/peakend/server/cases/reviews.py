"""How a complaint was handled.

A supervisor's score on the rubric, and the four attitudes of care (ACT-07, ACT-29).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError
from peakend.server.acting.services import audit, service
from peakend.server.cases import presets
from peakend.server.cases.models import CaseReview
from peakend.server.cases.refusals import wrong
from peakend.server.cases.selectors import locked
from peakend.server.cases.timeline import happened

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


@service("cases.review")
def review(*, actor: Actor, key: str, scores: Mapping[str, int | None], note: str = "") -> CaseReview:
    """Score the handling from 1 to 5; a second review replaces the first. Not of one's own case.

    All four of the rubric are needed; of an after-sales case all four attitudes too, of others all or none.
    """
    case = locked(actor, key)
    if case.owner_id is not None and case.owner_id == actor.user_id:
        raise ConflictError(
            Text("Nobody scores their own work.", "不能评定自己处理的工单。"),
            Text("Ask another supervisor.", "请由其他主管评定。"),
        )
    for name in (*presets.RUBRIC, *presets.ATTITUDES):
        score = scores.get(name)
        optional = name in presets.ATTITUDES and case.kind not in presets.AFTER_SALES
        if optional and all(scores.get(one) is None for one in presets.ATTITUDES):
            continue
        if not isinstance(score, int) or isinstance(score, bool) or not 1 <= score <= 5:
            raise wrong(name, Text("A score from 1 to 5 for each.", "请逐项打 1 至 5 分。"))
    given = {name: scores.get(name) for name in (*presets.RUBRIC, *presets.ATTITUDES)}
    made, _ = CaseReview.objects.update_or_create(
        case=case,
        defaults={**given, "by_id": actor.user_id, "at": clock.now(), "note": note.strip()[:4000]},
    )
    happened(case, "reviewed", actor, made.note, mean=f"{mean_of(made):.1f}")
    audit(actor, "cases.review", case, scores=given)
    case.save()
    return made


def mean_of(made: CaseReview) -> float:
    """The mean of what was scored."""
    found = [getattr(made, name) for name in (*presets.RUBRIC, *presets.ATTITUDES)]
    scored = [one for one in found if one is not None]
    return sum(scored) / len(scored)
