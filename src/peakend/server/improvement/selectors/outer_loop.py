"""Topics, their evidence and the chain from feedback to fix; causes by frequency; changes; cycles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.improvement.figures import Figure, share
from peakend.server.improvement.models import ChangeRequest, LoopCycle, Topic, TopicEvidence
from peakend.server.improvement.selectors import one


def topics(actor: Actor) -> QuerySet[Topic]:
    """Topics of the actor's sites, and those of the whole company for who sees all of it."""
    rows = Topic.objects.select_related("owner", "site", "team__site", "touchpoint", "cycle")
    return within(actor, rows)


def get_topic(actor: Actor, key: str) -> Topic:
    """The topic; `NotFoundError` outside the actor's reach."""
    return one(topics(actor), Text("Topic", "议题"), key=key)


def open_topics(actor: Actor) -> QuerySet[Topic]:
    """Topics that are still worked on or waited with: more voices may yet count."""
    return topics(actor).exclude(status__in=("checked", "declined"))


def topics_of(actor: Actor, **voice: object) -> QuerySet[Topic]:
    """The topics that a voice (`comment=…`, `note=…`, `response=…`, `case=…`) stands behind."""
    return topics(actor).filter(**{f"evidence__{kind}": row for kind, row in voice.items()})


def get_response(actor: Actor, key: str) -> Response:
    """The answer, unless it is anonymous; `NotFoundError` outside the actor's reach."""
    rows = Response.objects.filter(survey__anonymous=False)
    return one(within(actor, rows), Text("Answer", "答卷"), key=key)


def get_case(actor: Actor, key: str) -> Case:
    """The case; `NotFoundError` outside the actor's reach."""
    return one(within(actor, Case.objects.select_related("response")), Text("Case", "工单"), key=key)


def evidence(actor: Actor, topic: Topic) -> QuerySet[TopicEvidence]:
    """The voices behind a topic that the actor may see themselves."""
    rows = topic.evidence.select_related("case__touchpoint", "response__survey", "comment", "note")
    if actor.reach.everything:
        return rows
    seen = Q()
    for kind in ("case", "response", "note"):
        seen |= Q(**{f"{kind}__site_id__in": actor.reach.sites})
        seen |= Q(**{f"{kind}__team_id__in": actor.reach.teams})
    return rows.filter(seen | Q(comment__site_id__in=actor.reach.sites))


def evidence_counts(topic: Topic) -> dict[str, int]:
    """How many cases, responses, comments and notes are behind a topic."""
    kinds = ("case", "response", "comment", "note")
    counts: dict[str, int] = topic.evidence.aggregate(**{f"{kind}s": Count(kind) for kind in kinds})
    return counts


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain from feedback to fix: its words, when, and whether it is there."""

    title: Text
    there: bool
    detail: str = ""
    at: datetime | None = None


def chain(topic: Topic) -> list[Link]:
    """Trace from what customers said to what was changed and who was told (ACT-24)."""
    counts = evidence_counts(topic)
    first = topic.evidence.first()
    approved = topic.changes.filter(status="approved").first()
    told = topic.broadcasts.filter(sent_at__isnull=False).first()
    total = sum(counts.values())
    return [
        Link(Text("Feedback", "反馈"), total > 0, f"n = {total}", first.added_at if first else None),
        Link(Text("Cause", "原因"), bool(topic.cause), topic.cause),
        Link(Text("Owner", "责任人"), topic.owner is not None, topic.owner.name if topic.owner else ""),
        Link(
            Text("Change", "变更"),
            bool(topic.planned_change),
            approved.title if approved else topic.planned_change[:120],
            approved.decided_at if approved else None,
        ),
        Link(Text("Done", "完成"), topic.done_at is not None, "", topic.done_at),
        Link(Text("Checked", "验证"), topic.status == "checked", topic.review_result[:120]),
        Link(
            Text("Staff told", "告知员工"),
            told is not None,
            "",
            told.sent_at if told else None,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Cause:
    """One bar of the Pareto: closed cases with this cause, their share, and the share up to here."""

    cause: str
    cases: int
    share: Figure
    running: float | None


def pareto(actor: Actor, begins: datetime, ends: datetime) -> list[Cause]:
    """Causes of the cases closed in [begins, ends), the most frequent first."""
    rows = within(actor, Case.objects.filter(closed_at__gte=begins, closed_at__lt=ends).exclude(cause=""))
    counted = rows.order_by().values_list("cause").annotate(n=Count("id")).order_by("-n", "cause")
    total, so_far, found = sum(n for _, n in counted), 0, []
    for cause, n in counted:
        so_far += n
        figure = share("csat", n, total)
        found.append(Cause(cause, n, figure, so_far / total if figure.value is not None else None))
    return found


def cases_of_cause(actor: Actor, cause: str, begins: datetime, ends: datetime) -> QuerySet[Case]:
    """The list behind a bar."""
    return within(actor, Case.objects.filter(cause=cause, closed_at__gte=begins, closed_at__lt=ends))


def changes(actor: Actor) -> QuerySet[ChangeRequest]:
    """Changes asked for in the actor's reach; their own always."""
    rows = ChangeRequest.objects.select_related("asked_by", "decided_by", "topic", "site", "touchpoint")
    if actor.reach.everything:
        return rows
    return rows.filter(Q(site_id__in=actor.reach.sites) | Q(asked_by_id=actor.user_id))


def get_change(actor: Actor, key: str) -> ChangeRequest:
    """The change; `NotFoundError` outside the actor's reach."""
    return one(changes(actor), Text("Change", "变更"), key=key)


def cycles(actor: Actor) -> QuerySet[LoopCycle]:
    """Cycles of the actor's sites; those of the company for who sees all of it."""
    return within(actor, LoopCycle.objects.select_related("site", "opened_by"), team=None)


def get_cycle(actor: Actor, key: str) -> LoopCycle:
    """The cycle; `NotFoundError` outside the actor's reach."""
    return one(cycles(actor), Text("Cycle", "循环"), key=key)
