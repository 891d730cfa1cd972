"""Who administers whom: roles, scope, deactivation, tokens; the audit."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock, heads
from peakend.server.acting.actors import Role, system
from peakend.server.acting.audit import verify
from peakend.server.acting.errors import ConflictError, NotAllowedError, NotFoundError
from peakend.server.acting.models import AuditEntry, AuditHead
from peakend.server.acting.services import audit
from peakend.server.people import services, tokens
from peakend.server.people.acting import actor_of_user
from peakend.server.people.models import ApiToken, User
from peakend.server.people.signals import user_deactivated
from server.conftest import PASSWORD, Company

if TYPE_CHECKING:
    from django.test import Client


def call(client: Client, method: str, path: str, body: Any = None, **more: Any) -> Any:
    data = "" if body is None else json.dumps(body)
    return client.generic(method, f"/api/v1{path}", data, "application/json", **more)


# People


def test_deactivating_ends_sessions_and_tokens_at_once(
    company: Company,
    client: Client,
    client_of: Callable[..., Client],
    token_of: Callable[..., dict[str, str]],
) -> None:
    theirs, token = client_of("analyst"), token_of("analyst", "people.own")
    assert call(client, "GET", "/me", headers=token).status_code == 200
    heard: list[User] = []

    def hear(user: User, **_: object) -> None:
        heard.append(user)

    user_deactivated.connect(hear)
    key = company.users["analyst"].key
    try:
        assert call(client_of("administrator"), "POST", f"/people/{key}/deactivate").status_code == 200
    finally:
        user_deactivated.disconnect(hear)
    assert [one.key for one in heard] == [key]
    assert theirs.get("/you/").status_code == 302
    assert call(client, "GET", "/me", headers=token).status_code == 401
    # Coming back does not bring the old tokens back.
    services.reactivate_person(actor=company.actor("administrator"), key=key)
    assert call(client, "GET", "/me", headers=token).status_code == 401
    assert client.post("/sign-in/", {"email": "analyst@example.com", "password": PASSWORD}).status_code == 302


def test_nobody_changes_their_own_role_or_scope(company: Company) -> None:
    admin = company.users["administrator"]
    second = User.objects.create_user("second@example.com", "Second", Role.ADMINISTRATOR, PASSWORD)
    for change in ({"role": Role.ANALYST}, {"sites": ["north"]}, {"teams": [("north", "desk")]}):
        with pytest.raises(ConflictError):
            services.change_person(actor=company.actor("administrator"), key=admin.key, **change)
    admin.refresh_from_db()
    assert (admin.role, admin.sites.count(), admin.teams.count()) == ("administrator", 0, 0)
    with pytest.raises(ConflictError):
        services.deactivate_person(actor=company.actor("administrator"), key=admin.key)
    assert second.is_active


@pytest.mark.parametrize("role", ["cx_manager", "analyst", "north.supervisor", "north.front_line"])
def test_only_administrators_change_people(company: Company, role: str) -> None:
    key = company.users["north.front_line"].key
    with pytest.raises(NotAllowedError):
        services.change_person(actor=company.actor(role), key=key, role=Role.ADMINISTRATOR)


def test_the_last_administrator_of_the_whole_company_stays(company: Company) -> None:
    actor = actor_of_user(User.objects.create_user("b@example.com", "B", Role.ADMINISTRATOR, PASSWORD))
    admin = company.users["administrator"]
    services.deactivate_person(actor=actor, key=admin.key)
    third = User.objects.create_user("c@example.com", "C", Role.ADMINISTRATOR, PASSWORD)
    third.sites.add(company.sites["north"])
    for change in ({"role": Role.ANALYST}, {"sites": ["north"]}):
        with pytest.raises(ConflictError):
            services.change_person(actor=system("test"), key=User.objects.get(name="B").key, **change)


@pytest.mark.site_on("postgres")  # the embedded test database lives in memory, where threads cannot meet
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_leave_one() -> None:
    from django.db import connection

    both = [User.objects.create_user(f"{n}@example.com", n, Role.ADMINISTRATOR, PASSWORD) for n in "ab"]
    gate = threading.Barrier(2)

    def demote(mine: int) -> None:
        actor, key = actor_of_user(both[mine]), both[1 - mine].key
        gate.wait()
        try:
            services.change_person(actor=actor, key=key, role=Role.ANALYST)
        except ConflictError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=(n,)) for n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert User.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_an_administrator_of_a_site_gives_away_no_more_than_the_site(company: Company) -> None:
    local = User.objects.create_user("local@example.com", "Local", Role.ADMINISTRATOR, PASSWORD)
    local.sites.add(company.sites["north"])
    actor = actor_of_user(local)
    new = {"email": "n@example.com", "name": "N", "origin": ""}
    for scope in ({}, {"sites": ["south"]}, {"teams": [("south", "desk")]}):
        with pytest.raises((NotAllowedError, NotFoundError)):
            services.create_person(actor=actor, role=Role.ADMINISTRATOR, **new, **scope)
    assert not User.objects.filter(email="n@example.com").exists()
    services.create_person(actor=actor, role=Role.SUPERVISOR, **new, sites=["north"])
    with pytest.raises(NotFoundError):
        services.deactivate_person(actor=actor, key=company.users["administrator"].key)
    company.users["cx_manager"].sites.set([company.sites["north"], company.sites["south"]])
    with pytest.raises(NotAllowedError):
        services.deactivate_person(actor=actor, key=company.users["cx_manager"].key)


def test_supervisors_see_the_people_of_their_sites_only(
    company: Company, client_of: Callable[..., Client]
) -> None:
    seen = {one["email"] for one in call(client_of("north.supervisor"), "GET", "/people").json()["items"]}
    assert seen == {"supervisor.north@example.com", "front_line.north@example.com"}


def test_an_e_mail_belongs_to_one_person_in_any_spelling(
    company: Company, client_of: Callable[..., Client]
) -> None:
    body = {"email": "ANALYST@example.com", "name": "Twin", "role": "analyst"}
    assert call(client_of("administrator"), "POST", "/people", body).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"email": "no address", "name": "A", "role": "analyst"},
        {"email": "a@example.com", "name": " ", "role": "analyst"},
        {"email": "a@example.com", "name": "A", "role": "king"},
        {"email": "a@example.com\nBcc: b@example.com", "name": "A", "role": "analyst"},
    ],
)
def test_bad_people_are_refused(
    company: Company, client_of: Callable[..., Client], body: dict[str, str]
) -> None:
    assert call(client_of("administrator"), "POST", "/people", body).status_code == 422


def test_a_name_is_text_on_every_page(company: Company, client_of: Callable[..., Client]) -> None:
    user = company.users["analyst"]
    user.name = "<script>alert(1)</script>{{ 7|add:7 }}"
    user.save()
    client = client_of("administrator")
    for path in ("/people/", f"/people/{user.key}/", f"/people/{user.key}/edit/", "/people/?q=<script>"):
        content = client.get(path).content.decode()
        assert "<script>alert" not in content
        assert "{{ 7|add:7 }}" in content or "q=" in path


# Tokens


def test_a_token_is_shown_once_and_works_within_its_scopes(
    company: Company, client: Client, client_of: Callable[..., Client]
) -> None:
    browser = client_of("administrator")
    page = browser.post("/you/tokens/", {"name": "nightly", "scopes": ["people.read"], "days": "30"})
    text = page.context["text"]
    assert text in page.content.decode()
    assert text not in browser.get("/you/tokens/").content.decode()
    assert not ApiToken.objects.filter(digest=text).exists()
    bearer = {"authorization": f"Bearer {text}"}
    assert call(client, "GET", "/people", headers=bearer).status_code == 200
    assert call(client, "GET", "/audit", headers=bearer).status_code == 403
    with clock.at(clock.now() + timedelta(days=31)):
        assert call(client, "GET", "/people", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    "scope", ["people.manage", "audit.read", "audit.*", "*", "nothing.there", "", "people"]
)
def test_nobody_grants_what_they_do_not_have(
    company: Company, client_of: Callable[..., Client], scope: str
) -> None:
    answer = call(client_of("north.front_line"), "POST", "/me/tokens", {"name": "more", "scopes": [scope]})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_cannot_make_itself_wider(
    company: Company, client: Client, token_of: Callable[..., dict[str, str]]
) -> None:
    bearer = token_of("administrator", "people.own")
    for scope in ("people.manage", "people.*", "audit.read"):
        assert (
            call(client, "POST", "/me/tokens", {"name": "x", "scopes": [scope]}, headers=bearer).status_code
            == 422
        )
    made = call(client, "POST", "/me/tokens", {"name": "x", "scopes": ["people.own"]}, headers=bearer)
    assert made.status_code == 201


def test_a_lost_role_is_lost_to_the_token_too(
    company: Company, client: Client, token_of: Callable[..., dict[str, str]]
) -> None:
    bearer = token_of("administrator", "audit.*")
    assert call(client, "GET", "/audit", headers=bearer).status_code == 200
    User.objects.filter(role="administrator").update(role="analyst")
    assert call(client, "GET", "/audit", headers=bearer).status_code == 403


@pytest.mark.parametrize("days", [-1, 800])
def test_a_token_ends_within_two_years(company: Company, client_of: Callable[..., Client], days: int) -> None:
    end = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    body = {"name": "long", "scopes": ["people.own"], "expires_at": end}
    assert call(client_of("analyst"), "POST", "/me/tokens", body).status_code == 422


def test_a_revoked_token_is_a_stranger(company: Company, client: Client) -> None:
    actor = company.actor("analyst")
    token, text = tokens.create_token(actor=actor, name="t", scopes=["people.own"])
    tokens.revoke_token(actor=actor, key=token.key)
    assert call(client, "GET", "/me", headers={"authorization": f"Bearer {text}"}).status_code == 401


# The audit


@pytest.fixture
def heads_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "audit_heads.jsonl"
    monkeypatch.setattr(heads, "heads_file", lambda: file)
    return file


def write(count: int) -> None:
    for n in range(count):
        audit(system("test"), "test.done", None, n=n)


def test_entries_cut_off_the_end_are_missed(company: Company, heads_file: Path) -> None:
    write(5)
    assert heads.write_head() is not None
    assert heads.write_head() is None, "once a day"
    write(2)
    assert verify().whole
    AuditEntry.objects.filter(pk__gte=AuditEntry.objects.order_by("id")[3].pk).delete()
    found = verify()
    assert (found.broken_at, found.whole) == (None, False)
    assert found.missing == (clock.now().date().isoformat(),)


def test_taking_the_note_out_of_the_database_does_not_help(company: Company, heads_file: Path) -> None:
    write(5)
    heads.write_head()
    AuditEntry.objects.filter(pk__gte=AuditEntry.objects.order_by("id")[3].pk).delete()
    AuditHead.objects.all().delete()
    assert not verify().whole


def test_a_forged_note_is_found(company: Company, heads_file: Path) -> None:
    write(5)
    heads.write_head()
    last = AuditEntry.objects.order_by("id")[3]
    AuditEntry.objects.filter(pk__gt=last.pk).delete()
    AuditHead.objects.update(entry=last.pk, entries=4, digest=last.digest)
    heads_file.unlink()
    assert not verify().whole


def test_a_chain_made_anew_is_found(company: Company, heads_file: Path) -> None:
    write(3)
    heads.write_head()
    AuditEntry.objects.all().delete()
    write(3)
    assert not verify().whole


def test_administrators_check_and_read_the_audit(
    company: Company, client_of: Callable[..., Client], heads_file: Path
) -> None:
    client = client_of("administrator")
    services.change_profile(actor=company.actor("analyst"), name="=HYPERLINK(1)")
    audit(actor_of_user(User.objects.get(email="analyst@example.com")), "test.done", None)
    page = client.get("/audit/?who=HYPER&what=test.")
    assert [one.action for one in page.context["rows"]] == ["test.done"]
    assert client.get("/audit/?from=2999-01-01").context["rows"] == []
    assert client.get("/audit/?from=nonsense&to=9999-12-31").status_code == 200
    content = b"".join(client.get("/audit/file.csv?what=test.").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert rows[0]["who"] == "'=HYPERLINK(1)"
    assert call(client, "POST", "/audit/check").json()["whole"] is True
    assert "The chain holds" in client.post("/audit/check/").content.decode()
    AuditEntry.objects.filter(action="test.done").update(action="test.undone")
    assert "The chain breaks" in client.post("/audit/check/").content.decode()
