"""The customer's tier as a cut: filter, table, list, file, view and API say the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.boards.behind import answered
from peakend.server.boards.dashboards import dashboard
from peakend.server.boards.folding import fold
from peakend.server.boards.models import ScoreCell
from peakend.server.boards.options import choices, read_options
from peakend.server.boards.subjects import get_board
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import holders

if TYPE_CHECKING:
    from peakend.server.surveys.models import Survey
    from server.conftest import Company

pytestmark = pytest.mark.django_db


def respond(survey: Survey, company: Company, scores: list[int], tier: str, **fields: Any) -> list[Response]:
    return Response.objects.bulk_create(
        Response(
            survey=survey,
            version=survey.current,
            site=company.sites[fields.get("site", "north")],
            team=company.teams[fields.get("site", "north")],
            touchpoint=company.touchpoints["lounge"],
            language="en",
            channel="email",
            tier=tier,
            customer=fields.get("customer"),
            state="completed",
            answers={
                "recommend": {"state": "answered", "score": score},
                "why": {"state": "answered", "text": "words"},
            },
            started_at=clock.now(),
            completed_at=clock.now(),
        )
        for score in scores
    )


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """One moment, in the middle of a week in every time zone."""
    with clock.at(datetime(2026, 9, 16, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def survey(company: Company, live_survey: Callable[..., Survey]) -> Survey:
    """Gold, basic and none stated; some folded, some not."""
    made = live_survey()
    respond(made, company, [10] * 12 + [0] * 3, "gold")
    respond(made, company, [10] * 20, "basic", site="south")
    fold()
    respond(made, company, [0] * 11, "")
    respond(made, company, [0], "gold", site="south")
    return made


@pytest.mark.parametrize("unit", ["week", "month", "quarter"])
def test_the_list_behind_a_tier_has_as_many_answers_as_its_row_says(
    company: Company, survey: Survey, unit: str
) -> None:
    actor = company.actor("cx_manager")
    board = get_board(actor, survey.key)
    shown = dashboard(actor, board, read_options(actor, board, {"unit": unit}))
    (part,) = [part for part in shown.parts if part.cut == "tier"]
    assert {row.value.code: row.score.n for row in part.rows} == {"gold": 16, "basic": 20, "-": 11}
    assert [row.value.name for row in part.rows] == ["none stated", "gold", "basic"]
    for row in part.rows:
        narrower = read_options(actor, board, {"unit": unit, "tier": row.value.code})
        assert answered(actor, board, narrower).count() == row.score.n
        cut = dashboard(actor, board, narrower)
        assert cut.score is not None
        assert (cut.score.n, cut.score.value) == (row.score.n, row.score.value)
        assert "tier" not in [part.cut for part in cut.parts]
        # The filter still offers the others.
        offered = [one.code for one in choices(actor, "tier", board, narrower)]
        assert offered == ["basic", "gold", "-"]


def test_a_filter_of_tiers_is_offered_only_where_there_are_some_and_within_reach(
    company: Company, survey: Survey, live_survey: Callable[..., Survey]
) -> None:
    without = live_survey()
    respond(without, company, [9] * 12, "")
    actor = company.actor("cx_manager")
    board = get_board(actor, without.key)
    assert choices(actor, "tier", board, read_options(actor, board, {})) == []
    north = company.actor("north.supervisor")
    board = get_board(north, survey.key)
    offered = choices(north, "tier", board, read_options(north, board, {}))
    assert [one.code for one in offered] == ["gold", "-"]


def test_page_files_api_and_views_know_the_tier(
    company: Company,
    survey: Survey,
    client_of: Callable[[str], Client],
    token_of: Callable[..., dict[str, str]],
) -> None:
    client = client_of("cx_manager")
    page = client.get(f"/dashboards/{survey.key}/?tier=gold").content.decode()
    assert '<option value="gold" selected>gold</option>' in page
    assert "n = 16" in page
    assert (
        "按客户等级"
        in client.get(f"/dashboards/{survey.key}/", headers={"accept-language": "zh-CN"}).content.decode()
    )
    behind = client.get(f"/dashboards/{survey.key}/answers/?tier=-").content.decode()
    assert "Customer tier: none stated" in behind
    files = client.get(f"/dashboards/{survey.key}/answers.csv?tier=gold")
    text = b"".join(files.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert [row["tier"] for row in csv.DictReader(io.StringIO(text))] == ["gold"] * 16
    figures = client.get(f"/dashboards/{survey.key}/figures.csv")
    text = b"".join(figures.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    told = {row["value"]: row["n"] for row in csv.DictReader(io.StringIO(text)) if row["cut"] == "tier"}
    assert told == {"gold": "16", "basic": "20", "none stated": "11"}
    headers = token_of("cx_manager")
    body = client_of("").get(f"/api/v1/scores?survey={survey.key}&tier=basic", headers=headers).json()
    assert [one["score"]["n"] for one in body["scores"]] == [20]
    listed = (
        client_of("").get(f"/api/v1/scores/answers?survey={survey.key}&tier=gold", headers=headers).json()
    )
    assert (listed["count"], {one["tier"] for one in listed["items"]}) == (16, {"gold"})
    client.post("/dashboards/views/save/", {"name": "Gold", "board": survey.key, "tier": "gold"})
    (view,) = client_of("").get("/api/v1/views", headers=headers).json()["items"]
    assert view["filters"]["tier"] == "gold"
    assert client.get(f"/dashboards/{survey.key}/?tier=nobody").status_code == 200


def test_an_erased_customer_leaves_no_tier_and_the_counts_follow(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey()
    known = Customer.objects.create(customer_id="C-1", name="Guest", tier="gold")
    respond(survey, company, [9], "gold", customer=known)
    fold()
    with transaction.atomic():
        for holder in reversed(holders()):
            holder.erase(known)
    assert Response.objects.get().tier == ""
    assert not ScoreCell.objects.exists()
    fold()
    assert set(ScoreCell.objects.values_list("tier", flat=True)) == {""}
    assert set(ScoreCell.objects.values_list("question", flat=True)) == {"", "recommend"}
