"""Cases for programs: everything a page can do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from peakend.server.cases import (
    catalogue,
    compensation,
    contacts,
    figures,
    lifecycle,
    opening,
    pages,
    recovery,
    reviews,
    selectors,
)
from peakend.server.cases.models import Case, CaseContact, CaseReview, Compensation
from peakend.server.cases.policies import APPROVE, ASSIGN, EXPORT, EXTEND, LEAD, READ, REVIEW, WORK
from peakend.server.cases.schemas import (
    AssignIn,
    CaseFull,
    CaseIn,
    CasePage,
    CompensationIn,
    CompensationOut,
    ContactIn,
    ContactList,
    ContactOut,
    DecisionIn,
    LeaveIn,
    Loads,
    LoopOut,
    MailIn,
    Moved,
    NoteIn,
    RescoreIn,
    ResolveIn,
    ReviewIn,
    ReviewOut,
    StatusIn,
    Timeline,
)
from peakend.server.cases.settings_api import router as settings_router
from peakend.server.cases.timeline import sentence
from peakend.server.people.models import User
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.problems import gives
from peakend.server.web.say import told

router = Router()
router.add_router("", settings_router)
Key = Annotated[str, Field(max_length=40)]
View = Literal["mine", "team", "overdue", "unowned", "resolved", "closed", "all"]


def _person(user: User | None) -> dict[str, str] | None:
    return {"key": user.key, "name": user.name} if user is not None else None


_PLAIN = (
    *(
        "key",
        "number",
        "title",
        "kind",
        "severity",
        "status",
        "rule",
        "served_by",
        "opened_at",
        "contact_due_at",
    ),
    *(
        "due_at",
        "recontact_due_at",
        "next_due_at",
        "legal_due_at",
        "regulation",
        "contacted_at",
        "resolved_at",
    ),
    *(
        "closed_at",
        "waiting_since",
        "waited_minutes",
        "escalation",
        "reopened",
        "cause",
        "action",
        "recovery_score",
    ),
)


def _case(case: Case) -> dict[str, Any]:
    return {
        **{name: getattr(case, name) for name in _PLAIN},
        "customer_id": case.customer.customer_id if case.customer else None,
        "site": case.site.code if case.site else None,
        "team": case.team.code if case.team else None,
        "touchpoint": case.touchpoint.code if case.touchpoint else None,
        "owner": _person(case.owner),
        "supervisor": _person(case.supervisor),
        "parent": case.parent.key if case.parent_id else None,
        "score": case.details.get("score"),
    }


def _full(request: HttpRequest, key: str) -> dict[str, Any]:
    case = selectors.get_case(actor_of(request), key)
    return {
        **_case(case),
        "said": selectors.said(case),
        "missing": [code for code, _ in lifecycle.lacks(case)],
    }


@router.get("/cases", response=gives(CasePage), summary="List cases")
@acts(READ)
def list_cases(
    request: HttpRequest,
    view: View = "all",
    severity: Literal["", "low", "normal", "high", "critical"] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    owner: Annotated[str, Query(max_length=40)] = "",
    site: Annotated[str, Query(max_length=60)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Cases within reach, the newest first. `q` is a number or a customer."""
    asked = selectors.Wanted(view, severity, *(one.replace("\x00", "") for one in (kind, q, owner, site)))
    rows = selectors.with_all(selectors.wanted(actor_of(request), asked)).select_related("parent")
    found, after = cut(rows, cursor or None, limit)
    return {"items": [_case(one) for one in found], "next": after}


@router.post("/cases", response=gives(CaseFull, 201), summary="Open a case by hand")
@acts(WORK)
def open_case(request: HttpRequest, body: CaseIn) -> Any:  # noqa: ANN401
    """Open a case for what a customer said."""
    case = opening.open_case(actor=actor_of(request), **body.dict())
    return Status(201, _full(request, case.key))


@router.get("/cases/figures", response=gives(LoopOut), summary="How the loop runs")
@acts(LEAD)
def loop(request: HttpRequest) -> Any:  # noqa: ANN401
    """Latency of routing, times, close rate, recovery: with n and interval."""
    return figures.loop(actor_of(request))


@router.get("/cases/load", response=gives(Loads), summary="Who has how much")
@acts(LEAD)
def load(request: HttpRequest) -> dict[str, Any]:
    """The load of everybody within reach."""
    names = ("open", "overdue", "waiting", "resolved")
    found = figures.loads(actor_of(request))
    return {"items": [{"user": _person(one.user), **{n: getattr(one, n) for n in names}} for one in found]}


@router.get("/cases/export", summary="Cases as CSV", response=gives(None))
@acts(EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The cases that `view`, `severity`, `kind` and `q` leave, as CSV."""
    return pages.export_of(request)


@router.post("/cases/reassign", response=gives(Moved), summary="Somebody leaves")
@acts(ASSIGN)
def reassign(request: HttpRequest, body: LeaveIn) -> dict[str, int]:
    """Give away every unfinished case of somebody."""
    return {"moved": lifecycle.reassign_all(actor=actor_of(request), **body.dict())}


@router.get("/cases/{key}", response=gives(CaseFull), summary="Read a case")
@acts(READ)
def read(request: HttpRequest, key: Key) -> dict[str, Any]:
    """One case."""
    return _full(request, key)


@router.post("/cases/{key}/take", response=gives(CaseFull), summary="Take a case")
@acts(WORK)
def take(request: HttpRequest, key: Key) -> dict[str, Any]:
    """Begin work on a case nobody began."""
    lifecycle.take(actor=actor_of(request), key=key)
    return _full(request, key)


@router.post("/cases/{key}/assign", response=gives(CaseFull), summary="Give a case to somebody")
@acts(ASSIGN)
def assign(request: HttpRequest, key: Key, body: AssignIn) -> dict[str, Any]:
    """Give the case to the user with the key `to`."""
    lifecycle.assign(actor=actor_of(request), key=key, **body.dict())
    return _full(request, key)


@router.post("/cases/{key}/status", response=gives(CaseFull), summary="Wait, or go on")
@acts(WORK)
def status(request: HttpRequest, key: Key, body: StatusIn) -> dict[str, Any]:
    """Stop the clock while the customer is waited for, or let it run again."""
    actor = actor_of(request)
    if body.status == "waiting":
        lifecycle.wait(actor=actor, key=key, note=body.note)
    elif selectors.get_case(actor, key).status == "waiting":
        lifecycle.go_on(actor=actor, key=key)
    else:
        lifecycle.take(actor=actor, key=key)
    return _full(request, key)


@router.get("/cases/{key}/contacts", response=gives(ContactList), summary="List contacts")
@acts(READ)
def list_contacts(request: HttpRequest, key: Key) -> dict[str, Any]:
    """Every try to reach the customer."""
    case = selectors.get_case(actor_of(request), key)
    return {"items": [_contact(one) for one in case.contacts.select_related("by")]}


def _contact(one: CaseContact) -> dict[str, Any]:
    names = ("key", "at", "channel", "outcome", "recontact", "template", "note")
    return {**{name: getattr(one, name) for name in names}, "by": one.by.key if one.by else None}


@router.post("/cases/{key}/contacts", response=gives(ContactOut, 201), summary="Log a contact")
@acts(WORK)
def add_contact(request: HttpRequest, key: Key, body: ContactIn) -> Any:  # noqa: ANN401
    """Write down one try to reach the customer."""
    return Status(201, _contact(contacts.log_contact(actor=actor_of(request), key=key, **body.dict())))


@router.post("/cases/{key}/mails", response=gives(ContactOut, 201), summary="Write to the customer")
@acts(WORK)
def add_mail(request: HttpRequest, key: Key, body: MailIn) -> Any:  # noqa: ANN401
    """Send an e-mail through the outbox."""
    return Status(201, _contact(contacts.write_mail(actor=actor_of(request), key=key, **body.dict())))


@router.get("/cases/{key}/drafts/{template}", response=gives(MailIn), summary="Fill in a template")
@acts(WORK)
def draft(request: HttpRequest, key: Key, template: Annotated[str, Field(max_length=80)]) -> dict[str, str]:
    """A template filled in for this case, in the customer's language."""
    from peakend.server.acting.errors import NotFoundError

    case = selectors.get_case(actor_of(request), key)
    chosen = contacts.chosen(template)
    if chosen is None:
        raise NotFoundError
    subject, text = contacts.drafted(case, chosen)
    return {"subject": subject, "text": text, "template": chosen.code}


@router.post("/cases/{key}/notes", response=gives(CaseFull), summary="Add a note")
@acts(WORK)
def add_note(request: HttpRequest, key: Key, body: NoteIn) -> dict[str, Any]:
    """A note for colleagues."""
    lifecycle.note(actor=actor_of(request), key=key, text=body.note)
    return _full(request, key)


@router.post("/cases/{key}/compensations", response=gives(CompensationOut, 201), summary="Give something")
@acts(WORK)
def compensate(request: HttpRequest, key: Key, body: CompensationIn) -> Any:  # noqa: ANN401
    """Give the customer something; over a cap it waits for approval (`status` is `asked`)."""
    made = compensation.compensate(actor=actor_of(request), key=key, **body.dict())
    return Status(201, _compensation(made))


@router.post("/compensations/{key}/decision", response=gives(CompensationOut), summary="Approve or refuse")
@acts(APPROVE)
def decide(request: HttpRequest, key: Key, body: DecisionIn) -> dict[str, Any]:
    """Say yes or no to compensation that waits."""
    return _compensation(compensation.decide(actor=actor_of(request), key=key, **body.dict()))


def _compensation(one: Compensation) -> dict[str, Any]:
    names = ("key", "kind", "amount", "currency", "reason", "status", "over", "at", "decided_at")
    return {
        **{name: getattr(one, name) for name in names},
        "by": one.by.key,
        "decided_by": one.decided_by.key if one.decided_by else None,
    }


@router.post("/cases/{key}/resolve", response=gives(CaseFull), summary="Resolve a case")
@acts(WORK)
def resolve(request: HttpRequest, key: Key, body: ResolveIn) -> dict[str, Any]:
    """Say why it happened and what was done."""
    lifecycle.resolve(actor=actor_of(request), key=key, **body.dict())
    return _full(request, key)


@router.post("/cases/{key}/close", response=gives(CaseFull), summary="Close a case")
@acts(WORK)
def close(request: HttpRequest, key: Key) -> dict[str, Any]:
    """Close a case that has cause, action and re-contact; the error names what is missing."""
    lifecycle.close(actor=actor_of(request), key=key)
    return _full(request, key)


@router.post("/cases/{key}/reopen", response=gives(CaseFull), summary="Open a case again")
@acts(WORK)
def reopen(request: HttpRequest, key: Key, body: NoteIn) -> dict[str, Any]:
    """Open a resolved or closed case again."""
    lifecycle.reopen(actor=actor_of(request), key=key, note=body.note)
    return _full(request, key)


@router.post("/cases/{key}/extend", response=gives(CaseFull), summary="Extend a legal deadline")
@acts(EXTEND)
def extend(request: HttpRequest, key: Key, body: NoteIn) -> dict[str, Any]:
    """Give a complex case the longer time its regulation allows."""
    lifecycle.extend(actor=actor_of(request), key=key, note=body.note)
    return _full(request, key)


@router.post("/cases/{key}/recovery", response=gives(CaseFull), summary="Score the recovery")
@acts(WORK)
def rescore(request: HttpRequest, key: Key, body: RescoreIn) -> dict[str, Any]:
    """Note what the customer says of the recovery, 1 to 5."""
    recovery.rescore(actor=actor_of(request), key=key, score=body.score)
    return _full(request, key)


@router.put("/cases/{key}/review", response=gives(ReviewOut), summary="Score the handling")
@acts(REVIEW)
def review(request: HttpRequest, key: Key, body: ReviewIn) -> CaseReview:
    """The rubric and the four attitudes."""
    scores = body.dict()
    note = scores.pop("note")
    return reviews.review(actor=actor_of(request), key=key, scores=scores, note=note)


@router.get("/cases/{key}/timeline", response=gives(Timeline), summary="What happened")
@acts(READ)
def timeline(
    request: HttpRequest,
    key: Key,
    cursor: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Everything that happened to the case, oldest first."""
    case = selectors.get_case(actor_of(request), key)
    found, after = cut(case.events.all(), cursor or None, limit, newest_first=False)
    causes = catalogue.causes(every=True)
    return {
        "items": [
            {
                **{name: getattr(one, name) for name in ("key", "at", "kind", "who", "note")},
                "text": told(sentence(one, causes)),
            }
            for one in found
        ],
        "next": after,
    }
