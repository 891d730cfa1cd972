"""Reading cases, as far as the actor reaches."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import InvalidError, NotFoundError
from peakend.server.acting.policies import within
from peakend.server.cases.models import UNFINISHED, Case
from peakend.server.people.models import User

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

VIEWS = ("mine", "team", "overdue", "unowned", "resolved", "closed", "all")


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: a view, a severity, a kind, words (number, customer, e-mail or phone)."""

    view: str = "team"
    severity: str = ""
    kind: str = ""
    words: str = ""
    owner: str = ""
    site: str = ""


def cases(actor: Actor) -> QuerySet[Case]:
    """The cases within the actor's reach, and those given to the actor."""
    rows = Case.objects.all()
    if actor.reach.everything:
        return rows
    seen = within(actor, rows).order_by().values("pk")
    mine = Q(owner_id=actor.user_id) | Q(supervisor_id=actor.user_id) if actor.user_id else Q(pk=None)
    return rows.filter(Q(pk__in=seen) | mine)


def with_all(rows: QuerySet[Case]) -> QuerySet[Case]:
    """`rows` with what a list shows of each, in one query."""
    return rows.select_related(
        "response__survey", "customer", "touchpoint", "site", "team__site", "owner", "supervisor"
    ).prefetch_related("contacts")


def get_case(actor: Actor, key: str) -> Case:
    """The case; `NotFoundError` where there is none or it is beyond reach."""
    found = with_all(cases(actor)).filter(key=key).first()
    if found is None:
        raise NotFoundError(Text("case", "工单"))
    return found


def locked(actor: Actor, key: str) -> Case:
    """The case, held until the transaction ends: who comes second sees what the first did."""
    get_case(actor, key)
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related(
            "response__survey", "customer", "touchpoint", "site", "team__site", "owner", "supervisor"
        )
        .get(key=key)
    )


def wanted(actor: Actor, filters: Wanted) -> QuerySet[Case]:
    """The cases that somebody looks for."""
    rows = cases(actor)
    now = clock.now()
    if filters.view == "mine":
        rows = rows.filter(UNFINISHED, owner_id=actor.user_id)
    elif filters.view == "overdue":
        rows = rows.filter(next_due_at__lte=now)
    elif filters.view == "unowned":
        rows = rows.filter(UNFINISHED, owner=None)
    elif filters.view in ("resolved", "closed"):
        rows = rows.filter(status=filters.view)
    elif filters.view != "all" and not filters.words:
        rows = rows.filter(UNFINISHED)
    if filters.severity:
        rows = rows.filter(severity=filters.severity)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.owner:
        rows = rows.filter(owner__key=filters.owner)
    if filters.site:
        rows = rows.filter(site__code=filters.site)
    return searched(rows, filters.words)


def searched(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Those of a number or of a customer called, reached or numbered like `words`."""
    words = words.strip().lstrip("#＃")[:80].replace("\x00", "")
    if not words:
        return rows
    if words.isascii() and words.isdigit() and len(words) <= 12:
        meant = Q(number=int(words)) | Q(customer__customer_id=words) | Q(customer__phone=words)
    else:
        meant = (
            Q(customer__name__icontains=words)
            | Q(customer__customer_id__iexact=words)
            | Q(customer__email__iexact=words)
        )
    return rows.filter(meant)


def cut_by_due(rows: QuerySet[Case], cursor: str, size: int) -> tuple[list[Case], str | None]:
    """A page of what is due first (what has no deadline last), and the cursor of the next."""
    if cursor:
        due, key = _read(cursor)
        later = Q(next_due_at=None)
        if due is None:
            rows = rows.filter(later, pk__gt=key)
        else:
            rows = rows.filter(later | Q(next_due_at__gt=due) | Q(next_due_at=due, pk__gt=key))
    from django.db.models import F

    ordered = with_all(rows).order_by(F("next_due_at").asc(nulls_last=True), "pk")
    found = list(ordered[: size + 1])
    more = len(found) > size
    return found[:size], _write(found[size - 1]) if more else None


def _write(case: Case) -> str:
    due = case.next_due_at.isoformat() if case.next_due_at else None
    return base64.urlsafe_b64encode(json.dumps([due, case.pk]).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime | None, int]:
    try:
        due, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < 2**63:
            raise ValueError(key)
        at = datetime.fromisoformat(due) if due is not None else None
        if at is not None and at.tzinfo is None:
            raise ValueError(due)
        return at, key
    except (ValueError, TypeError) as error:
        raise InvalidError(
            Text("This cursor was not given out by this list.", "此游标并非由该列表给出。"),
            Text("Begin again without a cursor.", "请不带游标重新开始。"),
        ) from error


def counts(actor: Actor) -> dict[str, int]:
    """How many cases each view of the inbox holds."""
    from django.db.models import Count

    now = clock.now()
    found: dict[str, int] = cases(actor).aggregate(
        mine=Count("pk", filter=UNFINISHED & Q(owner_id=actor.user_id)),
        team=Count("pk", filter=UNFINISHED),
        overdue=Count("pk", filter=Q(next_due_at__lte=now)),
        unowned=Count("pk", filter=UNFINISHED & Q(owner=None)),
    )
    return found


def said(case: Case) -> list[str]:
    """What the customer wrote, in order: in the answer, else as whoever opened the case noted it."""
    written = []
    if case.response_id is not None:
        for answer in case.response.answers.values():
            if isinstance(answer, dict) and answer.get("state") == "answered" and answer.get("text"):
                written.append(str(answer["text"]).strip())
    if case.words:
        written.append(case.words)
    return [one for one in written if one]


def score_of(case: Case) -> dict[str, Any] | None:
    """`score`, `low`, `high`, `type` of the answer that opened the case; None for a case without."""
    scale = case.details.get("scale")
    if case.details.get("score") is None or not scale:
        return None
    return {
        "score": case.details["score"],
        "low": scale[0],
        "high": scale[1],
        "type": case.details.get("question_type", ""),
    }


def colleagues(actor: Actor, case: Case) -> list[User]:
    """Those the case may be given to: who work there, and who see everything; within the actor's reach."""
    from peakend.server.acting.actors import Role
    from peakend.server.cases.routing import least_loaded

    everywhere = Q(role__in=(Role.CX_MANAGER, Role.ADMINISTRATOR), sites__isnull=True, teams__isnull=True)
    there = everywhere
    if case.team_id:
        there |= Q(teams=case.team_id)
    site = case.site_id or (case.team.site_id if case.team else None)
    if site:
        there |= Q(sites=site)
        if not case.team_id:
            there |= Q(teams__site=site)
    people = User.objects.filter(there).exclude(role=Role.ANALYST)
    return list(least_loaded(people))


def staff(actor: Actor) -> QuerySet[User]:
    """Those who work on cases within the actor's reach."""
    from peakend.server.acting.actors import Role

    people = User.objects.exclude(role=Role.ANALYST)
    if actor.reach.everything:
        return people
    reach = (
        Q(teams__in=actor.reach.teams)
        | Q(teams__site__in=actor.reach.sites)
        | Q(sites__in=actor.reach.sites)
        | Q(pk=actor.user_id)
    )
    return people.filter(reach).distinct()


def get_user(actor: Actor, key: str) -> User:
    """Somebody within the actor's reach; `NotFoundError` else."""
    found = staff(actor).filter(key=key).first()
    if found is None:
        raise NotFoundError(Text("person", "人员"))
    return found
