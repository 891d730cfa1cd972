"""The kiosk: its queue's endpoint, and in a browser without a network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from peakend.server.acting import clock
from peakend.server.answering import compiled as compiling
from peakend.server.answering import tokens
from peakend.server.answering.checking import from_form
from peakend.server.answering.models import Response
from peakend.server.channels.models import Place
from peakend.server.surveys import logic
from peakend.server.surveys.models import Survey
from server.answering.questionnaires import LONG

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The page's policy forbids evaluating text, so nothing may wait for a function of the page.
CONTROLLED = """new Promise((done) => navigator.serviceWorker.controller ? done(1)
  : navigator.serviceWorker.addEventListener("controllerchange", () => done(1)))"""
CHROMIUM = Path("/usr/bin/chromium")


def a_kiosk(survey: Survey, company: Any) -> Place:
    return Place.objects.create(survey=survey, kind="kiosk", name="exit", site=company.sites["north"])


def item(place: Place, **more: Any) -> dict[str, Any]:
    now = clock.now().timestamp() * 1000
    return {
        "key": tokens.new_key(),
        "pass": tokens.sealed(tokens.fresh(place.survey.current_id), "k" + place.key),
        "language": "en",
        "began": now - 9000,
        "done": now,
        "finished": True,
        "fields": {"q.recommend": ["3"]},
    } | more


def post(place: Place, *items: Any, off: float = 0) -> Any:
    now = clock.now().timestamp() * 1000 + off * 1000
    return Client().post(f"/s/k/{place.key}/answers/", {"now": now, "answers": items}, "application/json")


def said(response: Any) -> list[str]:
    return [one["status"] for one in response.json()["results"]]


@pytest.mark.django_db
def test_a_queue_sent_twice_is_stored_once(company: Any, live_survey: Callable[..., Survey]) -> None:
    place = a_kiosk(live_survey(), company)
    three = [item(place, fields={"q.recommend": [str(n)]}) for n in range(3)]
    assert said(post(place, *three)) == said(post(place, *three)) == ["stored"] * 3
    assert Response.objects.count() == 3
    changed = {**three[0], "fields": {"q.recommend": ["9"]}}
    assert said(post(place, changed)) == ["kept"]
    assert Response.objects.filter(channel="kiosk", state="completed", seconds=9).count() == 3


@pytest.mark.django_db
def test_times_are_clamped_and_the_kiosks_clock_is_set_right(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = a_kiosk(live_survey(), company)
    now = clock.now()
    with clock.at(now):
        for days, expected in ((-3, timedelta(days=1)), (-0.5, timedelta(hours=12)), (2, timedelta())):
            done = (now + timedelta(days=days)).timestamp() * 1000
            assert said(post(place, item(place, done=done, began=done - 5000))) == ["stored"]
            row = Response.objects.latest("pk")
            assert abs(now - row.completed_at - expected) < timedelta(seconds=1)
        # A clock two hours slow says "now" two hours late too.
        slow = now.timestamp() * 1000 - 7_200_000
        post(place, item(place, done=slow, began=slow - 5000), off=-7200)
        assert abs(now - Response.objects.latest("pk").completed_at) < timedelta(seconds=1)


@pytest.mark.django_db
def test_what_can_never_be_stored_is_refused_alone(company: Any, live_survey: Callable[..., Survey]) -> None:
    place, other = a_kiosk(live_survey(), company), a_kiosk(live_survey(), company)
    bad = [
        item(place, fields={"q.recommend": ["11"]}),
        item(place, fields={"q.salary": ["1"]}),
        item(place, fields={"q.recommend": "3"}),
        item(place, key="short"),
        item(place, began="yesterday"),
        item(place, done=float("1e300")),
        item(place, **{"pass": item(other)["pass"]}),
        {**item(place), "more": 1},
        "nothing",
        None,
    ]
    assert said(post(place, *bad, item(place))) == ["refused"] * len(bad) + ["stored"]
    assert Response.objects.count() == 1
    address = f"/s/k/{place.key}/answers/"
    for body, code in (("[]", 400), ("{}", 400), ("[" * 9000, 400), ("x" * 1_000_000, 413), ("\x00", 400)):
        assert Client().post(address, body, content_type="application/json").status_code == code
    assert Client().post("/s/k/nothing/answers/", "{}", content_type="application/json").status_code == 404
    assert post(place, *[item(place)] * 101).status_code == 400


@pytest.mark.django_db
def test_who_walks_away_leaves_an_unfinished_answer(company: Any, live_survey: Callable[..., Survey]) -> None:
    place = a_kiosk(live_survey(LONG), company)
    assert said(post(place, item(place, finished=False, fields={"q.recommend": ["3"]}))) == ["stored"]
    row = Response.objects.get()
    assert (row.state, row.completed_at) == ("partial", None)


@pytest.mark.django_db
def test_the_page_needs_no_session_and_its_worker_rules_only_over_it(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = a_kiosk(live_survey(LONG), company)
    page = client.get(f"/s/k/{place.key}/")
    assert page.status_code == 200
    assert not page.cookies
    worker = client.get(f"/s/k/{place.key}/worker.js")
    assert worker.headers["Service-Worker-Allowed"] == f"/s/k/{place.key}/"
    assert worker.headers["Content-Type"].startswith("text/javascript")
    poster = Place.objects.create(survey=place.survey, kind="qr", name="x")
    assert client.get(f"/s/k/{poster.key}/").status_code == 404


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs /usr/bin/chromium")
    from playwright.sync_api import sync_playwright

    # Playwright's own loop runs in this thread; Django would take it for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"],
        )
        yield found
        found.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.mark.django_db(transaction=True)
def test_three_answers_without_a_network_are_three_answers_with_it(
    browser: Browser, live_server: Any, company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = a_kiosk(live_survey(LONG), company)
    context = browser.new_context(viewport={"width": 800, "height": 1100}, locale="en-GB")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/s/k/{place.key}/")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.evaluate(CONTROLLED)
    context.set_offline(True)
    page.reload()
    page.evaluate("document.body.dataset.thanks = 60000")
    for score, scores in ((2, 3), (9, 4), (10, 5)):
        page.locator(f'input[name="q.recommend"][value="{score}"]').check(force=True)
        page.get_by_label("Lounge").check(force=True)
        page.get_by_role("button", name="Next").click()
        if score <= 6:
            expect(page.get_by_label("What went wrong at Lounge?")).to_be_visible()
            page.get_by_role("button", name="Next").click()
        expect(page.get_by_text("The areas")).to_be_visible()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Please answer every line.")).to_be_visible()
        for row in ("lounge", "shops"):
            page.locator(f'input[name="q.areas.{row}"][value="{scores}"]').check(force=True)
        page.get_by_role("button", name="Send").click()
        page.locator("#thanks").wait_for(state="visible")
        page.locator("#thanks").click()
        page.locator("#form").wait_for(state="visible")
    page.get_by_text("3 waiting to be sent").wait_for()
    assert Response.objects.count() == 0
    # The browser is closed and opened at night: the queue is still there.
    page.reload()
    page.get_by_text("3 waiting to be sent").wait_for()
    context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("", timeout=15_000)
    page.reload()
    context.close()
    assert not faults
    rows = Response.objects.filter(state="completed").order_by("pk").values_list("answers", flat=True)
    assert [one["recommend"]["score"] for one in rows] == [2, 9, 10]
    assert Response.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_it_resets_itself_when_somebody_walks_away(
    browser: Browser, live_server: Any, company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = a_kiosk(live_survey(LONG), company)
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/s/k/{place.key}/")
    page.evaluate("document.body.dataset.idle = 300")
    page.locator('input[name="q.recommend"][value="4"]').check(force=True)
    page.get_by_label("Shops").check(force=True)
    expect(page.locator("input:checked")).to_have_count(0, timeout=5000)
    expect(page.locator("#waiting")).to_have_text("", timeout=15_000)
    context.close()
    row = Response.objects.get()
    assert (row.state, row.answers["visited"]["choice"]) == ("partial", ["shops"])


CONDITIONS: list[tuple[str, str, Any]] = [
    ("r", "le", 2),
    ("r", "gt", "2"),
    ("r", "ne", 3),
    ("r", "in", [1, "3"]),
    ("r", "answered", None),
    ("m", "contains", "a"),
    ("m", "eq", ["b", "a"]),
    ("m", "eq", "a"),
    ("m", "not_answered", None),
    ("t", "contains", "QUEUE"),
    ("t", "eq", "the queue"),
    ("t", "lt", 5),
    ("s", "eq", "x"),
    ("s", "ne", "x"),
    ("x.one", "ge", 4),
    ("@tier", "eq", "gold"),
]
FILLED: list[dict[str, list[str]]] = [
    {},
    {"q.r": ["3"], "q.m": ["a"], "q.t": ["4"], "q.s": ["x"], "q.x.one": ["5"]},
    {"q.r": ["1"], "q.m": ["a", "b"], "q.t": ["the queue"], "q.s": ["y"]},
    {"q.r": ["na"], "q.m": ["b"], "q.t": ["Queue again"], "q.x.one": ["2"]},
]


@pytest.mark.django_db(transaction=True)
def test_the_script_shows_what_the_site_would_show(
    browser: Browser, live_server: Any, company: Any, live_survey: Callable[..., Survey]
) -> None:
    text = {"en": "?"}
    options = [{"code": code, "text": {"en": code}} for code in ("a", "b")]
    first = [
        {"id": "r", "type": "rating", "not_applicable": True, "text": text},
        {"id": "m", "type": "multiple", "options": options, "text": text},
        {"id": "t", "type": "text", "text": text},
        {
            "id": "s",
            "type": "single",
            "text": text,
            "options": [{"code": c, "text": {"en": c}} for c in "xy"],
        },
        {"id": "x", "type": "matrix", "text": text, "rows": [{"code": "one", "text": {"en": "one"}}]},
    ]
    later = [
        {
            "id": f"c{n}",
            "type": "text",
            "text": text,
            "show_if": {"conditions": [{"question": name, "op": op, "value": value}]},
        }
        for n, (name, op, value) in enumerate(CONDITIONS)
    ]
    asked = {
        "languages": ["en"],
        "default_language": "en",
        "title": text,
        "pages": [{"id": "p1", "questions": first}, {"id": "p2", "questions": later}],
    }
    survey = live_survey(asked)
    place = a_kiosk(survey, company)
    assert survey.current is not None
    whole = compiling.version(survey.current.pk)
    context = browser.new_context(bypass_csp=True)
    for filled in FILLED:
        page = context.new_page()
        page.goto(f"{live_server.url}/s/k/{place.key}/")
        for name, values in filled.items():
            for value in values:
                box = page.locator(f'[name="{name}"]')
                if name == "q.t":
                    box.fill(value)
                else:
                    page.locator(f'[name="{name}"][value="{value}"]').check(force=True)
        page.locator("#form").dispatch_event("change")
        shown = page.locator("[data-id][data-on]").evaluate_all("all => all.map((one) => one.dataset.id)")
        answers = from_form(whole.steps[0].checks, filled).answers
        assert shown == [one.id for one in logic.shown(whole.questionnaire, answers, {})], filled
        page.close()
    context.close()
