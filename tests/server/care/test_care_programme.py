"""The programme says what it lacks; every class of customers has goals of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.answering.models import Response
from peakend.server.care.selectors import programme as found
from peakend.server.care.services import programme
from peakend.server.care.words import EXCHANGE, SCOPES
from peakend.server.customers.models import Customer

NOW = datetime(2026, 11, 15, 4, tzinfo=UTC)


def item(company: Any, actor: Any = None, **more: Any) -> Any:
    fields = {
        "stage": "service",
        "scope": "customer_service",
        "name_en": "Answered in three rings",
        "name_zh": "三声内接听",
        "measure": "Seconds until answered",
        "threshold_": 15,
        "at_least": False,
        "owner": company.users["cx_manager"].key,
    }
    return programme.set_item(actor=actor or company.actor("cx_manager"), **{**fields, **more})


def goal(company: Any, **more: Any) -> Any:
    fields = {
        "tier": "gold",
        "metric": "nps",
        "target": 30,
        "starts_on": date(2026, 11, 1),
        "until": date(2026, 12, 31),
        "owner": company.users["cx_manager"].key,
    }
    return programme.set_class_goal(actor=company.actor("cx_manager"), **{**fields, **more})


def test_the_grid_names_every_stage_and_scope_without_a_standard(company: Any) -> None:
    actor = company.actor("cx_manager")
    empty = found.coverage(found.items(actor))
    assert empty.stages_without == list(EXCHANGE)
    assert empty.scopes_without == list(SCOPES)
    item(company)
    one = found.coverage(found.items(actor))
    assert one.stages_without == ["design", "packaging", "delivery"]
    assert one.scopes_without == ["product_quality", "service_quality", "after_sales"]
    for stage, scope in zip(EXCHANGE, SCOPES, strict=True):
        item(company, stage=stage, scope=scope)
    whole = found.coverage(found.items(actor))
    assert (whole.stages_without, whole.scopes_without) == ([], [])
    assert len(whole.missing) == 11
    assert len(whole.cells) == len(list(product(EXCHANGE, SCOPES)))


def test_the_page_names_what_is_missing(company: Any, client_of: Callable[..., Client]) -> None:
    item(company)
    text = client_of("cx_manager").get("/care/items/").content.decode()
    assert "Stages without a standard of care: 3" in text
    assert text.count("missing") >= 15
    assert (
        "三声内接听"
        in client_of("cx_manager").get("/care/items/", headers={"accept-language": "zh-CN"}).content.decode()
    )


def test_a_standard_with_a_metric_is_judged_by_the_data(company: Any, live_survey: Any) -> None:
    survey = live_survey()
    with clock.at(NOW):
        made = item(company, metric="nps", threshold_=20, at_least=True, site="north")
        for _ in range(30):
            Response.objects.create(
                **{"survey": survey, "version": survey.current, "site": company.sites["north"]},
                **{"language": "en", "channel": "link", "state": "completed", "started_at": NOW},
                answers={"recommend": {"state": "answered", "score": 10}},
                completed_at=datetime(2026, 10, 3, tzinfo=UTC),
            )
        measured = found.measured(made)
        assert measured is not None
        assert measured.verdict == "met"
        assert found.measured(item(company)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "advertising"},
        {"scope": "all"},
        {"name_zh": " "},
        {"measure": ""},
        {"metric": "csat", "threshold_": 80},
        {"metric": "shoes"},
        {"threshold_": float("nan")},
        {"owner": ""},
    ],
)
def test_a_standard_that_says_nothing_is_refused(company: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        item(company, **wrong)


def test_standards_of_the_other_site_are_not_seen(company: Any) -> None:
    made = item(company, site="south")
    whole = item(company)
    assert list(found.items(company.actor("north.front_line"))) == [whole]
    with pytest.raises(NotFoundError):
        found.get_item(company.actor("north.supervisor"), made.key)
    with pytest.raises(NotAllowedError):
        item(company, company.actor("north.supervisor"), site="north")
    programme.retire_item(actor=company.actor("cx_manager"), item=made.key)
    assert made not in found.items(company.actor("cx_manager"))


def test_the_tree_names_classes_without_a_current_goal(company: Any, client_of: Any) -> None:
    for number, tier in enumerate(("gold", "gold", "silver", "")):
        Customer.objects.create(customer_id=f"C-{number}", tier=tier)
    Customer.objects.create(customer_id="C-9", tier="gone", erased_at=NOW)
    with clock.at(NOW):
        assert [one.tier for one in found.tree()] == ["gold", "silver"]
        goal(company)
        goal(company, tier="silver", starts_on=date(2026, 1, 1), until=date(2026, 3, 1))  # is over
        assert {one.tier: one.current for one in found.tree()} == {"gold": True, "silver": False}
        text = client_of("cx_manager").get("/care/goals/").content.decode()
    assert "Classes without a goal: 1" in text


def test_a_goal_is_measured_by_the_answers_of_its_class(company: Any, live_survey: Any) -> None:
    named, secret = live_survey(), live_survey(anonymous=True)

    def answered(survey: Any, tier: str, score: int, n: int) -> None:
        for _ in range(n):
            Response.objects.create(
                **{"survey": survey, "version": survey.current, "language": "en", "channel": "link"},
                **{"state": "completed", "tier": tier, "started_at": NOW},
                answers={"recommend": {"state": "answered", "score": score}},
                completed_at=datetime(2026, 11, 3, tzinfo=UTC),
            )

    with clock.at(NOW):
        made = goal(company)
        answered(named, "gold", 10, 15)
        answered(named, "silver", 0, 20)
        answered(secret, "gold", 0, 20)
        measured = found.goal_measured(made)
    assert (measured.figure.n, measured.figure.value, measured.verdict) == (15, 100, "met")


def test_adjustments_belong_to_a_goal_and_their_owner_reports_them(company: Any) -> None:
    supervisor = company.users["north.supervisor"]
    made = goal(company)
    fields = {"goal": made.key, "what": "A desk of their own", "owner": supervisor.key}
    with pytest.raises(InvalidError):
        programme.add_step(actor=company.actor("cx_manager"), until=date(2027, 1, 1), **fields)
    step = programme.add_step(actor=company.actor("cx_manager"), until=date(2026, 12, 1), **fields)
    with pytest.raises(NotFoundError):
        programme.settle_step(actor=company.actor("south.supervisor"), step=step.key)
    with pytest.raises(NotAllowedError):
        programme.settle_step(actor=company.actor("north.front_line"), step=step.key)
    assert programme.settle_step(actor=company.actor("north.supervisor"), step=step.key).done_at
    with pytest.raises(ConflictError):
        programme.settle_step(actor=company.actor("north.supervisor"), step=step.key)


@pytest.mark.parametrize(
    "wrong", [{"tier": " "}, {"metric": "on_time"}, {"target": 101}, {"until": date(2026, 10, 1)}]
)
def test_a_goal_that_cannot_be_reached_is_refused(company: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        goal(company, **wrong)
