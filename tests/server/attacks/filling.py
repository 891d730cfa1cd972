"""A site in which every text that anybody could have entered is an attack: made from the models, not by hand.

A new text field is filled unnamed. Where a field holds a code the site itself writes (a status, a language),
add it to `CODES`; where JSON has a form the site relies on, to `FORMED`: only its words are filled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.apps import apps
from django.db import IntegrityError, models, transaction

from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import actions
from peakend.server.answering import compiled, limits, occasions
from peakend.server.cases.rules import forget
from server.access_objects import OBJECTS, Made
from server.test_access import Route, lookup, routes

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company

# Written by the site itself, or chosen from a list that every service holds to.
CODES = frozenset(
    """
    acting.AuditEntry.actor_kind acting.AuditEntry.previous acting.AuditHead.seal
    acting.RepeatableRequest.caller answering.Response.language answering.Response.channel
    answering.Response.state boards.SavedView.board boards.SavedView.role boards.ScoreCell.span
    boards.ScoreCell.question boards.ScoreCell.option boards.ScoreCell.language boards.ScoreCell.channel
    boards.WaitingAnswer.question boards.WaitingAnswer.option cases.Case.severity cases.Case.status
    cases.Case.repeat_of cases.CaseEvent.kind cases.Escalation.deadline cases.CaseContact.channel
    cases.CaseContact.outcome cases.CaseContact.mail_key cases.Compensation.kind
    cases.Compensation.currency cases.Compensation.status cases.CompensationCap.role
    cases.CompensationCap.currency cases.Case.kind cases.Case.rule cases.Case.cause
    cases.Case.regulation cases.CaseContact.template cases.CaseRule.severity cases.CaseRule.kind
    cases.CaseRule.code cases.SlaPolicy.contact_unit cases.SlaPolicy.resolve_unit
    cases.SlaPolicy.severity cases.SlaPolicy.kind cases.SlaPolicy.code cases.BusinessCalendar.holidays
    cases.BusinessCalendar.code cases.Cause.code cases.ContactTemplate.channel
    cases.ContactTemplate.code channels.Place.kind channels.Wave.status channels.Invitation.status
    channels.Invitation.channel channels.Invitation.purpose channels.Invitation.reason
    channels.Invitation.address channels.Invitation.synced_status channels.ContactRules.timezone
    channels.ContactRecord.kind channels.ContactRecord.outcome channels.ContactRecord.reason
    channels.Wording.kind channels.Wording.language channels.Wording.html channels.Quota.on_full
    channels.Trigger.channel channels.Wave.channel channels.Place.allowed_origin company.Site.code
    company.Site.timezone company.Site.calendar company.Team.code company.Touchpoint.code
    customers.Consent.status customers.Consent.purpose customers.Import.kind notices.Mail.html
    notices.Preference.digest notices.Preference.timezone notices.Webhook.secret
    notices.Notification.url notices.Mail.to people.User.password people.User.email people.User.role
    people.User.language people.User.totp_secret people.User.oidc_subject people.Attempts.bucket
    people.RoleRule.role privacy.PrivacyRequest.kind privacy.PrivacyRequest.file
    privacy.PrivacyRequest.fingerprint privacy.RetentionRule.kind surveys.Survey.status
    surveys.Survey.kind surveys.Survey.programme surveys.SeriesBreak.programme surveys.Wording.programme
    sync.Watermark.name sync.AnalysisRun.status work.SweepRun.name improvement.Standard.metric
    improvement.Standard.currency improvement.Scheme.role improvement.SchemeItem.kind
    improvement.Goal.metric improvement.Huddle.status improvement.HuddlePoint.item
    improvement.HuddlePoint.kind improvement.HuddlePoint.state improvement.LoopCycle.stage
    improvement.CycleStage.stage improvement.Topic.status improvement.Topic.review_verdict
    improvement.TopicStep.status improvement.ChangeRequest.status improvement.ChangeRequest.currency
    improvement.Checklist.code improvement.Checklist.kind improvement.ChecklistItem.code
    improvement.ChecklistItem.aspect improvement.Visit.status improvement.Visit.verdict
    improvement.Photo.file improvement.GestureRule.currency improvement.Gesture.arm
    improvement.Note.source improvement.Comment.status improvement.Comment.sender
    improvement.GestureRule.checklist_code promises.Promise.status promises.PromiseVersion.currency
    promises.PromiseItem.kind promises.PromiseItem.better promises.PromiseUse.reason
    care.AuditScore.part care.AuditScore.code care.CareRule.stage care.CareRule.trigger
    care.CareRule.purpose care.CareRule.action care.CareRule.channel care.CareTask.status
    care.CareItem.stage care.CareItem.scope care.CareItem.metric care.ClassGoal.metric
    initiatives.Initiative.kind initiatives.Initiative.metric initiatives.Spend.currency
    initiatives.Campaign.currency initiatives.Campaign.status initiatives.Assignment.arm
    initiatives.Assignment.contact initiatives.Assignment.channel initiatives.Assignment.reason
    initiatives.Assignment.call_outcome
    """.split()  # noqa: SIM905 - as lines they stay readable
)
# JSON whose form the site relies on: words stand in it under language tags, or as the text of an answer.
FORMED = frozenset(
    """
    acting.RepeatableRequest.headers answering.Response.answers answering.Response.flags
    boards.SavedView.filters cases.CaseRule.conditions cases.BusinessCalendar.week
    cases.BusinessCalendar.closed cases.BusinessCalendar.opened cases.CaseEvent.data cases.Case.details
    sync.AnalysisRun.failed cases.Compensation.over cases.RuleVersion.rule channels.Wave.sampling
    channels.Quota.rule channels.Trigger.kinds channels.Trigger.outcomes customers.Import.rows
    customers.Import.counts improvement.Broadcast.roles notices.Mail.headers people.ApiToken.actions
    notices.Webhook.events privacy.PrivacyRequest.proof surveys.Survey.draft
    surveys.SurveyVersion.questionnaire sync.Watermark.data sync.ErasureInWarehouse.proof
    care.SuggestionRule.conditions initiatives.Initiative.result initiatives.Campaign.channels
    """.split()  # noqa: SIM905
)
# What stands in a code where a row is made up.
STARTS: dict[str, Any] = {
    "cases.BusinessCalendar.code": "attack",
    "cases.BusinessCalendar.week": [[["09:00", "17:00"]]] * 7,
    "cases.CaseContact.channel": "phone",
    "cases.CaseContact.outcome": "reached",
    "cases.CaseEvent.kind": "note",
    "cases.CaseRule.code": "attack",
    "cases.CaseRule.name": {"en": "x", "zh": "x"},
    "cases.CaseRule.conditions": {"match": "all", "conditions": [{"question": "@site", "op": "answered"}]},
    "cases.ContactTemplate.subject": {"en": "x", "zh": "x"},
    "cases.ContactTemplate.body": {"en": "x", "zh": "x"},
    "cases.Escalation.deadline": "contact",
    "cases.CompensationCap.role": "front_line",
    "cases.CompensationCap.currency": "CNY",
    "channels.ContactRecord.outcome": "sent",
    "channels.Wording.kind": "invitation",
    "channels.Wording.language": "en",
    "customers.Consent.status": "given",
    "customers.Consent.purpose": "survey",
    "improvement.CycleStage.stage": "listen",
    "improvement.Scheme.role": "front_line",
    "improvement.SchemeItem.kind": "service",
    "improvement.TopicStep.status": "raised",
    "improvement.Gesture.arm": "treatment",
    "initiatives.Spend.currency": "CNY",
    "privacy.RetentionRule.kind": "mails",
    "promises.PromiseItem.kind": "text",
}
SITES_OWN = frozenset({"key", "digest", "sent_digest", "source_key"})

Payload = Callable[[int], str]


def own_models() -> Iterator[type[models.Model]]:
    """Every model of the site's own areas."""
    for model in apps.get_models():
        if model.__module__.startswith("peakend.") and not model._meta.proxy:
            yield model


def rows_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """Rows of `model` as the database has them, past managers that forbid changes."""
    return models.QuerySet(model)


def name_of(field: models.Field[Any, Any]) -> str:
    return f"{field.model._meta.app_label}.{field.model.__name__}.{field.name}"


def texts(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """The fields of `model` that hold something a person, or another system, may have written."""
    for field in model._meta.concrete_fields:
        written = isinstance(field, (models.CharField, models.TextField, models.JSONField))
        if written and field.name not in SITES_OWN and not field.choices and name_of(field) not in CODES:
            yield field


@transaction.atomic
def _made(model: type[models.Model], depth: int = 0) -> models.Model | None:
    """A row of `model` with something in every field that must not be empty."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if name_of(field) in STARTS:
            values[field.name] = STARTS[name_of(field)]
            continue
        if field.has_default() or field.null or field.primary_key or getattr(field, "auto_now_add", False):
            continue
        if isinstance(field, models.ForeignKey):
            values[field.name] = rows_of(field.related_model).order_by("pk").first() or (
                _made(field.related_model, depth + 1) if depth < 3 else None
            )
        elif isinstance(field, models.DateTimeField):
            values[field.name] = clock.now()
        elif isinstance(field, models.DateField):
            values[field.name] = clock.now().date()
        elif isinstance(field, (models.IntegerField, models.DecimalField, models.FloatField)):
            values[field.name] = 1
        elif isinstance(field, models.CharField) and not field.blank:
            values[field.name] = "x"
        elif isinstance(field, models.BinaryField):
            values[field.name] = b"x"
    row = model(**values)
    row.save(force_insert=True)
    return row


def _tied() -> None:
    """Rows name each other wherever they may, so that a page shows what it can show."""
    for model in own_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or not field.null or field.unique:
                continue
            if field.related_model is model or name_of(field) in UNTIED:
                continue
            first = rows_of(field.related_model).order_by("pk").first()
            if first is not None:
                try:
                    with transaction.atomic():
                        rows_of(model).filter(**{field.name: None}).update(**{field.name: first})
                except IntegrityError:
                    continue


# What a row may only name when it is something else than the rest of it says.
UNTIED = frozenset({"company.Team.parent", "channels.Wording.survey"})


Known = dict[tuple[str, str], dict[str, str]]


def populated(company: Company) -> Known:
    """At least one row of every model, tied to others; and by address and reader, what its parameters are."""
    from peakend.server.answering.models import Response
    from server.access_objects import a_case, a_response

    known: Known = {}
    for route in routes():
        who = reader_of(route)
        if route.parameters and (lookup(route), who) not in known:
            made = Made(company, "north", who or "north.supervisor")
            known[lookup(route), who] = OBJECTS[lookup(route)](made)
    made = Made(company, "north", "north.supervisor")
    response = a_response(made)
    now = clock.now()
    answers = {
        "recommend": {"state": "answered", "score": 3},
        "why": {"state": "answered", "text": "x"},
    }
    rows_of(Response).update(answers=answers, state="completed", completed_at=now)
    case = a_case(made)
    case.response = response
    case.save()
    for model in own_models():
        if not rows_of(model).exists():
            try:
                _made(model)
            except IntegrityError:
                continue
    _tied()
    return _first(known)


# Somebody's own, seen by nobody else.
OWN = frozenset({"SavedView", "ApiToken", "SignedIn", "Notification", "Import", "User"})


def _first(known: Known) -> Known:
    """Addresses of the first row of each model, to which the others are tied, in place of those just made."""
    others: dict[str, str] = {}
    for model in own_models():
        if model.__name__ not in OWN and any(field.name == "key" for field in model._meta.concrete_fields):
            keys = list(rows_of(model).order_by("pk").values_list("key", flat=True))
            others |= dict.fromkeys(keys, keys[0]) if keys else {}
    return {
        place: {name: others.get(value, value) for name, value in values.items()}
        for place, values in known.items()
    }


def filled(payload: Payload) -> dict[int, str]:
    """Write `payload(n)` into every text of every row; which field has which number."""
    numbers: dict[int, str] = {}
    for model in own_models():
        for field in texts(model):
            number = len(numbers) + 1
            numbers[number] = name_of(field)
            for row in rows_of(model):
                _write(row, field, payload(number))
    for kept in (compiled, limits, occasions):
        kept.forget()
    forget()
    return numbers


def _write(row: models.Model, field: models.Field[Any, Any], words: str) -> None:
    rows = rows_of(type(row)).filter(pk=row.pk)
    if isinstance(field, models.JSONField):
        formed = name_of(field) in FORMED
        rows.update(**{field.name: _json(getattr(row, field.name), words, formed)})
        return
    most = field.max_length or 4000
    if not field.unique and not any(
        field.name in group for group in (*row._meta.unique_together, *_constrained(row))
    ):
        rows.update(**{field.name: words[:most]})
        return
    ending = f"{row.pk:x}"  # never in the same words twice; and no slash, as it may stand in an address
    rows.update(**{field.name: words.replace("/", "")[: most - len(ending)] + ending})


def _constrained(row: models.Model) -> Iterator[tuple[str, ...]]:
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield tuple(constraint.fields)


def _json(value: Any, words: str, formed: bool) -> Any:
    if isinstance(value, dict):
        if value and set(value) <= {"en", "zh"} and all(isinstance(one, str) for one in value.values()):
            return dict.fromkeys(value, words + " {{why}} {{@seat}}")
        if not value and not formed:
            return {"seat": words, words: words}
        return {
            name: words if name == "text" and isinstance(one, str) else _json(one, words, formed)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_json(one, words, formed) for one in value] or ([] if formed else [words])
    return words if isinstance(value, str) and not formed else value


BEST = (Role.ADMINISTRATOR, Role.CX_MANAGER, Role.ANALYST, Role.SUPERVISOR, Role.FRONT_LINE)


def reader_of(route: Route) -> str:
    """Who sees most there, as `client_of` knows them; "" where anybody may."""
    if route.action is None:
        return ""
    role = next(one for one in BEST if one in actions()[route.action].roles)
    return f"north.{role}" if role in (Role.FRONT_LINE, Role.SUPERVISOR) else str(role)


def readers(known: Known) -> Iterator[tuple[Route, str, str]]:
    """Every route that is read: its address, and who reads."""
    for route in routes():
        if "GET" in route.methods:
            yield route, path_of(route, known), reader_of(route)


def path_of(route: Route, known: Known) -> str:
    """The address of `route` with the objects of `populated`."""
    from peakend.server.customers.models import Customer

    values = dict(known[lookup(route), reader_of(route)]) if route.parameters else {}
    if "customer_id" in values:
        first = rows_of(Customer).order_by("pk")[0]
        values["customer_id"] = quote(first.customer_id, safe="")
    return route.path(values)


def clients(client_of: Callable[..., Client], language: str = "en") -> Callable[[str], Client]:
    """One browser for everybody who looks, in `language`; faults are answers, not exceptions."""
    known: dict[str, Client] = {}

    def of(who: str) -> Client:
        if who not in known:
            known[who] = client_of(who, raise_request_exception=False)
            known[who].cookies["peakend_language"] = "zh-hans" if language == "zh" else "en"
        return known[who]

    return of
