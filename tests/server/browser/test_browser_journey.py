"""A survey is made, answered on a phone, and what went wrong is put right: in a browser, in both languages.

On every page passed: nobody is kept out (axe, WCAG 2.2 AA), nothing sticks out at 390 and 1200 px, in light
and dark, no complaint in the console, no request to anybody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.sweeps import sweeps
from peakend.server.cases.models import Case
from peakend.server.customers.models import Customer
from peakend.server.improvement.models import Broadcast
from peakend.server.notices.models import Mail
from peakend.server.people.models import User
from peakend.server.surveys.models import Survey
from server.browser.eyes import PHONE, Watched
from server.conftest import PASSWORD, Company
from server.test_access import gathered

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]
WORDS = {"en": "Nobody told us why we waited.", "zh": "等了一个小时，没有人告诉我们原因。"}


class Walk:
    """Somebody's way through the site; what was wrong on it is gathered."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.problems: list[str] = []

    def say(self, en: str, zh: str) -> str:
        return zh if self.language == "zh" else en

    def look(self, at: Watched, name: str) -> None:
        """Look at the page that is open."""
        lang = at.page.locator("html").get_attribute("lang") or ""
        assert lang.startswith(self.language), f"{name} speaks {lang}"
        self.problems += at.everywhere(f"{name}-{self.language}")

    def press(self, at: Watched, en: str, zh: str) -> None:
        with at.page.expect_navigation():
            at.page.get_by_role("button", name=self.say(en, zh), exact=True).first.click()

    def follow(self, at: Watched, en: str, zh: str) -> None:
        with at.page.expect_navigation():
            at.page.get_by_role("link", name=self.say(en, zh), exact=True).first.click()


def swept(*names: str) -> None:
    """What the worker would do now."""
    for name in names:
        while sweeps()[name].run(system(name)):
            pass


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bad_answer_is_heard_and_put_right(
    company: Company, opened: Callable[..., Watched], live_server: Any, language: str
) -> None:
    walk = Walk(language)
    Customer.objects.create(
        **{"customer_id": "C-7", "name": "Lin Fang", "email": "c-7@example.com", "phone": "+8613800000000"},
        **{"language": language, "tier": "gold", "site": company.sites["north"]},
    )
    manager = opened("cx_manager", language=language)
    survey = made_and_published(walk, manager)
    link = asked(walk, manager, survey, live_server.url)
    answered(walk, opened, link)
    case = Case.objects.get()
    assert case.site == company.sites["north"]
    put_right(walk, opened("north.supervisor", language=language, width=PHONE), case)
    seen_by_all(walk, manager, opened, survey)
    assert not walk.problems, gathered(walk.problems)


def made_and_published(walk: Walk, manager: Watched) -> Survey:
    """Create, edit, publish."""
    page = manager.page
    manager.goto("/surveys/new/")
    walk.look(manager, "survey-new")
    with page.expect_navigation():
        page.locator('form:has(input[name=template][value="nps"]) button').click()
    survey: Survey = Survey.objects.get()
    walk.look(manager, "survey-editor")
    manager.goto(f"/surveys/{survey.key}/questions/{first_question(survey)}/")
    walk.look(manager, "survey-question")
    manager.goto(f"/surveys/{survey.key}/publish/")
    walk.look(manager, "survey-publish")
    walk.press(manager, "Publish", "发布")
    survey.refresh_from_db()
    assert survey.status == "live"
    manager.goto("/surveys/")
    walk.look(manager, "survey-list")
    return survey


def first_question(survey: Survey) -> str:
    return str(survey.draft["pages"][0]["questions"][0]["id"])


def asked(walk: Walk, manager: Watched, survey: Survey, home: str) -> str:
    """A poster at the counter, and a customer asked by name; the personal link of the e-mail."""
    page = manager.page
    manager.goto("/places/new/")
    walk.look(manager, "place-new")
    page.select_option("[name=survey]", index=1)
    page.select_option("[name=kind]", "qr")
    page.fill("[name=name]", "Counter 3")
    walk.press(manager, "Open the place", "开设投放点")
    expect(page.locator("svg").first).to_be_visible()
    walk.look(manager, "place")
    manager.goto("/invitations/new/")
    walk.look(manager, "invite")
    page.select_option("[name=survey]", index=1)
    page.select_option("[name=channel]", "email")
    page.fill("[name=customers]", "C-7")
    walk.press(manager, "Invite", "发出邀请")
    walk.look(manager, "invitations")
    # Nobody is written to in the night: this test may run then.
    with clock.at(clock.now().replace(hour=2, minute=0) + timedelta(days=1)):
        swept("channels.send")
    found = re.search(r"/s/i/[A-Za-z0-9_-]+/", Mail.objects.get(to="c-7@example.com").text)
    assert found is not None
    manager.goto("/contacts/")
    walk.look(manager, "contacts")
    return found[0]


def answered(walk: Walk, opened: Callable[..., Watched], link: str) -> None:
    """As a detractor, on a phone, by touch, without a script."""
    phone = opened(
        "", language=walk.language, width=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False
    )
    seeing = opened("", language=walk.language, width=PHONE, has_touch=True)
    seeing.goto(f"{link}?lang={walk.language}")
    walk.look(seeing, "answer")
    page = phone.page
    phone.goto(f"{link}?lang={walk.language}")
    page.locator("input[type=radio][value='2']").first.locator("xpath=..").tap()
    for _ in range(6):
        for box in page.locator("textarea").all():
            box.fill(WORDS[walk.language])
        with page.expect_navigation():
            page.locator("button.primary").tap()
        if not page.locator("form#form").count():
            break
    expect(page.locator(".message h1")).to_be_visible()
    phone.shot(f"answered-{walk.language}")
    assert not phone.complaints
    assert not phone.strangers


def put_right(walk: Walk, at: Watched, case: Case) -> None:
    """From the inbox: take, call, resolve with cause and action, call back, close."""
    page = at.page
    at.goto("/cases/")
    expect(page.get_by_text("Lin Fang").first).to_be_visible()
    walk.look(at, "inbox")
    at.goto(f"/cases/{case.key}/")
    walk.look(at, "case-open")
    assert WORDS[walk.language] in page.locator("blockquote").inner_text()
    if case.owner is None or case.owner.name != "supervisor north":
        with page.expect_navigation():
            page.locator("section.next a.button").click()
        walk.look(at, "case-assign")
        page.get_by_label("supervisor north").check()
        with page.expect_navigation():
            page.locator("main form button.primary").click()
    called(walk, at, case, "contact")
    case.refresh_from_db()
    assert case.status == "working"
    at.goto(f"/cases/{case.key}/resolve/")
    walk.look(at, "case-resolve")
    page.locator("input[name=cause]").first.check()
    page.fill("[name=action]", walk.say("Opened a second counter at noon.", "午间增开一个柜台。"))
    with page.expect_navigation():
        page.locator("main button.primary").click()
    walk.look(at, "case-resolved")
    called(walk, at, case, "call-back")
    with page.expect_navigation():
        page.locator("section.next form button").click()
    case.refresh_from_db()
    assert case.status == "closed"
    at.goto(f"/cases/{case.key}/")
    walk.look(at, "case-closed")


def called(walk: Walk, at: Watched, case: Case, name: str) -> None:
    at.goto(f"/cases/{case.key}/contact/")
    walk.look(at, f"case-{name}")
    at.page.locator("input[name=channel][value=phone]").check()
    at.page.locator("input[name=outcome][value=reached]").check()
    at.page.fill("[name=note]", walk.say("Explained and apologised.", "已说明情况并致歉。"))
    walk.press(at, "Save the contact", "保存联系记录")


def seen_by_all(walk: Walk, manager: Watched, opened: Callable[..., Watched], survey: Survey) -> None:
    """On the dashboard with its base, in the team's huddle, and told to the staff."""
    swept("boards.fold")
    manager.goto(f"/dashboards/{survey.key}/")
    walk.look(manager, "dashboard")
    text = manager.page.locator("main").inner_text().replace("\u00a0", " ")
    assert "n = 1" in text or walk.say("1 answer", "1 份答卷") in text
    manager.goto("/")
    walk.look(manager, "start")
    manager.goto("/customers/C-7/")
    walk.look(manager, "customer")
    assert WORDS[walk.language] in manager.page.locator("main").inner_text()
    leader = opened("north.supervisor", language=walk.language)
    leader.goto("/huddles/")
    walk.press(leader, "Open the huddle", "召开例会")
    walk.look(leader, "huddle")
    manager.goto("/broadcasts/new/")
    walk.look(manager, "broadcast-new")
    for box in manager.page.locator("main input[type=text], main textarea").all():
        box.fill(walk.say("A second counter at noon", "午间增开柜台"))
    for box in manager.page.locator("main input[type=checkbox][name=sites]").all()[:1]:
        box.check()
    with manager.page.expect_navigation():
        manager.page.locator("main form button.primary").click()
    assert Broadcast.objects.exists()
    walk.look(manager, "broadcast")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_door_and_the_second_step(
    transactional_db: None, opened_empty: Callable[..., Watched], language: str
) -> None:
    """An empty site is set up; its administrator turns on the second step and signs in with it."""
    import pyotp

    from peakend.server.people.first_run import setup_code

    walk = Walk(language)
    at = opened_empty(language=language)
    page = at.page
    at.goto("/first-run/")
    walk.look(at, "first-run")
    page.fill("[name=code]", setup_code() or "")
    page.fill("[name=email]", "first@example.com")
    page.fill("[name=name]", "First")
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    for box in page.locator("[name=company]").all():
        box.fill("Acme")
    with page.expect_navigation():
        page.locator("main button.primary").click()
    assert User.objects.get().role == "administrator"
    walk.look(at, "start-empty")
    at.goto("/you/second-factor/")
    walk.look(at, "second-factor")
    totp = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.locator("main form input[name=code]").fill(totp.now())
    with page.expect_navigation():
        page.locator("main button.primary").click()
    assert page.locator(".codes li").count() == 10
    recovery = page.locator(".codes li").first.inner_text()
    walk.look(at, "recovery-codes")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    at.goto("/sign-in/")
    walk.look(at, "sign-in")
    page.fill("[name=email]", "first@example.com")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main button.primary").click()
    walk.look(at, "sign-in-code")
    page.locator("main form input[name=code]").fill(recovery)
    with page.expect_navigation():
        page.locator("main button.primary").click()
    assert "/sign-in/" not in page.url
    assert not walk.problems, gathered(walk.problems)
