"""Answering at a place: by forms a browser sends, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peakend.server.acting import clock
from peakend.server.answering import limits
from peakend.server.answering.models import Response
from peakend.server.answering.signals import response_completed
from peakend.server.channels.models import Place
from peakend.server.channels.signals import QuotaFullError, response_completing
from peakend.server.surveys.models import Survey
from server.answering.questionnaires import LONG, fields_of

pytestmark = pytest.mark.django_db


def opened(survey: Survey, company: Any, kind: str = "qr", **more: Any) -> str:
    place = Place.objects.create(survey=survey, kind=kind, name="desk", site=company.sites["north"], **more)
    return f"/s/p/{place.key}/"


def test_an_answer_of_one_page_is_one_insert(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(), company)
    with CaptureQueriesContext(connection) as reading:
        page = client.get(path)
    assert not [one for one in reading.captured_queries if not one["sql"].upper().startswith("SELECT")]
    sent = fields_of(page) | {"q.recommend": "3", "q.why": " too slow\r\n"}
    answered = client.post(path, sent)
    assert (answered.status_code, "Thank you." in answered.content.decode()) == (200, True)
    (row,) = Response.objects.all()
    assert row.answers == {
        "recommend": {"state": "answered", "score": 3},
        "why": {"state": "answered", "text": "too slow"},
    }
    assert (row.state, row.channel, row.site_id) == ("completed", "qr", company.sites["north"].pk)
    with CaptureQueriesContext(connection) as again:
        client.post(path, sent | {"t": fields_of(client.get(path))["t"], "q.recommend": "9"})
    written = [one["sql"] for one in again.captured_queries if 'INSERT INTO "answering' in one["sql"]]
    assert len(written) == 1


def test_sending_the_same_form_twice_is_one_answer_and_another_content_is_told(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    heard: list[str] = []

    def listen(sender: object, response: Response, **_: object) -> None:
        heard.append(response.key)

    response_completed.connect(listen)
    try:
        path = opened(live_survey(), company)
        sent = fields_of(client.get(path)) | {"q.recommend": "3"}
        assert [client.post(path, sent).status_code for _ in range(3)] == [200, 200, 200]
        other = client.post(path, sent | {"q.recommend": "10"})
    finally:
        response_completed.disconnect(listen)
    assert other.status_code == 409
    assert "first answer was kept" in other.content.decode()
    assert len(heard) == 1
    assert Response.objects.get().answers["recommend"]["score"] == 3


@pytest.mark.parametrize(
    "bad", ["11", "-1", "٣", "1e1", "NaN", "0x1", "3.0", " 3", "9" * 5000, "\x00", "3\x00", "na", "None"]
)
def test_a_score_outside_its_scale_is_told_at_the_question(
    client: Client, company: Any, live_survey: Callable[..., Survey], bad: str
) -> None:
    path = opened(live_survey(), company)
    page = client.post(path, fields_of(client.get(path)) | {"q.recommend": bad, "q.why": "<b>kept</b>"})
    text = page.content.decode()
    assert page.status_code == 422
    assert 'href="#f-recommend"' in text
    assert 'id="f-recommend"' in text
    assert 'aria-describedby="e-recommend"' in text
    assert "&lt;b&gt;kept&lt;/b&gt;" in text
    assert not Response.objects.exists()


def test_hostile_forms_are_refused_and_store_nothing(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(), company)
    form = fields_of(client.get(path)) | {"q.recommend": "3"}
    twice = client.post(path, form | {"q.recommend": ["3", "4"]})
    stray = client.post(path, form | {"q.salary": "1"})
    forged = client.post(path, form | {"t": form["t"][:-2] + "xx"})
    foreign = client.post(opened(live_survey(), company), form)
    large = client.post(path, "q.why=" + "x" * 400_000, content_type="application/x-www-form-urlencoded")
    step = client.post(path, form | {"step": "7"})
    long = client.post(path, form | {"q.why": "x" * 2001})
    codes = [one.status_code for one in (twice, stray, forged, foreign, large, step, long)]
    assert codes == [422, 400, 400, 400, 413, 400, 422]
    assert not Response.objects.exists()
    assert client.put(path).status_code == 405


def test_wrong_and_closed_places_say_so(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    for wrong in ("nothing", "a%00b", "x" * 300, "🦄"):
        assert client.get(f"/s/p/{wrong}/").status_code == 404
    path = opened(live_survey(), company, active=False)
    assert client.get(path, headers={"accept-language": "zh-CN"}).status_code == 410
    assert "调查已结束" in client.get(path, headers={"accept-language": "zh-CN"}).content.decode()
    assert client.get(opened(live_survey(status="closed"), company)).status_code == 410


def test_a_receiver_that_raises_undoes_the_answer_and_a_full_quota_screens_it(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(), company)
    sent = fields_of(client.get(path)) | {"q.recommend": "3"}

    def broken(sender: object, **_: object) -> None:
        raise RuntimeError("no case")

    response_completed.connect(broken)
    try:
        with pytest.raises(RuntimeError):
            client.post(path, sent)
    finally:
        response_completed.disconnect(broken)
    assert not Response.objects.exists()

    def full(sender: object, **_: object) -> None:
        raise QuotaFullError("women under 30")

    response_completing.connect(full)
    try:
        page = client.post(path, sent)
        again = client.post(path, sent)
    finally:
        response_completing.disconnect(full)
    assert "already have enough" in page.content.decode()
    assert "already have enough" in again.content.decode()
    row = Response.objects.get()
    assert (row.state, row.completed_at) == ("screened", None)


def test_pages_are_kept_and_gone_on_with_in_the_same_browser(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(LONG), company)
    first = client.get(path)
    moved = client.post(path, fields_of(first) | {"q.recommend": "2", "q.visited": ["lounge", "shops"]})
    assert (moved.status_code, moved.headers["Location"]) == (303, f"{path}?step=1")
    row = Response.objects.get()
    assert (row.state, row.answers["recommend"]["score"]) == ("partial", 2)
    later = client.get(path)
    assert "You have begun" in later.content.decode()
    assert "What went wrong at Lounge, Shops?" in later.content.decode()
    back = client.post(path, fields_of(later) | {"go": "back", "q.wrong": "the queue"})
    assert back.headers["Location"] == f"{path}?step=0"
    before = client.get(back.headers["Location"])
    assert re.search(r'value="2" checked', before.content.decode())
    assert "new" not in Client().get(path).cookies
    # Another person at the same place begins anew.
    assert "You have begun" not in Client().get(path).content.decode()
    # Now a promoter: the question for the others is hidden, and what was said to it is dropped.
    on = client.post(path, fields_of(before) | {"q.recommend": "10", "q.visited": ["lounge"]})
    page = client.get(on.headers["Location"])
    done = client.post(path, fields_of(page) | {"q.areas.lounge": "5", "q.areas.shops": "na"})
    assert done.status_code == 200
    row = Response.objects.get()
    assert row.state == "completed"
    assert "wrong" not in row.answers
    assert row.answers["areas.shops"] == {"state": "not_used"}
    assert (
        client.post(path, fields_of(before) | {"q.recommend": "1", "q.visited": ["lounge"]}).status_code
        == 409
    )
    assert "You have begun" not in client.get(path).content.decode()


def test_without_cookies_the_pages_follow_each_other_by_the_form_alone(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(LONG), company, "embed", allowed_origin="https://shop.example")
    page = Client().get(path)
    assert not page.cookies
    assert "frame-ancestors https://shop.example" in page.headers["Content-Security-Policy"]
    second = Client().post(path, fields_of(page) | {"q.recommend": "9", "q.visited": ["shops"]})
    assert second.status_code == 200
    done = Client().post(path, fields_of(second) | {"q.areas.lounge": "4", "q.areas.shops": "4"})
    assert "Thank you" in done.content.decode()
    assert Response.objects.get().state == "completed"


def test_a_required_page_cannot_be_jumped_over(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(LONG), company, "embed")
    page = client.get(path)
    jumped = client.post(
        path, {"t": fields_of(page)["t"], "step": "2", "q.areas.lounge": "4", "q.areas.shops": "4"}
    )
    assert 'name="q.recommend"' in jumped.content.decode()
    assert Response.objects.get().state == "partial"


def test_flags_are_stored_with_the_answer(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    many = {
        **LONG,
        "pages": [
            {
                "id": "p1",
                "questions": [
                    {
                        "id": "areas",
                        "type": "matrix",
                        "text": {"en": "Areas"},
                        "rows": [{"code": f"r{n}", "text": {"en": f"Row {n}"}} for n in range(6)],
                    }
                ],
            }
        ],
    }
    path = opened(live_survey(many), company)
    same = {f"q.areas.r{n}": "4" for n in range(6)}

    def answered(seconds: float, **more: str) -> list[str]:
        began = clock.now()
        with clock.at(began):
            page = client.get(path)
        with clock.at(began + timedelta(seconds=seconds)):
            assert client.post(path, fields_of(page) | same | more).status_code == 200
        return Response.objects.latest("pk").flags

    assert answered(60) == ["straight_liner"]
    assert answered(60, **{"q.areas.r2": "5"}) == []
    assert answered(5, **{"q.areas.r2": "5"}) == ["speeder"]
    assert answered(1, **{"q.areas.r2": "5"}) == ["robot", "speeder"]
    assert answered(60, website="http://spam", **{"q.areas.r2": "5"}) == ["robot"]


def test_a_branch_behind_one_address_is_served_and_a_flood_is_asked_to_pause(
    client: Client, company: Any, live_survey: Callable[..., Survey], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = opened(live_survey(), company)
    monkeypatch.setattr(limits, "SUSPECT", 2)
    monkeypatch.setattr(limits, "ABSURD", 4)
    codes, flags = [], []
    for _ in range(6):
        sent = fields_of(client.get(path)) | {"q.recommend": "3"}
        codes.append(client.post(path, sent).status_code)
    flags = list(Response.objects.order_by("pk").values_list("flags", flat=True))
    assert codes == [200, 200, 200, 200, 429, 429]
    assert flags == [[], [], ["robot"], ["robot"]]
    assert limits.rate("elsewhere", "10.0.0.1") == 1


def test_views_are_counted_in_the_process_and_written_together(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(), company)
    for _ in range(3):
        client.get(path)
    assert Place.objects.get().views == 0
    limits.flush_views()
    assert Place.objects.get().views == 3


def test_nothing_of_the_reader_is_kept_and_no_session_is_made(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = opened(live_survey(), company)
    page = client.get(path)
    done = client.post(path, fields_of(page) | {"q.recommend": "3"})
    assert not page.cookies
    assert not done.cookies
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get(path, headers={"host": "evil.example"}).status_code == 400
