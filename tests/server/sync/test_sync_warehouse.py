"""What happens on the site is in the warehouse, each row once, and the analyses read it right."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.channels.models import Invitation
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.sync import syncing
from peakend.server.sync.opening import opened
from peakend.warehouse.warehouse import Warehouse
from peakend.workspace import Workspace
from server.sync.conftest import customer_of, rows_of

pytestmark = pytest.mark.django_db


def settled() -> int:
    """Sync until nothing is left; the rows that moved."""
    moved = 0
    while True:
        done = syncing.sync()
        moved += done
        if not done:
            return moved


def test_every_answer_is_there_once_and_a_second_sync_changes_nothing(
    answered: Callable[..., Any], reading: Callable[[], Any]
) -> None:
    made = answered(60)
    assert settled() > 60
    assert not syncing.responses_waiting().exists()
    with reading() as engine:
        responses = {row["response_id"]: row for row in rows_of(engine, "responses")}
        answers = rows_of(engine, "answers")
        versions = rows_of(engine, "table_versions")
    assert len(responses) == len(made)
    assert {row["customer_id"] for row in responses.values()} == {one.customer.customer_id for one in made}
    # Twelve answers, and the two options of the multiple choice are two questions.
    assert len(answers) == 60 * 13
    assert syncing.sync() == 0
    # As after a kill between the commit there and the mark here: all of it comes again and changes nothing.
    syncing.resync()
    assert settled() == 0
    with reading() as engine:
        assert rows_of(engine, "table_versions") == versions
        assert len(rows_of(engine, "answers")) == 60 * 13


def test_answers_say_what_was_answered(answered: Callable[..., Any], reading: Callable[[], Any]) -> None:
    one = answered(1)[0]
    one.answers = {
        "recommend": {"state": "answered", "score": 9},
        "overall": {"state": "not_used"},
        "prompt": {"state": "answered", "score": 3},
        "prompt.expectation": {"state": "answered", "score": 7},
        "parts.staff": {"state": "no_answer"},
        "used": {"state": "answered", "choice": ["wifi"]},
        "seat": {"state": "answered", "choice": "aisle"},
        "why": {"state": "answered", "text": "good service"},
    }
    one.save()
    # Whose tier rose since answered as what they were.
    Customer.objects.filter(pk=one.customer_id).update(tier="platinum")
    settled()
    key = one.survey.key
    with reading() as engine:
        found = {
            row["question_id"]: (row["state"], row["score"], row["choice"], row["text"])
            for row in rows_of(engine, "answers")
        }
        questions = {row["question_id"]: row for row in rows_of(engine, "questions")}
        (response,) = rows_of(engine, "responses")
        cuts = {(row["segmentation"], row["segment"]) for row in rows_of(engine, "segment_members")}
        events = rows_of(engine, "interactions")
    assert found == {
        "recommend": ("answered", 9.0, None, None),
        f"{key}.overall": ("not_used", None, None, None),
        f"{key}.prompt": ("answered", 3.0, None, None),
        f"{key}.prompt.expectation": ("answered", 7.0, None, None),
        f"{key}.parts.staff": ("no_answer", None, None, None),
        f"{key}.used.bar": ("answered", None, None, None),
        f"{key}.used.wifi": ("answered", None, "wifi", None),
        f"{key}.seat": ("answered", None, "aisle", None),
        f"{key}.why": ("answered", None, None, "good service"),
    }
    assert questions[f"{key}.prompt.expectation"]["metric"] == "expectation"
    pair = json.loads(questions[f"{key}.prompt.expectation"]["attributes"])
    assert pair["pairs_with"] == f"{key}.prompt"
    assert questions[f"{key}.parts.food"]["text_zh"] == "评价 – 餐食"
    assert questions["recommend"]["overall"] is True
    assert {name for name, _ in cuts} == {"site", "team", "tier", "language", "channel"}
    assert ("tier", "gold") in cuts
    (event,) = events
    assert response["event_id"] == event["event_id"]
    assert event["touchpoint_id"] == one.touchpoint.code


def test_an_anonymous_answer_names_nobody(
    answered: Callable[..., Any], live_survey: Callable[..., Any], reading: Callable[[], Any]
) -> None:
    from server.sync.conftest import WHOLE

    survey = live_survey(WHOLE, anonymous=True)
    customer = customer_of("C-secret", tier="platinum")
    now = clock.now()
    event = Interaction.objects.create(event_id="E-secret", customer=customer, at=now)
    invitation = Invitation.objects.create(
        survey=survey,
        customer=customer,
        channel="email",
        digest="d" * 64,
        status="completed",
        due_at=now,
        sent_at=now,
    )
    # Even where the row itself held them, which answering never stores.
    answered(3, survey=survey, employee_id="E-7")
    Response.objects.filter(key="r1-0").update(
        customer=customer, tier="platinum", invitation=invitation, interaction=event
    )
    settled()
    with reading() as engine:
        responses = rows_of(engine, "responses")
        whole = json.dumps(
            [rows_of(engine, name) for name in ("responses", "answers", "segment_members", "invitations")],
            default=str,
        )
        assert rows_of(engine, "surveys")[0]["anonymous"] is True
    assert len(responses) == 3
    for secret in ("C-secret", "E-secret", "platinum", "E-7"):
        assert secret not in whole
    assert {row["invitation_id"] for row in responses} == {None}


def test_robots_and_unfinished_answers_stay_out(
    answered: Callable[..., Any], reading: Callable[[], Any]
) -> None:
    answered(3, seed=1)
    answered(2, seed=2, state="partial", completed_at=None)
    answered(2, seed=3, flags=["robot"])
    answered(1, seed=4, flags=["speeder"])
    settled()
    with reading() as engine:
        found = {row["response_id"]: row["attributes"] for row in rows_of(engine, "responses")}
    assert set(found) == {"r1-0", "r1-1", "r1-2", "r4-0"}
    assert json.loads(found["r4-0"])["flags"] == ["speeder"]
    assert not syncing.waits()
    Response.objects.filter(key="r2-0").update(state="completed", completed_at=clock.now())
    settled()
    with reading() as engine:
        assert "r2-0" in {row["response_id"] for row in rows_of(engine, "responses")}


def test_changes_follow_and_what_was_said_before_is_kept(
    company: Any, home: Any, reading: Callable[[], Any]
) -> None:
    from peakend.warehouse.history import as_of

    customer = customer_of("C-1")
    Consent.objects.create(customer=customer, purpose="survey", status="given", at=clock.now())
    settled()
    before = clock.now().replace(tzinfo=None)
    customer.email, customer.name = "", "Someone Else"
    customer.save()
    assert settled() > 0
    with reading() as engine:
        assert rows_of(engine, "customers")[0]["name"] == "Someone Else"
        assert [row["kind"] for row in rows_of(engine, "identities")] == ["phone"]
        past = as_of(engine, "customers", ["C-1"], before)
        assert past is not None
        assert past["name"] == "Guest C-1"
        assert len(rows_of(engine, "consents")) == 1
    company.sites["north"].name = "North, renamed"
    company.sites["north"].save()
    assert settled() == 1


def test_an_invitation_follows_its_status(
    company: Any, home: Any, live_survey: Callable[..., Any], reading: Callable[[], Any]
) -> None:
    now, survey = clock.now(), live_survey()
    common = {"survey": survey, "channel": "email", "due_at": now}
    sent = Invitation.objects.create(
        **common, customer=customer_of("C-1"), digest="a" * 64, status="sent", sent_at=now
    )
    Invitation.objects.create(**common, customer=customer_of("C-2"), digest="b" * 64, status="waiting")
    settled()
    Invitation.objects.filter(pk=sent.pk).update(status="completed")  # no signal, no time of change
    assert settled() == 1
    with reading() as engine:
        assert [(row["invitation_id"], row["status"]) for row in rows_of(engine, "invitations")] == [
            (sent.key, "completed")
        ]


def test_an_event_that_is_committed_late_is_not_missed(
    company: Any, home: Any, reading: Callable[[], Any]
) -> None:
    """Another transaction took its number first and commits last, as PostgreSQL lets it."""
    for number in (1, 2, 4):
        Interaction.objects.create(pk=number, event_id=f"E{number}", at=clock.now())
    settled()
    Interaction.objects.create(pk=3, event_id="E3", at=clock.now())
    settled()
    with reading() as engine:
        assert {row["event_id"] for row in rows_of(engine, "interactions")} == {"E1", "E2", "E3", "E4"}
    for number in (20, 40):
        with clock.at(clock.now() + timedelta(minutes=number)):
            Interaction.objects.create(pk=number, event_id=f"E{number}", at=clock.now())
            settled()
    with reading() as engine:
        assert len(rows_of(engine, "interactions")) == 6


def test_what_a_customer_system_knows_is_not_wiped_out(
    company: Any, home: Any, reading: Callable[[], Any]
) -> None:
    import pyarrow as pa

    with opened() as engine:
        Workspace(Warehouse(engine)).add(
            "customers",
            pa.table({"customer_id": ["C-1"], "city": ["Shanghai"], "name": ["Lin"], "segment": ["vip"]}),
            source="crm",
        )
    customer_of("C-1", name="")
    settled()
    with reading() as engine:
        (row,) = rows_of(engine, "customers")
    assert (row["city"], row["name"], row["source"]) == ("Shanghai", "Lin", "crm")
    assert json.loads(row["attributes"])["segment"] == "vip"


def test_rows_follow_a_merge_of_customers(answered: Callable[..., Any], reading: Callable[[], Any]) -> None:
    from peakend.warehouse.identity.merges import merge_customers

    answered(4, seed=1)
    settled()
    with opened() as engine:
        merge_customers(engine, "C-1-0", "C-1-1", decided_by="test")
    Response.objects.filter(key="r1-1").update(synced=False)
    assert settled() == 0  # known under the customer it came with
    with reading() as engine:
        found = {row["response_id"]: row["customer_id"] for row in rows_of(engine, "responses")}
    assert found["r1-1"] == found["r1-0"] == "C-1-0"


def test_ten_thousand_answers_take_seconds(answered: Callable[..., Any], reading: Callable[[], Any]) -> None:
    answered(10_000)
    began = time.monotonic()
    settled()
    seconds = time.monotonic() - began
    print(f"10,000 responses brought over in {seconds:.1f} s")
    with reading() as engine:
        assert len(rows_of(engine, "responses")) == 10_000
    assert seconds < 60


def test_the_warehouse_locked_by_another_process_is_no_failure(
    answered: Callable[..., Any], home: Any
) -> None:
    answered(3)
    code = (
        "import sys; from peakend.engine import connect; e = connect(sys.argv[1]); "
        "print('in', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, home.warehouse], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdin is not None
    try:
        other.stdout.readline()
        assert syncing.sync() == 0
        assert syncing.responses_waiting().count() == 3
    finally:
        other.stdin.close()
        other.wait(30)
        other.stdout.close()
    assert syncing.sync() > 0


def brute(rows: list[Response], answer: str) -> list[float]:
    """The scores of one answer, from the operational rows."""
    return [
        float(row.answers[answer]["score"])
        for row in rows
        if row.answers.get(answer, {}).get("state") == "answered"
    ]


@pytest.fixture
def analysed(answered: Callable[..., Any]) -> tuple[list[Response], dict[str, list[dict[str, Any]]]]:
    """Answers of one month, brought over, and what the analyses found; of all segments together."""
    made = answered(400, completed_at=clock.now() - timedelta(days=1))
    settled()
    names = ("nps_by_touchpoint", "csat_by_touchpoint", "expectation_gaps")
    with opened() as engine:
        report = Workspace(Warehouse(engine)).run(
            only=["nps_by_touchpoint", "csat_by_touchpoint", "expectation_gaps"]
        )
        assert report.with_status("failed") == ()
        tables = {name: rows_of(engine, name) for name in names}
    for name, rows in tables.items():
        tables[name] = [
            row for row in rows if row["period_kind"] == "month" and row.get("segmentation", "all") == "all"
        ]
    return made, tables


def test_nps_agrees_with_the_operational_rows(analysed: Any) -> None:
    """A question about the whole stands for the whole, another for the touchpoint where it was asked."""
    made, tables = analysed
    asked: dict[tuple[str, str | None], list[float]] = {("recommend", None): brute(made, "recommend")}
    for code in ("checkin", "lounge", "cabin"):
        there = [row for row in made if row.touchpoint.code == code]
        asked[f"{made[0].survey.key}.here", code] = brute(there, "here")
    found = {(row["question_id"], row["touchpoint_id"]): row for row in tables["nps_by_touchpoint"]}
    assert set(found) == set(asked)
    for place, scores in asked.items():
        promoters, detractors = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
        assert found[place]["n"] == len(scores)
        assert found[place]["value"] == pytest.approx(100 * (promoters - detractors) / len(scores))


def test_satisfaction_agrees_with_the_operational_rows(analysed: Any) -> None:
    made, tables = analysed
    scores = brute(made, "overall")
    found = next(row for row in tables["csat_by_touchpoint"] if row["touchpoint_id"] is None)
    assert found["n"] == len(scores)
    assert found["value"] in (
        pytest.approx(sum(s >= 4 for s in scores) / len(scores)),
        pytest.approx(100 * sum(s >= 4 for s in scores) / len(scores)),
    )


def test_gaps_of_expectation_agree_with_the_operational_rows(analysed: Any) -> None:
    made, tables = analysed
    key = made[0].survey.key
    found = {row["item"]: row for row in tables["expectation_gaps"] if row["level"] == "item"}
    assert set(found) == {f"{key}.prompt", f"{key}.care"}
    for item in ("prompt", "care"):
        pairs = [
            (brute([row], f"{item}.expectation"), brute([row], item))
            for row in made
            if brute([row], f"{item}.expectation") and brute([row], item)
        ]
        gap = sum((met[0] - hoped[0]) * 100 / 6 for hoped, met in pairs) / len(pairs)
        assert found[f"{key}.{item}"]["n"] == len(pairs)
        assert found[f"{key}.{item}"]["gap"] == pytest.approx(gap)
