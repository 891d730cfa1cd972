"""What a browser shows: every type of question passes axe in three languages, and a page is light."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from peakend.server.channels.models import Place
from peakend.server.surveys.models import Survey
from peakend.server.web.assets import loaded
from server.answering.questionnaires import EVERY, fields_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
SHOTS = os.environ.get("PEAKEND_TEST_SHOTS")  # a folder for pictures to look at
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs /usr/bin/chromium")
    from playwright.sync_api import sync_playwright

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


def violations(page: Page) -> list[str]:
    from axe_core_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES)["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh", "ar"])
def test_every_type_of_question_is_answerable_by_everybody(
    browser: Browser,
    live_server: Any,
    company: Any,
    live_survey: Callable[..., Survey],
    language: str,
    scheme: Any,
) -> None:
    place = Place.objects.create(survey=live_survey(EVERY), kind="qr", name="x")
    # axe is put into the page, which the policy of the page would not let a stranger do.
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, bypass_csp=True, java_script_enabled=True
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/s/p/{place.key}/?lang={language}")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"the page is {wide} wide"
    shot(page, f"answer-{language}-{scheme}")
    assert violations(page) == []
    page.locator("button.primary").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator(".summary")).to_be_focused()
    shot(page, f"errors-{language}-{scheme}")
    assert violations(page) == []
    # From the summary to the field, by the keyboard.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('[name="q.recommend"]:focus')).to_have_count(1)
    page.keyboard.press("Space")
    page.locator('input[name="q.area.cabin"][value="4"]').check(force=True)
    page.locator('input[name="q.area.food"][value="na"]').check(force=True)
    page.locator("button.primary").click()
    expect(page.locator(".message h1")).to_be_visible()
    shot(page, f"thanks-{language}-{scheme}")
    assert violations(page) == []
    context.close()


@pytest.mark.django_db(transaction=True)
def test_it_is_answered_without_a_script_on_a_kiosk_and_on_a_desk(
    browser: Browser, live_server: Any, company: Any, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(EVERY)
    poster = Place.objects.create(survey=survey, kind="link", name="x")
    kiosk = Place.objects.create(survey=survey, kind="kiosk", name="x")
    plain = browser.new_context(viewport={"width": 1200, "height": 900}, java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{live_server.url}/s/p/{poster.key}/?lang=en")
    shot(page, "answer-wide")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("button", name="提交")).to_be_visible()
    page.locator('input[name="q.recommend"][value="9"]').check(force=True)
    page.locator('input[name="q.area.cabin"][value="4"]').check(force=True)
    page.locator('input[name="q.area.food"][value="2"]').check(force=True)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading")).to_contain_text(re.compile("^谢谢您"))
    plain.close()
    big = browser.new_context(viewport={"width": 1080, "height": 1400}, bypass_csp=True, locale="zh-CN")
    page = big.new_page()
    page.goto(f"{live_server.url}/s/k/{kiosk.key}/")
    shot(page, "kiosk-zh")
    assert violations(page) == []
    big.close()


@pytest.mark.django_db(transaction=True)
def test_one_tag_shows_it_in_the_page_that_may_and_in_no_other(
    browser: Browser, live_server: Any, company: Any, live_survey: Callable[..., Survey]
) -> None:
    # Two shops on this machine: a browser lets pages from elsewhere not reach it.
    with a_shop() as mine, a_shop() as other:
        place = Place.objects.create(
            survey=live_survey(EVERY), kind="embed", name="x", allowed_origin=mine.origin
        )
        tag = f'<script src="{live_server.url}/s/embed.js" data-place="{place.key}" async></script>'
        mine.page = other.page = f"<html lang=en><body><p>Shop</p>{tag}"
        context = browser.new_context()
        page = context.new_page()
        page.goto(mine.origin)
        page.frame_locator("iframe").get_by_text("How likely").wait_for()
        page.wait_for_timeout(300)
        assert page.locator("iframe").bounding_box()["height"] > 1000  # type: ignore[index]
        assert context.cookies() == []
        shot(page, "embed")
        page.goto(other.origin)
        page.wait_for_timeout(500)
        assert page.locator("iframe").count() == 1
        assert page.frame_locator("iframe").get_by_text("How likely").count() == 0
        context.close()


class Shop(BaseHTTPRequestHandler):
    """A page of somebody else."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.server.shop.page.encode())  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Nothing."""


@dataclass
class Opened:
    origin: str
    page: str = ""


@contextmanager
def a_shop() -> Iterator[Opened]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    found = Opened(f"http://127.0.0.1:{server.server_port}")
    server.shop = found  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.django_db
def test_a_page_of_every_type_weighs_less_than_thirty_kilobytes(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = Place.objects.create(survey=live_survey(EVERY), kind="qr", name="x")
    page = client.get(f"/s/p/{place.key}/?lang=ar")
    wrong = client.post(f"/s/p/{place.key}/", fields_of(page))
    assert wrong.status_code == 422
    sheet = len(loaded("answer.css").content)
    assert len(page.content) + sheet < 30_000
    assert len(wrong.content) + sheet < 30_000
    assert b"<script" not in page.content


@pytest.mark.django_db
def test_a_preview_stores_nothing(
    client_of: Callable[[str], Client], company: Any, live_survey: Callable[..., Survey]
) -> None:
    from peakend.server.answering.models import Response

    path = f"/s/preview/{live_survey(EVERY).key}/?language=zh"
    assert Client().get(path).status_code == 302
    staff = client_of("cx_manager")
    page = staff.get(path)
    assert "预览：不会保存任何回答" in page.content.decode()
    sent = fields_of(page) | {"q.recommend": "9", "q.area.cabin": "3", "q.area.food": "4"}
    done = staff.post(path, sent)
    assert "谢谢您" in done.content.decode()
    assert not Response.objects.exists()
