"""Sessions: none planted before is worth anything, none outlives its end, and no cookie or link leaks one."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.test import Client

import peakend.server.settings as written
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.notices.models import Mail
from peakend.server.people import second_factor, services
from peakend.server.people.models import RoleRule, SignedIn
from server.people.test_people_door import MANAGER, give_factor, is_in, knock

if TYPE_CHECKING:
    from server.conftest import Company

pytestmark = pytest.mark.django_db
COOKIE = "peakend_session"


def planted(facts: dict[str, Any]) -> tuple[Client, str]:
    """A victim's browser into which somebody put a session of theirs, and its key."""
    victim = Client()
    session = victim.session
    session.update(facts)
    session.save()
    victim.cookies[COOKIE] = session.session_key
    return victim, str(session.session_key)


def holder(key: str) -> Client:
    """The browser of whoever knows the session's key."""
    found = Client()
    found.cookies[COOKIE] = key
    return found


def name_of(client: Client) -> str:
    return str(client.cookies[COOKIE].value)


# Fixation
# ------------------------------------------------------------------------------------------------------


def test_a_planted_session_is_dead_after_sign_in(company: Company) -> None:
    victim, key = planted({"enrolling": "a key its planter has read", "half": None})
    knock(victim)
    assert is_in(victim)
    assert name_of(victim) != key
    assert not Session.objects.filter(session_key=key).exists()
    assert not is_in(holder(key))
    # Nothing of what was in it came along: it would have become the victim's own authenticator.
    assert "enrolling" not in victim.session


def test_the_session_has_another_name_after_each_factor(company: Company) -> None:
    secret, _ = give_factor(company, "cx_manager")
    victim, key = planted({"x": 1})
    knock(victim)
    half = name_of(victim)
    assert half != key
    assert not is_in(victim)
    victim.post("/sign-in/code/", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert is_in(victim)
    whole = name_of(victim)
    assert len({key, half, whole}) == 3
    assert not is_in(holder(key))
    assert not is_in(holder(half))
    assert set(Session.objects.values_list("session_key", flat=True)) == {whole}


def test_a_second_factor_set_up_later_renews_the_session_and_ends_the_others(company: Company) -> None:
    here, elsewhere = Client(), Client()
    knock(here)
    knock(elsewhere)
    before = name_of(here)
    page = here.get("/you/second-factor/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)
    assert secret is not None
    done = here.post("/you/second-factor/", {"code": pyotp.TOTP(secret[1]).at(clock.now())})
    assert done.status_code == 200
    assert is_in(here)
    assert name_of(here) != before
    assert not is_in(holder(before))
    assert not is_in(elsewhere)


def test_signing_in_as_somebody_else_leaves_nothing_of_the_first(company: Company) -> None:
    browser = Client()
    knock(browser, email="administrator@example.com")
    first = name_of(browser)
    session = browser.session
    session["link of somebody"] = "https://…"
    session.save()
    knock(browser)
    assert "link of somebody" not in browser.session
    assert not is_in(holder(first))


# The end
# ------------------------------------------------------------------------------------------------------


def test_signing_out_leaves_nothing_to_come_back_with(company: Company) -> None:
    browser = Client()
    knock(browser)
    key = name_of(browser)
    assert browser.get("/sign-out/").status_code == 405, "a link or a picture signs nobody out"
    assert is_in(browser)
    browser.post("/sign-out/")
    assert not is_in(browser)
    assert not is_in(holder(key))
    assert holder(key).get("/api/v1/me").status_code == 401
    assert not Session.objects.filter(session_key=key).exists()
    assert not SignedIn.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FRONT_LINE])
def test_another_role_begins_with_another_sign_in(company: Company, role: Role) -> None:
    RoleRule.objects.create(role=Role.ADMINISTRATOR, second_factor=True)
    browser = Client()
    knock(browser)
    user = company.users["cx_manager"]
    scope = {"teams": [("north", "desk")]} if role is Role.FRONT_LINE else {}
    services.change_person(actor=company.actor("administrator"), key=user.key, role=role, **scope)
    assert not is_in(browser)
    knock(browser)
    # Who was let in with less than the role needs does not stay in.
    assert is_in(browser) is (role is Role.FRONT_LINE)


def test_a_smaller_scope_holds_at_once(company: Company, client_of: Callable[..., Client]) -> None:
    browser = client_of("south.supervisor")
    key = company.users["south.front_line"].key
    assert browser.get(f"/people/{key}/").status_code == 200
    services.change_person(
        actor=company.actor("administrator"), key=company.users["south.supervisor"].key, sites=["north"]
    )
    assert browser.get(f"/people/{key}/").status_code == 404


def test_a_lost_second_factor_and_a_rule_end_sessions(company: Company) -> None:
    browser = Client()
    knock(browser)
    services.reset_second_factor(actor=company.actor("administrator"), key=company.users["cx_manager"].key)
    assert not is_in(browser)
    knock(browser)
    second_factor.require_for(actor=company.actor("administrator"), role=Role.CX_MANAGER, second_factor=True)
    assert not is_in(browser)


def test_a_password_chosen_by_a_link_ends_every_session(company: Company) -> None:
    from peakend.server.people.links import FORGOTTEN, choose_password_link

    browser = Client()
    knock(browser)
    user = company.users["cx_manager"]
    user.refresh_from_db()
    link = choose_password_link("", user, FORGOTTEN)
    assert Client().post(link, {"password": "seventeen quiet lamps"}).status_code == 302
    assert not is_in(browser)


# Cookies and headers where the site is served for good
# ------------------------------------------------------------------------------------------------------

PUBLIC = {"PEAKEND_PUBLIC_URL": "https://feedback.example.com", "PEAKEND_HOSTS": "feedback.example.com"}
PROXY = {"PEAKEND_BEHIND_PROXY": "1", "PEAKEND_HOSTS": "feedback.example.com"}
SERVED = {"public address": {**PUBLIC, **PROXY}, "proxy alone": PROXY, "own TLS": PUBLIC}
NAMES = re.compile("(PUBLIC_URL|ALLOWED_HOSTS|BEHIND_PROXY|SECURE_.*|SESSION_COOKIE_.*|CSRF_.*)")


def served(settings: Any, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    """The site's own settings as they are with `env`, in place of those for tests."""
    for name in (*PUBLIC, *PROXY):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, value in runpy.run_path(str(written.__file__)).items():
        if NAMES.fullmatch(name):
            setattr(settings, name, value)


class Secure(Client):
    """A browser for a site that ends TLS itself."""

    def generic(self, *given: Any, **more: Any) -> Any:
        return super().generic(*given, **{**more, "secure": True})


def browser_of(env: dict[str, str]) -> Client:
    headers = {"host": "feedback.example.com", "x-forwarded-proto": "https"}
    return (Client if "PEAKEND_BEHIND_PROXY" in env else Secure)(headers=headers)


@pytest.mark.parametrize("how", SERVED)
def test_over_https_every_cookie_is_kept_to_itself(
    company: Company, settings: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    served(settings, monkeypatch, SERVED[how])
    browser = browser_of(SERVED[how])
    browser.get("/sign-in/")
    knock(browser, email="analyst@example.com")
    browser.post("/you/", {"name": "Analyst", "language": "en"})
    assert is_in(browser)
    assert {COOKIE, "peakend_csrf", "peakend_device", "peakend_language"} <= set(browser.cookies)
    for name, cookie in browser.cookies.items():
        if not cookie.value:  # taken back
            continue
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name
        assert cookie["path"] == "/", name


@pytest.mark.parametrize("how", SERVED)
@pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/me", "/health/live", "/nothing/", "/cases/"])
def test_over_https_every_answer_has_the_headers_that_protect(
    company: Company, settings: Any, monkeypatch: pytest.MonkeyPatch, how: str, path: str
) -> None:
    served(settings, monkeypatch, SERVED[how])
    headers = browser_of(SERVED[how]).get(path).headers
    assert re.fullmatch(r"max-age=(\d{8,})", headers["Strict-Transport-Security"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert "Permissions-Policy" in headers
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


def test_without_https_nobody_is_locked_out_and_nothing_claims_it(
    company: Company, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(settings, monkeypatch, {})
    browser = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    response = knock(browser)
    assert is_in(browser)
    assert not browser.cookies[COOKIE]["secure"]
    # No proxy was announced: what a caller says of the way it came is not believed.
    assert "Strict-Transport-Security" not in response.headers
    assert not response.wsgi_request.is_secure()


# Links in letters
# ------------------------------------------------------------------------------------------------------

EVIL = (
    {"host": "evil.example"},
    {"host": "feedback.example.com", "x-forwarded-host": "evil.example"},
    {"host": "feedback.example.com", "x-host": "evil.example", "forwarded": "host=evil.example"},
    {"host": "feedback.example.com@evil.example"},
    {"host": "feedback.example.com.evil.example"},
    {"host": "evil.example#feedback.example.com"},
)


@pytest.mark.parametrize("how", SERVED)
@pytest.mark.parametrize("headers", EVIL)
def test_no_link_in_a_letter_goes_where_the_caller_says(
    company: Company, settings: Any, monkeypatch: pytest.MonkeyPatch, how: str, headers: dict[str, str]
) -> None:
    served(settings, monkeypatch, SERVED[how])
    company.users["south.supervisor"].last_login = None
    company.users["south.supervisor"].save()
    administrator = browser_of(SERVED[how])
    administrator.force_login(company.users["administrator"])
    key = company.users["south.supervisor"].key
    person = {"name": "New", "email": "new@example.com", "role": "analyst", "language": "en"}
    for path, sent in (
        ("/forgotten-password/", {"email": MANAGER}),
        ("/people/new/", person),
        (f"/people/{key}/invite/", {}),
    ):
        response = administrator.post(path, sent, headers=headers)
        assert "evil" not in response.headers.get("Location", "")
        assert b"evil" not in response.content
    for mail in Mail.objects.all():
        assert "evil" not in mail.text + mail.html
        assert "https://feedback.example.com/choose-password/" in mail.text


def test_a_link_of_before_does_not_open_the_door_twice(company: Company) -> None:
    """What a page kept open, or a history, still has."""
    from peakend.server.people.links import FORGOTTEN, choose_password_link

    user = company.users["analyst"]
    link = choose_password_link("", user, FORGOTTEN)
    assert Client().post(link, {"password": "seventeen quiet lamps"}).status_code == 302
    assert Client().post(link, {"password": "another quiet lamp"}).status_code in (410, 422)
    with clock.at(clock.now() + timedelta(hours=3)):
        assert Client().get(link).status_code == 410
