"""Each guard is switched off by hand, and its attack then succeeds: the attacks of this folder can fail.

An attack answers whether it succeeded. A guard says how it is taken away; add a line to `GUARDS` with each
new guard.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.template.base import Template
from django.test import Client

from peakend.server.notices import delivering, reaching
from peakend.server.people import attempts, services
from peakend.server.people.models import User
from server.access_objects import Made, a_case
from server.attacks.html_holes import breakout, holes_in
from server.attacks.test_attacks_bodies import FORM
from server.attacks.test_attacks_files import cells_of
from server.attacks.test_attacks_sessions import holder, planted
from server.notices.conftest import receiving
from server.people.test_people_door import MANAGER, is_in, knock

if TYPE_CHECKING:
    from server.conftest import Company

    ClientOf = Callable[..., Client]
    Attack = Callable[[Company, ClientOf], bool]

pytestmark = pytest.mark.django_db
EVIL = "https://evil.example/"


# Attacks
# ------------------------------------------------------------------------------------------------------


def a_forged_form(company: Company, client_of: ClientOf) -> bool:
    client = client_of("administrator", enforce_csrf_checks=True)
    client.post("/you/", {"name": "Forged", "language": "en"})
    return User.objects.filter(name="Forged").exists()


def a_forged_call(company: Company, client_of: ClientOf) -> bool:
    client = client_of("administrator", enforce_csrf_checks=True)
    client.patch("/api/v1/me", json.dumps({"name": "Forged"}), "application/json")
    return User.objects.filter(name="Forged").exists()


def markup_in_a_name(company: Company, client_of: ClientOf) -> bool:
    User.objects.filter(email=MANAGER).update(name=breakout(1))
    return bool(holes_in(client_of("administrator").get("/people/").content.decode()))


def a_formula_in_a_file(company: Company, client_of: ClientOf) -> bool:
    user = company.users["analyst"]
    User.objects.filter(pk=user.pk).update(name="=HYPERLINK(0)+cmd|' /C calc'!A1")
    user.refresh_from_db()
    services.change_profile(actor=company.actor("analyst"), language="zh")
    file = client_of("administrator").get("/audit/file.csv")
    return bool(cells_of("csv", b"".join(file.streaming_content)))


def a_call_to_the_inside(company: Company, client_of: ClientOf) -> bool:
    with receiving(range(8050, 9999, 7)) as inside:
        client = client_of("administrator")
        sent = json.dumps({"name": "CRM", "url": inside.url, "events": ["*"]})
        made = client.post("/api/v1/webhooks", sent, "application/json")
        if made.status_code == 201:
            client.post(f"/api/v1/webhooks/{made.json()['key']}/test")
            delivering.deliver()
        return bool(inside.calls)


def the_other_sites_case(company: Company, client_of: ClientOf) -> bool:
    case = a_case(Made(company, "north", "north.supervisor"))
    return client_of("south.supervisor").get(f"/cases/{case.key}/").status_code == 200


def a_page_above_ones_role(company: Company, client_of: ClientOf) -> bool:
    return client_of("north.front_line").get("/people/rules/").status_code == 200


def a_body_without_end(company: Company, client_of: ClientOf) -> bool:
    body = b"password=" + b"x" * 2_000_000
    return client_of("").generic("POST", "/sign-in/", body, FORM).status_code != 413


def a_guessed_password(company: Company, client_of: ClientOf) -> bool:
    client = client_of("")
    for number in range(12):
        knock(client, password=f"guess number {number}")
    knock(client)
    return is_in(client)


def a_planted_session(company: Company, client_of: ClientOf) -> bool:
    victim, key = planted({"x": 1})
    knock(victim)
    return is_in(holder(key))


def a_way_out(company: Company, client_of: ClientOf) -> bool:
    return bool(knock(client_of(""), next=EVIL).headers.get("Location") == EVIL)


# Guards
# ------------------------------------------------------------------------------------------------------

CSRF = "django.middleware.csrf.CsrfViewMiddleware"


def _no_middleware(patch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != CSRF]


def _no_escape(patch: pytest.MonkeyPatch, settings: Any) -> None:
    """In one template alone, as `{% autoescape off %}` or a `|safe` would do."""
    render = Template._render  # type: ignore[attr-defined]

    def bare(template: Any, context: Any) -> Any:
        context.autoescape = context.autoescape and template.name != "people/people.html"
        return render(template, context)

    patch.setattr(Template, "_render", bare)


def _no_size(patch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None


def _same_session(patch: pytest.MonkeyPatch, settings: Any) -> None:
    for name in ("flush", "cycle_key"):
        patch.setattr(SessionStore, name, lambda _: None)


def without(path: str, instead: Callable[..., Any]) -> Callable[[pytest.MonkeyPatch, Any], None]:
    """The function at `path` is `instead`."""
    return lambda patch, settings: patch.setattr(path, instead)


SERVER = "peakend.server."
GUARDS: dict[str, tuple[Attack, Callable[[pytest.MonkeyPatch, Any], None]]] = {
    "tokens of forms": (a_forged_form, _no_middleware),
    "tokens of calls by session": (a_forged_call, without(f"{SERVER}web.api.check_csrf", lambda _: None)),
    "escaping in a template": (markup_in_a_name, _no_escape),
    "apostrophes before formulas": (
        a_formula_in_a_file,
        without(f"{SERVER}web.downloads.guarded", lambda cell: cell),
    ),
    "public addresses only": (
        a_call_to_the_inside,
        lambda patch, settings: patch.setattr(reaching, "is_public", lambda _: True),
    ),
    "objects within reach": (
        the_other_sites_case,
        without(f"{SERVER}cases.selectors.within", lambda actor, rows, *_, **__: rows),
    ),
    "policies of pages": (a_page_above_ones_role, without(f"{SERVER}web.pages.require", lambda *_: None)),
    "size of bodies": (a_body_without_end, _no_size),
    "waits after wrong passwords": (
        a_guessed_password,
        lambda patch, settings: patch.setattr(attempts, "begin", lambda *_: None),
    ),
    "another session after sign-in": (a_planted_session, _same_session),
    "paths of this site only": (
        a_way_out,
        without(f"{SERVER}web.address.own_path", lambda asked, otherwise="/": asked),
    ),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_without_its_guard_the_attack_succeeds_and_with_it_fails(
    company: Company,
    client_of: ClientOf,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    guard: str,
) -> None:
    attack, take_away = GUARDS[guard]
    assert not attack(company, client_of), "with the guard"
    with monkeypatch.context() as patch:
        take_away(patch, settings)
        assert attack(company, client_of), "without the guard the attack must succeed"
