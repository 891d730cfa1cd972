"""Audits of sites, their trend, and sites that were not audited lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from django.db.models import QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.care.models import AuditScore, CareAudit
from peakend.server.care.score import care_score, is_alarming
from peakend.server.care.words import FACTORS
from peakend.server.company.models import Site
from peakend.server.improvement.selectors import one, own_sites

RECENT = timedelta(days=180)


def audits(actor: Actor) -> QuerySet[CareAudit]:
    """Audits of sites the actor answers for."""
    rows = within(actor, CareAudit.objects.all(), team=None)
    return rows.select_related("site", "auditor").prefetch_related("scores", "measures")


def get_audit(actor: Actor, key: str) -> CareAudit:
    """The audit; `NotFoundError` outside the actor's reach."""
    return one(audits(actor), Text("Care audit", "关怀审核"), key=key)


@dataclass(frozen=True, slots=True)
class Result:
    """What an audit yields. `factors` are the four scores by code; `environment` is None where not scored."""

    audit: CareAudit
    factors: dict[str, AuditScore]
    environment: list[AuditScore]

    @property
    def care(self) -> float:
        """Hard by soft."""
        return care_score(self.audit.hard, self.audit.soft)

    @property
    def alarming(self) -> bool:
        """Whether the soft side wipes out the hard one."""
        return is_alarming(self.audit.soft)

    @property
    def environment_mean(self) -> float | None:
        """Mean score of the environment."""
        return fmean(one_.score for one_ in self.environment) if self.environment else None

    @property
    def held(self) -> int:
        """Measures for contact staff that were held."""
        return sum(one_.held_on is not None for one_ in self.audit.measures.all())


def result(audit: CareAudit) -> Result:
    """The scores of an audit."""
    scores = list(audit.scores.all())
    factors = {one_.code: one_ for one_ in scores if one_.part == "factor"}
    return Result(
        audit,
        {code: factors[code] for code in FACTORS if code in factors},
        [one_ for one_ in scores if one_.part == "environment"],
    )


def trend(audit: CareAudit) -> list[tuple[Result, dict[str, float] | None]]:
    """Audits of the same site up to this one, the latest first, each with the change to the one before."""
    rows = CareAudit.objects.filter(site=audit.site, on__lte=audit.on)
    listed = [result(one_) for one_ in rows.prefetch_related("scores", "measures")[:12]]
    before: list[Result | None] = [*listed[1:], None]
    return [(now, changes(now, then)) for now, then in zip(listed, before, strict=True)]


def changes(now: Result, then: Result | None) -> dict[str, float] | None:
    """What changed in care score and factors; None for the first audit."""
    if then is None:
        return None
    found = {
        code: now.factors[code].score - then.factors[code].score
        for code in now.factors
        if code in then.factors
    }
    return {"care": now.care - then.care, **found}


@dataclass(frozen=True, slots=True)
class SiteState:
    """A site with its latest audit; `recent`: within half a year; `lacks`: parts that were not recorded."""

    site: Site
    latest: Result | None
    recent: bool

    @property
    def lacks(self) -> list[str]:
        """environment and measures, where the latest audit has none (ACT-14)."""
        if self.latest is None:
            return []
        parts = {"environment": self.latest.environment, "measures": self.latest.audit.measures.all()}
        return [name for name, rows in parts.items() if not rows]


def sites(actor: Actor) -> list[SiteState]:
    """Every site the actor answers for."""
    since = clock.now().date() - RECENT
    latest: dict[int, CareAudit] = {}
    places = list(own_sites(actor).filter(active=True))
    rows = CareAudit.objects.filter(site__in=places).order_by("on", "id")
    newest = {site: pk for pk, site in rows.values_list("pk", "site_id")}
    for audit in CareAudit.objects.filter(pk__in=newest.values()).prefetch_related("scores", "measures"):
        latest[audit.site_id] = audit
    return [
        SiteState(
            site,
            result(latest[site.pk]) if site.pk in latest else None,
            site.pk in latest and latest[site.pk].on >= since,
        )
        for site in places
    ]
