"""Arriving: the first administrator, invitations, forgotten and changed passwords."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, SiteError
from peakend.server.notices.models import Mail
from peakend.server.people import first_run
from peakend.server.people.links import FORGOTTEN, choose_password_link
from peakend.server.people.models import User
from server.conftest import PASSWORD, Company

if TYPE_CHECKING:
    from django.test import Client

FORM = {
    "email": "first@example.com",
    "name": "First",
    "password": "a long and quiet sentence",
    "company": "Ours",
}
NEW = "another long and quiet sentence"


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEAKEND_HOME", str(tmp_path))
    return tmp_path


def mailed_link(to: str) -> str:
    text = Mail.objects.filter(to=to).order_by("-id")[0].text
    found = re.search(r"http://testserver(/choose-password/\S+)", text)
    assert found, text
    return found[1]


@pytest.mark.django_db
def test_every_page_leads_to_the_first_run(own_home: Path, client: Client) -> None:
    for path in ("/people/", "/you/", "/sign-in/"):
        assert client.get(path, follow=True).redirect_chain[-1][0] == "/first-run/"
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.django_db
def test_the_first_administrator_needs_the_code_and_is_signed_in(own_home: Path, client: Client) -> None:
    code = first_run.setup_code()
    assert code == (own_home / "setup_code").read_text()
    assert (own_home / "setup_code").stat().st_mode & 0o077 == 0
    assert f'value="{code}"' in client.get(f"/first-run/?code={code}").content.decode()
    response = client.post("/first-run/", {**FORM, "code": code})
    assert response.status_code == 302
    assert client.get("/people/").status_code == 200
    assert User.objects.get().role == "administrator"
    assert not (own_home / "setup_code").exists()
    assert first_run.setup_code() is None


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "status"), [("", 422), ("wrong", 422), ("\x00", 400), ("密码", 422)])
def test_without_the_code_nobody_seizes_the_site(
    own_home: Path, client: Client, code: str, status: int
) -> None:
    assert client.post("/first-run/", {**FORM, "code": code}, REMOTE_ADDR="127.0.0.1").status_code == status
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_weak_first_password_is_refused(own_home: Path, client: Client) -> None:
    response = client.post("/first-run/", {**FORM, "code": first_run.setup_code(), "password": "short"})
    assert response.status_code == 422
    assert not User.objects.exists()


def test_the_first_run_is_over_once_there_is_a_user(company: Company, client: Client, own_home: Path) -> None:
    assert client.get("/first-run/").headers["Location"] == "/sign-in/"
    before = User.objects.count()
    (own_home / "setup_code").write_text("known")
    assert client.post("/first-run/", {**FORM, "code": "known"}).status_code == 302
    assert User.objects.count() == before
    with pytest.raises(ConflictError):
        first_run.begin_site("known", email="b@example.com", name="B", password=NEW)


@pytest.mark.site_on("postgres")  # the embedded test database lives in memory, where threads cannot meet
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_the_first_administrator(own_home: Path) -> None:
    from django.db import connection

    code = first_run.setup_code()
    assert code is not None
    gate, ended = threading.Barrier(4), []

    def arrive(n: int) -> None:
        gate.wait()
        try:
            first_run.begin_site(code, email=f"first{n}@example.com", name="First", password=NEW)
            ended.append("made")
        except (ConflictError, InvalidError):  # the code is gone once it was used
            ended.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive, args=(n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(ended) == ["late", "late", "late", "made"]
    assert User.objects.count() == 1


def test_a_forgotten_password_is_chosen_anew_by_a_link(company: Company, client: Client) -> None:
    client.post("/forgotten-password/", {"email": "Analyst@example.com"})
    path = mailed_link("analyst@example.com")
    assert client.get(path).status_code == 200
    assert client.post(path, {"password": "short"}).status_code == 422
    assert client.post(path, {"password": NEW}).headers["Location"] == "/sign-in/"
    assert client.get("/you/").status_code == 302, "the link itself signs nobody in"
    assert client.post("/sign-in/", {"email": "analyst@example.com", "password": NEW}).status_code == 302
    assert client.get("/you/").status_code == 200
    assert client.get(path).status_code == 410, "a link is good once"


def test_asking_for_a_link_tells_nobody_who_has_an_account(company: Company, client: Client) -> None:
    def said(email: str) -> str:
        return client.post("/forgotten-password/", {"email": email}).content.decode().replace(email, "")

    mask = re.compile(r'value="[^"]{30,}"')
    known, unknown = said("analyst@example.com"), said("nobody@example.com")
    assert mask.sub("", known) == mask.sub("", unknown)
    assert Mail.objects.filter(to="analyst@example.com").count() == 1
    assert Mail.objects.count() == 1


def test_nobody_is_flooded_with_letters(company: Company, client: Client) -> None:
    for _ in range(10):
        client.post("/forgotten-password/", {"email": "analyst@example.com"})
    assert Mail.objects.filter(to="analyst@example.com").count() <= 3


def test_a_link_ends_with_its_time_with_the_account_and_with_another_password(
    company: Company, client: Client
) -> None:
    user = company.users["analyst"]

    def fresh() -> str:
        user.refresh_from_db()
        return choose_password_link("", user, FORGOTTEN)

    late = fresh()
    with clock.at(clock.now() + timedelta(hours=3)):
        assert client.get(late).status_code == 410
    path = fresh()
    user.set_password(NEW)
    user.save()
    assert client.get(path).status_code == 410
    path = fresh()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(path).status_code == 410


def test_somebody_elses_link_does_not_fit(company: Company, client: Client) -> None:
    token = choose_password_link("", company.users["analyst"], FORGOTTEN).rstrip("/").rpartition("/")[2]
    assert client.get(f"/choose-password/{company.users['administrator'].key}/{token}/").status_code == 410


def test_links_do_not_follow_the_host_of_whoever_asked(
    company: Company, client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/forgotten-password/", {"email": "analyst@example.com"}, headers={"host": "evil.example"})
    assert "evil" not in Mail.objects.get().text
    settings.PUBLIC_URL = "https://feedback.example.com"
    client.post("/forgotten-password/", {"email": "analyst@example.com"}, headers={"host": "evil.example"})
    assert "https://feedback.example.com/choose-password/" in Mail.objects.order_by("-id")[0].text


def test_an_invitation_is_written_in_the_language_of_the_invited(
    company: Company, client: Client, client_of: Callable[..., Client]
) -> None:
    admin = client_of("administrator")
    response = admin.post(
        "/people/new/",
        {
            "name": "新同事",
            "email": "new@example.com",
            "role": "front_line",
            "teams": "north/desk",
            "language": "zh",
        },
    )
    assert response.status_code == 302, response.content.decode()
    mail = Mail.objects.get(to="new@example.com")
    assert "您好" in mail.text
    page = admin.get(response.headers["Location"]).content.decode()
    path = mailed_link("new@example.com")
    assert path in page, "shown once, for where no e-mail goes out"
    assert path not in admin.get(response.headers["Location"]).content.decode()
    assert client.post(path, {"password": NEW}).status_code == 302
    client.post("/sign-in/", {"email": "new@example.com", "password": NEW})
    assert client.get("/you/").status_code == 200


def test_changing_the_password_needs_the_present_one_and_ends_other_sessions(
    company: Company, client: Client, client_of: Callable[..., Client]
) -> None:
    other = client_of("analyst")
    client.post("/sign-in/", {"email": "analyst@example.com", "password": PASSWORD})
    assert client.post("/you/password/", {"present": "wrong", "password": NEW}).status_code == 422
    assert client.post("/you/password/", {"present": PASSWORD, "password": "analyst"}).status_code == 422
    assert client.post("/you/password/", {"present": PASSWORD, "password": NEW}).status_code == 302
    assert client.get("/you/").status_code == 200
    assert other.get("/you/").status_code == 302
    assert Mail.objects.filter(to="analyst@example.com").count() == 1, "and its owner is told"


def test_an_open_screen_cannot_guess_the_present_password(
    company: Company, client_of: Callable[..., Client]
) -> None:
    client = client_of("analyst")
    answers = [
        client.post("/you/password/", {"present": f"guess {n}", "password": NEW}).status_code
        for n in range(7)
    ]
    assert answers[-1] == 429


@pytest.mark.parametrize("password", ["password1234", "aaaaaaa", "analyst@example.com", "x" * 2000])
def test_bad_passwords_are_refused_with_a_reason(company: Company, password: str) -> None:
    from peakend.server.people.passwords import check_new

    with pytest.raises(SiteError) as raised:
        check_new(password, company.users["analyst"])
    assert raised.value.data["fields"]
