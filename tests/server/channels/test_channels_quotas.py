"""Quotas: what they count, and what happens at the last place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.errors import InvalidError, NotAllowedError
from peakend.server.answering.models import Response
from peakend.server.channels.models import Invitation, Quota
from peakend.server.channels.quotas import FullError, count_in, is_full, save_quota
from peakend.server.channels.signals import QuotaFullError, response_completing
from peakend.server.surveys.questionnaire import Condition, Questionnaire, ShowIf

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
WORKER = system("test")


def _response(survey: Any, score: int = 9, **fields: Any) -> Response:
    return Response(
        survey=survey, version=survey.current, language=fields.pop("language", "en"), channel="qr",
        started_at=clock.now(), answers={"recommend": {"state": "answered", "score": score}}, **fields,
    )  # fmt: skip


def _rule(question: str, op: str, value: Any) -> ShowIf:
    return ShowIf(conditions=[Condition(question=question, op=op, value=value)])  # type: ignore[arg-type]


def test_a_quota_counts_only_what_it_is_about(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    low = save_quota(actor=WORKER, survey=survey, name="low", target=2, rule=_rule("recommend", "le", "6"))
    there = _rule("@site", "eq", "north")
    north = save_quota(actor=WORKER, survey=survey, name="north", target=1, rule=there)
    save_quota(actor=WORKER, survey=live_survey(), name="another survey's", target=1)
    for score, site in ((9, "south"), (3, "south"), (9, "north")):
        count_in(_response(survey, score, site=company.sites[site]))
    with pytest.raises(FullError):
        count_in(_response(survey, 2, site=company.sites["north"]))
    low.refresh_from_db()
    north.refresh_from_db()
    assert (low.count, north.count) == (1, 1)  # nothing of the one that was screened
    count_in(_response(survey, 2, site=company.sites["south"]))


def test_the_signal_screens(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    save_quota(actor=WORKER, survey=survey, name="one", target=1)
    questionnaire = Questionnaire.model_validate(survey.draft)
    response_completing.send(Response, response=_response(survey), questionnaire=questionnaire)
    assert is_full(survey)
    with pytest.raises(QuotaFullError, match="one"):
        response_completing.send(Response, response=_response(survey), questionnaire=questionnaire)


def test_a_full_quota_can_close_the_survey(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    save_quota(actor=WORKER, survey=survey, name="all", target=2, on_full="close")
    count_in(_response(survey))
    survey.refresh_from_db()
    assert survey.status == "live"
    count_in(_response(survey))
    survey.refresh_from_db()
    assert survey.status == "closed"


def test_a_quota_switched_off_lets_everybody_through(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    quota = save_quota(actor=WORKER, survey=survey, name="one", target=1)
    count_in(_response(survey))
    save_quota(actor=WORKER, survey=survey, key=quota.key, name="one", target=1, active=False)
    count_in(_response(survey))
    quota.refresh_from_db()
    assert quota.count == 1


def test_changing_a_quota_keeps_its_count(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    quota = save_quota(actor=WORKER, survey=survey, name="one", target=1)
    stale = Quota.objects.get(pk=quota.pk)
    count_in(_response(survey))
    save_quota(actor=WORKER, survey=survey, key=stale.key, name="more", target=5)
    quota.refresh_from_db()
    assert (quota.count, quota.target, quota.name) == (1, 5, "more")


def test_a_quota_may_ask_what_came_with_the_invitation(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    quota = save_quota(
        actor=WORKER, survey=survey, name="gold", target=9, rule=_rule("@stratum", "eq", "gold")
    )
    for number, stratum in enumerate(("gold", "silver", "gold")):
        invitation = Invitation.objects.create(
            survey=survey,
            channel="api",
            digest=str(number),
            due_at=clock.now(),
            embedded={"stratum": stratum},
        )
        count_in(_response(survey, invitation=invitation))
    quota.refresh_from_db()
    assert quota.count == 2


def test_who_may_set_a_quota(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    with pytest.raises(NotAllowedError):
        save_quota(actor=company.actor("north.supervisor"), survey=survey, name="x", target=1)
    company.users["cx_manager"].sites.add(company.sites["north"])
    with pytest.raises(NotAllowedError):  # the survey is the whole company's
        save_quota(actor=company.actor("cx_manager"), survey=survey, name="x", target=1)
    for target in (0, -1):
        with pytest.raises(InvalidError):
            save_quota(actor=WORKER, survey=survey, name="x", target=target)


def test_the_page_sets_and_changes_a_quota(
    company: Any, live_survey: Callable[..., Any], client_of: Callable[[str], Client]
) -> None:
    survey, client = live_survey(), client_of("cx_manager")
    form = {
        "survey": survey.pk, "name": "North", "target": 9, "question": "@site", "op": "eq", "value": "north",
        "on_full": "screen", "active": "on",
    }  # fmt: skip
    assert client.post("/quotas/new/", form).status_code == 302
    quota = Quota.objects.get()
    assert quota.rule["conditions"][0]["question"] == "@site"
    assert client.post(f"/quotas/{quota.key}/", form | {"target": 10}).status_code == 302
    for language in ("en", "zh-CN"):
        assert client.get(f"/quotas/{quota.key}/", headers={"accept-language": language}).status_code == 200
        assert client.get("/quotas/", headers={"accept-language": language}).status_code == 200
