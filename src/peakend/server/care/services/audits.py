"""Recording audits of care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypedDict

from django.db.models import Q

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.services import audit, service
from peakend.server.care import policies
from peakend.server.care.checks import ten
from peakend.server.care.models import AuditScore, CareAudit, StaffMeasure
from peakend.server.care.score import is_alarming
from peakend.server.care.words import ENVIRONMENT, FACTORS
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, own_sites
from peakend.server.notices.outbox import notify
from peakend.server.people.models import User


class Scored(TypedDict):
    """A score from 0 to 10 and what it rests on."""

    score: float
    evidence: str


class Measure(TypedDict):
    """Something done for contact staff; without a day it is planned, not held."""

    what: str
    held_on: date | None
    invited: int
    attended: int


@service(policies.AUDIT)
def record_audit(
    *,
    actor: Actor,
    site: str,
    on: date,
    hard: float,
    soft: float,
    factors: Mapping[str, Scored],
    environment: Mapping[str, Scored] | None = None,
    measures: Sequence[Measure] = (),
    note: str = "",
) -> CareAudit:
    """Keep the audit of a site on a day; all four factors need a score with its evidence."""
    place = one(own_sites(actor), Text("Site", "网点"), code=site)
    if on > (clock.now() + timedelta(hours=14)).date():
        raise invalid("The day lies in the future.", "审核日期不能在未来。", field="on")
    if set(factors) != set(FACTORS):
        raise invalid("All four factors are scored.", "四项因素均须评分。", field="factors")
    rows = [*_scores("factor", factors), *_scores("environment", environment or {})]
    done = [_measure(each) for each in measures]
    if CareAudit.objects.filter(site=place, on=on, auditor_id=actor.user_id).exists():
        raise conflict("You audited this site on that day already.", "您当日已审核过该网点。")
    made = CareAudit.objects.create(
        site=place,
        on=on,
        auditor_id=actor.user_id,
        hard=ten(hard, "hard"),
        soft=ten(soft, "soft"),
        note=note.strip()[:4000],
        made_at=clock.now(),
    )
    AuditScore.objects.bulk_create(AuditScore(audit=made, **row) for row in rows)
    StaffMeasure.objects.bulk_create(StaffMeasure(audit=made, **each) for each in done)
    if is_alarming(made.soft):
        _alert(made)
    audit(actor, "care.audited", made, site=place.code, hard=made.hard, soft=made.soft)
    return made


def _scores(part: str, given: Mapping[str, Scored]) -> list[dict[str, str | float]]:
    known = FACTORS if part == "factor" else ENVIRONMENT
    rows: list[dict[str, str | float]] = []
    for code, scored in given.items():
        need_one_of(code, known, part)
        evidence = scored["evidence"].strip()[:400]
        if part == "factor" and not evidence:
            raise invalid(
                f"Say what the score of “{known[code].en}” rests on.",
                f"请填写“{known[code].zh}”的评分依据。",
                field=f"factor_{code}_evidence",
            )
        score = ten(scored["score"], f"{part}_{code}")
        rows.append({"part": part, "code": code, "score": score, "evidence": evidence})
    return rows


def _measure(given: Measure) -> Measure:
    what = given["what"].strip()[:300]
    if not what:
        raise invalid("Say what was done for staff.", "请填写为员工做了什么。", field="measures")
    if not 0 <= given["attended"] <= given["invited"] <= 100_000:
        raise invalid(
            "At most those who were invited attended.", "参加人数不能超过受邀人数。", field="measures"
        )
    return {**given, "what": what}


def _alert(made: CareAudit) -> None:
    """Tell the site's supervisors and who leads the company's experience."""
    leading = Q(role=Role.SUPERVISOR, sites=made.site) | Q(role=Role.CX_MANAGER, sites=None)
    leading |= Q(role=Role.CX_MANAGER, sites=made.site)
    people = User.objects.filter(leading, is_active=True).exclude(pk=made.auditor_id).distinct()
    site, zh = made.site.name, made.site.name_zh or made.site.name
    notify(
        people,
        Text(
            f"{site}: soft care is {made.soft:g} of 10, so hard care is lost",
            f"{zh}：软性关怀仅 {made.soft:g} 分，硬性关怀因此失效",
        ),
        f"/care/audits/{made.key}/",
    )
