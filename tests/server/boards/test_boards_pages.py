"""Pages, lists, files and the API show the same figures, and only what the reader reaches."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.models import AuditEntry
from peakend.server.answering.models import Response
from peakend.server.boards import snapshots
from peakend.server.boards.behind import answered
from peakend.server.boards.dashboards import dashboard
from peakend.server.boards.folding import fold
from peakend.server.boards.models import SavedView
from peakend.server.boards.options import read_options, today
from peakend.server.boards.overview import overview
from peakend.server.boards.periods import period_of
from peakend.server.boards.subjects import get_board
from peakend.server.cases.models import Case
from peakend.server.channels.models import Invitation
from peakend.server.customers.models import Consent, Customer

if TYPE_CHECKING:
    from peakend.server.surveys.models import Survey
    from server.conftest import Company

pytestmark = pytest.mark.django_db


def respond(
    survey: Survey,
    company: Company,
    scores: list[int],
    *,
    site: str = "north",
    days: float = 0,
    **fields: Any,
) -> list[Response]:
    at = clock.now() - timedelta(days=days)
    words = fields.pop("words", "")
    return Response.objects.bulk_create(
        Response(
            survey=survey,
            version=survey.current,
            site=company.sites[site],
            team=company.teams[site],
            touchpoint=company.touchpoints[fields.get("touchpoint", "lounge")],
            language="en",
            channel="qr",
            state="completed",
            customer=fields.get("customer"),
            flags=fields.get("flags", []),
            answers={
                "recommend": {"state": "answered", "score": score},
                "why": {"state": "answered", "text": words},
            },
            started_at=at,
            completed_at=at,
        )
        for score in scores
    )


def last_month() -> float:
    """Days back to the middle of the month before."""
    start = period_of(today(), "month").before.start
    return (clock.now().date() - start).days - 14


def test_the_list_behind_a_number_has_as_many_answers_as_the_number_says(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey()
    chance = random.Random(4)
    for site in ("north", "south"):
        for point in ("lounge", "cabin"):
            respond(survey, company, [chance.randint(0, 10) for _ in range(15)], site=site, touchpoint=point)
    respond(survey, company, [3] * 4, flags=["robot"])
    fold(40)
    for who, sites in (("cx_manager", {"north", "south"}), ("north.supervisor", {"north"})):
        actor = company.actor(who)
        board = get_board(actor, survey.key)
        for given in ({}, {"touchpoint": "lounge"}, {"channel": "qr", "language": "en"}):
            options = read_options(actor, board, given)
            shown = dashboard(actor, board, options)
            assert shown.score is not None
            rows = answered(actor, board, options)
            assert shown.score.n == rows.count() == 15 * len(sites) * (1 if "touchpoint" in given else 2)
            assert {row.site.code for row in rows} == sites
            for score, n in shown.score.tally.items():
                assert answered(actor, board, options, score=score).count() == n
            for part in shown.parts:
                for row in part.rows:
                    narrower = read_options(actor, board, {**given, part.cut: row.value.code})
                    assert answered(actor, board, narrower).count() == row.score.n
        assert shown.robots == 4


def test_figures_say_base_interval_and_verdict_and_small_bases_nothing(
    company: Company, live_survey: Callable[..., Survey], client_of: Callable[[str], Client]
) -> None:
    survey = live_survey()
    respond(survey, company, [10] * 60 + [3] * 20, days=last_month())
    respond(survey, company, [10] * 20 + [3] * 60)
    respond(survey, company, [9] * 5, site="south")
    fold()
    page = client_of("cx_manager").get(f"/dashboards/{survey.key}/").content.decode()
    assert "n = 85" in page
    assert "95 %" in page
    assert "worse: was 50" in page
    assert "fewer than 10 answers" in page
    chinese = client_of("cx_manager").get(f"/dashboards/{survey.key}/", headers={"accept-language": "zh-CN"})
    assert "不足 10 份答案" in chinese.content.decode()
    home = client_of("cx_manager").get("/").content.decode()
    assert "fell: NPS from 50 to" in home


def test_a_start_page_says_plainly_when_nothing_moved(
    company: Company, live_survey: Callable[..., Survey], client_of: Callable[[str], Client]
) -> None:
    assert "Nobody has answered yet" in client_of("cx_manager").get("/").content.decode()
    survey = live_survey()
    respond(survey, company, [10, 3] * 20, days=last_month())
    respond(survey, company, [10, 3] * 20)
    assert overview(company.actor("cx_manager")).changes == ()
    assert "Nothing moved beyond chance since" in client_of("cx_manager").get("/").content.decode()


def test_the_front_line_sees_its_own_cases_first_and_its_team_only(
    company: Company, live_survey: Callable[..., Survey], client_of: Callable[[str], Client]
) -> None:
    survey = live_survey()
    respond(survey, company, [9] * 12, words="north words")
    respond(survey, company, [2] * 12, site="south", words="south words")
    owner, now = company.users["north.front_line"], clock.now()
    for number, hours in ((1, 5), (2, -1), (3, 2)):
        Case.objects.create(
            number=number, title=f"case {number}", owner=owner, site=company.sites["north"],
            opened_at=now, next_due_at=now + timedelta(hours=hours),
        )  # fmt: skip
    page = client_of("north.front_line").get("/").content.decode()
    assert page.index("case 2") < page.index("case 3") < page.index("case 1")
    assert "One of your cases is overdue" in page
    assert "n = 12" in page
    assert "north words" in page
    assert "south words" not in page
    assert "case 1" not in client_of("south.front_line").get("/").content.decode()


def test_words_are_escaped_searched_and_within_reach(
    company: Company, live_survey: Callable[..., Survey], client_of: Callable[[str], Client]
) -> None:
    survey = live_survey()
    respond(survey, company, [2] * 2, words="<script>alert(1)</script> queue")
    respond(survey, company, [2] * 2, words="lovely")
    page = client_of("cx_manager").get(f"/dashboards/{survey.key}/words/?search=QUEUE").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "lovely" not in page
    assert (
        "queue" not in client_of("south.supervisor").get(f"/dashboards/{survey.key}/words/").content.decode()
    )


def test_files_hold_no_formula_and_the_audit_tells_of_them(
    company: Company, live_survey: Callable[..., Survey], client_of: Callable[[str], Client]
) -> None:
    survey = live_survey()
    respond(survey, company, [2] * 12, words="=1+1")
    answer = client_of("north.supervisor").get(f"/dashboards/{survey.key}/answers.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["words"] for row in rows] == ["'=1+1"] * 12
    assert AuditEntry.objects.filter(action="boards.take", data__rows=12).count() == 1
    assert client_of("north.front_line").get(f"/dashboards/{survey.key}/answers.csv").status_code == 403
    figures = client_of("analyst").get(f"/dashboards/{survey.key}/figures.csv")
    assert b"nps" in b"".join(figures.streaming_content)  # type: ignore[attr-defined]


def test_other_sites_are_out_of_reach_by_filter_and_by_api(
    company: Company,
    live_survey: Callable[..., Survey],
    client_of: Callable[[str], Client],
    token_of: Callable[..., dict[str, str]],
) -> None:
    survey = live_survey()
    respond(survey, company, [9] * 20)
    respond(survey, company, [1] * 30, site="south")
    assert client_of("north.supervisor").get(f"/dashboards/{survey.key}/?site=south").status_code == 404
    headers = token_of("north.supervisor")
    stranger = client_of("")
    body = stranger.get(f"/api/v1/scores?survey={survey.key}", headers=headers).json()
    assert [one["score"]["n"] for one in body["scores"]] == [20]
    assert stranger.get(f"/api/v1/scores?survey={survey.key}&site=south", headers=headers).status_code == 404
    listed = stranger.get(f"/api/v1/scores/answers?survey={survey.key}&limit=15", headers=headers).json()
    assert (listed["count"], len(listed["items"])) == (20, 15)
    more = stranger.get(
        f"/api/v1/scores/answers?survey={survey.key}&cursor={listed['next']}", headers=headers
    ).json()
    assert len(more["items"]) == 5
    assert stranger.get(f"/api/v1/scores?survey={survey.key}").status_code == 401
    for bad in ("period=2026-13", "period=2026-W60", "unit=day", "period=x"):
        assert stranger.get(f"/api/v1/scores?survey={survey.key}&{bad}", headers=headers).status_code == 422
    assert stranger.get(f"/api/v1/scores?survey={survey.key}&item=none", headers=headers).status_code == 404
    assert stranger.get("/api/v1/start", headers=headers).json()["responses"] == 20


def test_a_site_of_its_own_has_a_survey_of_its_own(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(site=company.sites["south"])
    assert [board.key for board in _boards(company, "south.front_line")] == [survey.key]
    assert _boards(company, "north.supervisor") == []


def _boards(company: Company, who: str) -> list[Any]:
    from peakend.server.boards.subjects import boards

    return boards(company.actor(who))


def test_views_are_private_until_shared_and_one_opens_first(
    company: Company,
    live_survey: Callable[..., Survey],
    client_of: Callable[[str], Client],
    token_of: Callable[..., dict[str, str]],
) -> None:
    survey = live_survey()
    manager, front = client_of("cx_manager"), client_of("north.front_line")
    given = {"name": "Lounge", "board": survey.key, "touchpoint": "lounge", "next": "https://evil.example/"}
    saved = manager.post("/dashboards/views/save/", given)
    assert saved.headers["Location"].startswith("/dashboards/")
    assert front.get("/dashboards/").status_code == 200
    manager.post("/dashboards/views/save/", {**given, "role": "front_line", "default": "on"})
    view = SavedView.objects.get()
    opened = front.get("/dashboards/", follow=True)
    assert opened.redirect_chain[-1][0] == f"/dashboards/{survey.key}/?touchpoint=lounge"
    assert client_of("analyst").get(f"/dashboards/views/{view.key}/").status_code == 404
    assert front.post(f"/dashboards/views/{view.key}/remove/").status_code == 404
    assert front.post("/dashboards/views/save/", {**given, "role": "everybody"}).status_code == 403
    headers = token_of("cx_manager")
    body = {"name": "Second", "survey": survey.key, "role": "front_line", "default": True}
    api = client_of("")
    made = api.post("/api/v1/views", body, content_type="application/json", headers=headers)
    assert made.status_code == 201
    assert [one.name for one in SavedView.objects.filter(default=True)] == ["Second"]
    assert api.delete(f"/api/v1/views/{made.json()['key']}", headers=headers).status_code == 204
    assert (
        api.post(
            "/api/v1/views",
            {**body, "filters": {"site": "none"}},
            content_type="application/json",
            headers=headers,
        ).status_code
        == 404
    )


TABLES = {
    "customers": "'C1' as customer_id, date '2020-05-01' as joined_on, 'Oslo' as city",
    "transactions": """
        't' || i as transaction_id, 'o' || i as order_id, 'C1' as customer_id, 'sale' as kind,
        'ticket' as product_id, timestamp '2026-01-01' as at, 10.5::decimal(18, 4) as revenue,
        'EUR' as currency, 'web' as channel from range(3) t(i)
    """,
    "customer_profit": "'C1' as customer_id, 7.25::decimal(18, 4) as profit, 'EUR' as currency",
    "memberships": """
        'm1' as membership_id, 'C1' as customer_id, 'Miles' as programme, 'gold' as tier,
        date '2020-01-01' as joined_on, null::date as left_on
    """,
    "points": "'m1' as membership_id, i * 100 as amount from range(4) t(i)",
}


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A small copy of the warehouse."""
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as made:
        for name, columns in TABLES.items():
            made.execute(f"create table {name} as select {columns}")
    monkeypatch.setattr(snapshots, "newest", lambda: path)
    return path


def test_everything_about_a_customer_on_one_page(
    company: Company,
    live_survey: Callable[..., Survey],
    client_of: Callable[[str], Client],
    token_of: Callable[..., dict[str, str]],
    snapshot: Path,
) -> None:
    survey = live_survey()
    one = Customer.objects.create(
        customer_id="C1", name="Guest", email="guest@example.com", site=company.sites["north"]
    )
    respond(survey, company, [2], customer=one, words="no <b>seat</b>")
    respond(survey, company, [9], customer=one, site="south", words="elsewhere")
    Case.objects.create(
        number=1, title="No seat", customer=one, site=company.sites["north"], opened_at=clock.now()
    )
    Consent.objects.create(
        customer=one, purpose="marketing", status="given", at=clock.now() - timedelta(days=2)
    )
    Consent.objects.create(customer=one, purpose="marketing", status="withdrawn", at=clock.now())
    page = client_of("north.supervisor").get("/customers/C1/").content.decode()
    for there in (
        "Guest",
        "no &lt;b&gt;seat",
        "No seat",
        "withdrawn",
        "EUR 31.50",
        "EUR 7.25",
        "gold",
        "600",
        "1 May 2020",
        "Not yet computed: Value and Buying",
    ):
        assert there in page, there
    assert "elsewhere" not in page
    assert "elsewhere" in client_of("cx_manager").get("/customers/C1/").content.decode()
    assert "EUR 7.25" not in client_of("north.front_line").get("/customers/C1/").content.decode()
    assert client_of("south.supervisor").get("/customers/C1/").status_code == 404
    assert client_of("analyst").get("/customers/C1/").status_code == 403
    client_of("north.supervisor").get("/customers/C1/")
    mine = AuditEntry.objects.filter(action="boards.customer", actor_id=company.users["north.supervisor"].pk)
    assert mine.count() == 1
    body = client_of("").get("/api/v1/customers/C1/360", headers=token_of("cx_manager")).json()
    assert {part["name"]: part["computed"] for part in body["warehouse"]} == {
        "customers": True, "transactions": True, "lifetime_values": False, "customer_profit": True,
        "rfm_customers": False, "memberships": True,
    }  # fmt: skip


def test_without_a_snapshot_the_customer_page_says_so(
    company: Company, client_of: Callable[[str], Client]
) -> None:
    Customer.objects.create(customer_id="C/2", name="Guest")
    page = client_of("cx_manager").get("/customers/C/2/").content.decode()
    assert "made no snapshot yet" in page
    assert "Nothing is analysed yet" in client_of("cx_manager").get("/analyses/").content.decode()
    assert client_of("cx_manager").get("/analyses/report/en/").status_code == 404


def test_the_report_is_served_without_rights_to_act(
    company: Company, client_of: Callable[[str], Client], settings: Any
) -> None:
    path = Path(settings.HOME.folder) / "report-en.html"
    path.write_text("<h1>Report</h1>", "utf-8")
    try:
        found = client_of("analyst").get("/analyses/report/en/")
        assert b"Report" in b"".join(found.streaming_content)  # type: ignore[attr-defined]
        assert "sandbox" in found.headers["Content-Security-Policy"]
        assert client_of("north.supervisor").get("/analyses/report/en/").status_code == 404
        assert client_of("north.front_line").get("/analyses/report/en/").status_code == 403
        assert client_of("analyst").get("/analyses/report/..%2Fsecret_key/").status_code == 404
    finally:
        path.unlink()


def test_asking_again_and_again_is_one_line_of_what_happened(
    company: Company, live_survey: Callable[..., Survey], client_of: Callable[[str], Client]
) -> None:
    customer = Customer.objects.create(customer_id="C/3", name="Asked Often", language="en")
    survey, now = live_survey(), clock.now()
    for days in (1, 20, 40):
        Invitation.objects.create(
            **{"survey": survey, "customer": customer, "channel": "email", "digest": f"{days:064}"},
            **{"status": "sent", "due_at": now, "sent_at": now - timedelta(days=days)},
        )
    page = client_of("cx_manager").get("/customers/C/3/", headers={"accept-language": "en"}).content.decode()
    assert page.count("Invited to") == 1
    assert "3 times, the last time" in page
    assert "/care/for/C/3/" in page, "what suits the customer is one step away"
    assert client_of("cx_manager").get("/care/for/C/3/").status_code == 200
