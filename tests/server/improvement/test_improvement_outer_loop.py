"""Feedback leads to a fix one can trace; nothing closes without a review; lose-lose is never approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.cases.models import Case
from peakend.server.improvement.selectors.outer_loop import chain, evidence_counts, get_topic, pareto
from peakend.server.improvement.services import outer_loop as loop
from peakend.server.improvement.services.broadcasts import send_broadcast
from peakend.server.notices.models import Notification
from peakend.server.people.models import User


def case(company: Any, number: int, site: str = "north", **more: Any) -> Case:
    return Case.objects.create(
        number=number, title="late", site=company.sites[site], opened_at=clock.now(), **more
    )


def test_the_whole_way_from_feedback_to_fix(company: Any) -> None:
    manager = company.actor("cx_manager")
    topic = loop.raise_topic(
        actor=company.actor("north.supervisor"), title="Bags come late", theme="waiting"
    ).key
    case(company, 71)
    assert loop.add_evidence(actor=manager, topic=topic, cases=["71"]) == 1
    assert loop.add_evidence(actor=manager, topic=topic, cases=["71"]) == 0
    with pytest.raises(InvalidError):  # nobody owns it yet
        loop.move_topic(actor=manager, topic=topic, status="accepted")
    owner = company.users["north.supervisor"]
    loop.edit_topic(
        actor=manager, topic=topic, owner=owner.key, department="Ramp", whys=["One belt", "", "Old"]
    )
    loop.move_topic(actor=manager, topic=topic, status="accepted")
    with pytest.raises(InvalidError):
        loop.move_topic(actor=manager, topic=topic, status="doing")
    loop.edit_topic(
        actor=manager, topic=topic, cause="One belt for two flights", planned_change="Second belt"
    )
    loop.move_topic(actor=manager, topic=topic, status="doing")
    with pytest.raises(InvalidError):  # no day of review
        loop.move_topic(actor=manager, topic=topic, status="done")
    loop.move_topic(actor=manager, topic=topic, status="done", review_on=date(2027, 1, 5))
    with pytest.raises(InvalidError):
        loop.move_topic(
            actor=manager, topic=topic, status="checked", review_verdict="worked", review_result=" "
        )
    done = loop.move_topic(
        actor=manager, topic=topic, status="checked", review_verdict="worked", review_result="−40 % cases"
    )
    words = ("title_en", "title_zh", "said_en", "said_zh", "did_en", "did_zh")
    send_broadcast(actor=manager, topic=topic, **dict.fromkeys(words, "x"))
    assert [link.there for link in chain(done)] == [True] * 7
    assert done.whys == ["One belt", "Old"]
    assert evidence_counts(done)["cases"] == 1
    with pytest.raises(ConflictError):
        loop.edit_topic(actor=manager, topic=topic, cause="another")
    assert Notification.objects.filter(user=owner, url=f"/topics/{topic}/").count() == 1


def test_steps_cannot_be_jumped_and_a_decline_needs_its_reason(company: Any) -> None:
    manager = company.actor("cx_manager")
    topic = loop.raise_topic(actor=manager, title="Too cold").key
    with pytest.raises(ConflictError):
        loop.move_topic(
            actor=manager, topic=topic, status="checked", review_verdict="worked", review_result="x"
        )
    with pytest.raises(InvalidError):
        loop.move_topic(actor=manager, topic=topic, status="declined")
    assert (
        loop.move_topic(actor=manager, topic=topic, status="declined", reason="Not ours").reason == "Not ours"
    )


def test_voices_of_another_site_or_of_nobody_cannot_be_linked(company: Any, live_survey: Any) -> None:
    from peakend.server.answering.models import Response

    supervisor = company.actor("north.supervisor")
    topic = loop.raise_topic(actor=supervisor, title="Queue").key
    case(company, 5, site="south")
    secret = live_survey(anonymous=True)
    response = Response.objects.create(
        survey=secret,
        version=secret.current,
        site=company.sites["north"],
        language="en",
        channel="link",
        state="completed",
        started_at=clock.now(),
    )
    for asked in ({"cases": ["5"]}, {"responses": [response.key]}):
        with pytest.raises(InvalidError):
            loop.add_evidence(actor=supervisor, topic=topic, **asked)
    with pytest.raises(NotFoundError):
        get_topic(company.actor("south.supervisor"), topic)


def test_causes_are_counted_with_share_and_interval(company: Any) -> None:
    now = clock.now()
    for n in range(12):
        case(company, n + 1, cause="belt" if n < 9 else "crew", status="closed", closed_at=now)
    case(company, 99, site="south", cause="crew", status="closed", closed_at=now)
    found = pareto(company.actor("north.supervisor"), now - timedelta(days=1), now + timedelta(days=1))
    assert [(one.cause, one.cases, one.running) for one in found] == [("belt", 9, 0.75), ("crew", 3, 1.0)]
    assert found[0].share.low == pytest.approx(0.4677, abs=1e-3)  # Wilson of 9 in 12
    assert found[0].share.high == pytest.approx(0.9111, abs=1e-3)


def second_manager() -> Any:
    from peakend.server.acting.actors import Role
    from peakend.server.people.acting import actor_of_user

    return actor_of_user(User.objects.create_user("second@example.com", "second", Role.CX_MANAGER, "x"))


@pytest.mark.parametrize(
    ("company_effect", "customer_effect", "verdict"),
    [(1, 1, "win_win"), (1, 0, "trade_off"), (-1, 1, "trade_off"), (0, 0, "lose_lose"), (0, -1, "lose_lose")],
)
def test_a_change_is_judged_by_both_sides(
    company: Any, company_effect: int, customer_effect: int, verdict: str
) -> None:
    change = loop.ask_change(
        actor=company.actor("cx_manager"),
        title="Charge for water",
        company_benefit="saves",
        company_effect=company_effect,
        customer_benefit="none",
        customer_effect=customer_effect,
    )
    assert change.verdict == verdict
    with pytest.raises(NotAllowedError):  # one's own
        loop.decide_change(actor=company.actor("cx_manager"), change=change.key, approve=True, note="why")
    other = second_manager()
    if verdict == "lose_lose":
        with pytest.raises(ConflictError):
            loop.decide_change(actor=other, change=change.key, approve=True, note="please")
        assert (
            loop.decide_change(actor=other, change=change.key, approve=False, note="no").status == "refused"
        )
        return
    if verdict == "trade_off":
        with pytest.raises(InvalidError):
            loop.decide_change(actor=other, change=change.key, approve=True)
    assert loop.decide_change(actor=other, change=change.key, approve=True, note="why").status == "approved"
    with pytest.raises(ConflictError):
        loop.decide_change(actor=other, change=change.key, approve=False, note="no")


def test_a_topic_waits_for_the_approval_of_its_change(company: Any) -> None:
    manager = company.actor("cx_manager")
    topic = loop.raise_topic(actor=manager, title="Queue").key
    loop.edit_topic(
        actor=manager,
        topic=topic,
        owner=company.users["cx_manager"].key,
        department="Ops",
        cause="c",
        planned_change="p",
    )
    loop.move_topic(actor=manager, topic=topic, status="accepted")
    change = loop.ask_change(
        actor=manager,
        title="Second desk",
        topic=topic,
        company_benefit="less calls",
        company_effect=1,
        customer_benefit="less waiting",
        customer_effect=1,
    )
    with pytest.raises(ConflictError):
        loop.move_topic(actor=manager, topic=topic, status="doing")
    loop.decide_change(actor=second_manager(), change=change.key, approve=True)
    assert loop.move_topic(actor=manager, topic=topic, status="doing").status == "doing"


def test_a_cycle_passes_every_stage_and_closes_with_a_result(company: Any) -> None:
    manager = company.actor("cx_manager")
    cycle = loop.open_cycle(actor=manager, name="Spring").key
    topic = loop.raise_topic(actor=manager, title="Queue").key
    loop.edit_topic(actor=manager, topic=topic, cycle=cycle)
    with pytest.raises(ConflictError):
        loop.finish_stage(actor=manager, cycle=cycle, stage="review", evidence="too soon")
    for stage in ("listen", "select", "allocate", "act"):
        loop.finish_stage(actor=manager, cycle=cycle, stage=stage, evidence=f"{stage} done")
    with pytest.raises(InvalidError):
        loop.finish_stage(actor=manager, cycle=cycle, stage="review", evidence="  ")
    with pytest.raises(ConflictError):  # its topic is open
        loop.finish_stage(actor=manager, cycle=cycle, stage="review", evidence="NPS +3")
    loop.move_topic(actor=manager, topic=topic, status="declined", reason="no")
    closed = loop.finish_stage(actor=manager, cycle=cycle, stage="review", evidence="NPS +3")
    assert (closed.stage, closed.stages.count()) == ("closed", 5)
    assert closed.closed_at is not None


def test_the_api_does_what_the_page_does(client: Any, token_of: Callable[..., Any]) -> None:
    headers = token_of("cx_manager")
    made = client.post("/api/v1/topics", {"title": "Queue"}, content_type="application/json", headers=headers)
    assert made.status_code == 201
    key = made.json()["key"]
    patch = client.patch(
        f"/api/v1/topics/{key}",
        {"cause": "One desk", "whys": ["a"]},
        content_type="application/json",
        headers=headers,
    )
    assert (patch.json()["cause"], patch.json()["whys"]) == ("One desk", ["a"])
    refused = client.post(
        f"/api/v1/topics/{key}/status",
        {"status": "accepted"},
        content_type="application/json",
        headers=headers,
    )
    assert refused.status_code == 422
    assert refused["Content-Type"].startswith("application/problem+json")
    scoped = token_of("cx_manager", "improvement.topics")
    assert client.get("/api/v1/topics", headers=scoped).json()["items"][0]["key"] == key
    assert client.get("/api/v1/changes", headers=scoped).status_code == 403
    assert client.get("/api/v1/topics").status_code == 401
