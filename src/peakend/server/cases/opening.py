"""How a case begins: by an answer that a rule matches, or by hand. Both end in one place."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, system
from peakend.server.acting.errors import InvalidError
from peakend.server.acting.services import audit, service
from peakend.server.cases import presets
from peakend.server.cases.deadlines import kept_clock, refresh, set_deadlines
from peakend.server.cases.models import Case
from peakend.server.cases.recovery import record_answer
from peakend.server.cases.repeats import detect
from peakend.server.cases.routing import Route, begin, next_number, route
from peakend.server.cases.rules import Match, match, snapshot
from peakend.server.cases.signals import case_opened
from peakend.server.company import selectors as places
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.customers.models import Customer

if TYPE_CHECKING:
    from peakend.server.answering.models import Response
    from peakend.server.surveys.questionnaire import Questionnaire

BY_RULE = system("case rules")


def open_from_response(response: Response, questionnaire: Questionnaire) -> Case | None:
    """The case of an answer that a rule matches, exactly one however often it is called.

    None where none matches.

    Runs in the transaction of the answer. An answer about a recovery goes to the case it is about instead.
    """
    rules = snapshot()
    if response.survey_id in rules.recovery_surveys:
        record_answer(response, questionnaire)
        return None
    found = match(response, questionnaire, rules.rules)
    if found is None:
        return None
    if _has_case(response):
        return Case.objects.get(response=response)
    try:
        with transaction.atomic():
            return _opened(_from_answer(response, questionnaire, found), BY_RULE, None)
    except IntegrityError:
        # Somebody else submitted the same answer at the same moment.
        other = Case.objects.filter(response=response).first()
        if other is None:
            raise
        return other


def _has_case(response: Response) -> bool:
    # Asked for every detractor: Django takes longer to write the query than to ask it.
    with connection.cursor() as cursor:
        cursor.execute("select 1 from cases_case where response_id = %s", [response.pk])
        return cursor.fetchone() is not None


def _from_answer(response: Response, questionnaire: Questionnaire, found: Match) -> Case:
    anonymous = response.survey.anonymous
    now = clock.now()
    details: dict[str, Any] = {"rule": {"en": found.rule.name.en, "zh": found.rule.name.zh}}
    if found.score is not None and found.scale is not None:
        details |= {
            "score": found.score,
            "scale": list(found.scale),
            "question": found.question,
            "question_type": found.question_type,
        }
    if anonymous:
        details["anonymous"] = True
    touchpoint = response.touchpoint or _asked_about(questionnaire, found.question)
    return Case(
        response=response,
        rule=found.rule.code,
        title=_title(found, touchpoint),
        kind=found.rule.kind,
        severity=found.rule.severity,
        customer=None if anonymous else response.customer,
        touchpoint=touchpoint,
        site=response.site or (response.team.site if response.team else None),
        team=response.team,
        served_by=response.employee_id,
        # The minute of an anonymous answer would tell who gave it.
        answered_at=None if anonymous else (response.completed_at or now),
        opened_at=now.replace(minute=0, second=0, microsecond=0) if anonymous else now,
        details=details,
    )


def _asked_about(questionnaire: Questionnaire, question: str) -> Touchpoint | None:
    asked = question.partition(".")[0]
    code = next((one.touchpoint for one in questionnaire.questions() if one.id == asked), "")
    return Touchpoint.objects.filter(code=code).first() if code else None


def _title(found: Match, touchpoint: Touchpoint | None) -> str:
    """Short and without the customer's words, which stay in the answer."""
    parts = []
    if found.score is not None and found.scale is not None:
        parts.append(f"{found.question_type.upper()} {found.score:g}/{found.scale[1]}")
    else:
        parts.append(found.rule.name.en)
    if touchpoint is not None:
        parts.append(touchpoint.name)
    return " · ".join(parts)[:300]


def _opened(case: Case, actor: Actor, given: Route | None) -> Case:
    """Number, deadlines, owner, news, audit; and the check whether this is the same complaint again."""
    case.number = next_number(case.opened_at)
    place = kept_clock(case)
    set_deadlines(case, case.customer.tier if case.customer else "", place)
    refresh(case, place, case.opened_at)
    begin(case, given or route(case.site, case.team, case.served_by), actor)
    audit(actor, "cases.open", case, rule=case.rule, owner=case.owner.key if case.owner else None)
    case_opened.send(Case, case=case)
    detect(case, actor)
    return case


@service("cases.work")
def open_case(
    *,
    actor: Actor,
    title: str,
    words: str = "",
    kind: str = "complaint",
    severity: str = "normal",
    customer_id: str = "",
    site: str = "",
    team: str = "",
    touchpoint: str = "",
    served_by: str = "",
    at: datetime | None = None,
) -> Case:
    """Open a case by hand, for what a customer said; codes name the place, `customer_id` the customer.

    `at` is when it was said (not in the future), now where it is None. Raises `InvalidError` with the fields
    that are wrong.
    """
    fields: list[dict[str, str]] = []
    title = " ".join(title.split())
    if not title:
        fields.append(_wrong("title", Text("Say in a line what happened.", "请用一句话说明发生了什么。")))
    if kind not in presets.KINDS or kind == "repeat":
        fields.append(_wrong("kind", Text("Choose one of the kinds.", "请选择一种类型。")))
    if severity not in presets.SEVERITIES:
        fields.append(_wrong("severity", Text("Choose one of the severities.", "请选择严重程度。")))
    now = clock.now()
    if at is not None and at > now:
        fields.append(_wrong("at", Text("That lies in the future.", "时间不能晚于现在。")))
    place = _place(actor, site, team, fields)
    met = Touchpoint.objects.filter(code=touchpoint, active=True).first() if touchpoint else None
    if touchpoint and met is None:
        fields.append(_wrong("touchpoint", Text("There is no such touchpoint.", "没有该接触点。")))
    customer = Customer.objects.filter(customer_id=customer_id).first() if customer_id else None
    if customer_id and customer is None:
        fields.append(_wrong("customer_id", Text("There is no such customer.", "没有该客户。")))
    if fields:
        raise InvalidError(
            Text("The case cannot be opened like this.", "无法按此内容建立工单。"),
            Text("Mend the fields named below.", "请修正以下内容。"),
            fields=fields,
        )
    made = Case(
        title=title[:300],
        words=words.strip()[:20_000],
        kind=kind,
        severity=severity,
        customer=customer,
        touchpoint=met,
        site=place[0],
        team=place[1],
        served_by=served_by.strip()[:80],
        answered_at=at,
        opened_at=now,
        details={},
    )
    return _opened(made, actor, None)


def _wrong(field: str, message: Text) -> dict[str, str]:
    from peakend.server.web.say import told

    return {"field": field, "message": told(message)}


def _place(
    actor: Actor, site: str, team: str, fields: list[dict[str, str]]
) -> tuple[Site | None, Team | None]:
    """The place by its codes, within the actor's reach; the actor's own team where none is named."""
    teams = places.teams(actor).filter(active=True)
    found_team = None
    if team:
        chosen = teams.filter(code=team, **({"site__code": site} if site else {}))
        found_team = chosen.first()
        if found_team is None:
            fields.append(
                _wrong("team", Text("There is no such team in your reach.", "您的权限内没有该团队。"))
            )
    elif not site and len(actor.reach.teams) == 1:
        found_team = teams.first()
    if found_team is not None:
        return found_team.site, found_team
    if not site:
        return None, None
    sites = places.sites(actor).filter(code=site, active=True)
    if not actor.reach.everything:
        sites = sites.filter(pk__in=actor.reach.sites)
    found = sites.first()
    if found is None:
        fields.append(_wrong("site", Text("There is no such site in your reach.", "您的权限内没有该网点。")))
    return found, None
