"""Attacks on every address of the site, found by walking the URL map: a new route is attacked unnamed.

Who adds a route whose address names an object adds a line to `OBJECTS`; a test says so until it is done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from peakend.server.acting.actors import Role
from peakend.server.acting.models import AuditEntry
from peakend.server.acting.policies import actions
from server.access_objects import BODIES, COMPANY_WIDE, OBJECTS, SECRETS, Made

if TYPE_CHECKING:
    from server.conftest import Company

pytestmark = pytest.mark.django_db
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Pages that must take forms from elsewhere. Each needs a reason.
EXEMPT: dict[str, str] = {}
WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+[\"`]?(\w+)", re.IGNORECASE)
# That somebody looked at a customer, or took a file away, is written down: that is what the audit is for.
BOOKKEEPING = frozenset({"django_session", "people_signedin", "acting_auditentry"})
# What no factory can make: it appears when a worker has run an analysis.
MADE_LATER = frozenset({"analyses/report/<language>"})
# Customers answer without cookies: nothing is done in the name of somebody who is signed in.
ANSWERING = ("s/",)
# GET pages that write something, with the reason.
WRITING_READS: dict[str, str] = {
    "first-run/": "makes the setup code's file",
    "notifications/digest/": "one's own preferences begin with their defaults",
    "api/v1/notifications/digest": "the same",
    "sign-in/company/": "the state of the company's own sign-in is kept in the session",
}


@dataclass(frozen=True)
class Route:
    """One address.

    Its pattern with `<parameters>`, whether it is the API's, its methods and who may use it.
    """

    pattern: str
    api: bool
    methods: tuple[str, ...]
    action: str | None
    public: bool

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"<(\w+)>", self.pattern))

    @property
    def name(self) -> str:
        return f"{'/'.join(self.methods)} /{self.pattern}"

    def path(self, values: dict[str, str]) -> str:
        path = re.sub(r"<(\w+)>", lambda found: values[found[1]], self.pattern)
        return "/" + path


def plain(pattern: str) -> str:
    """`cases/<str:key>/` and `/cases/{key}` as `cases/<key>/` and `cases/<key>`."""
    pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", pattern)
    return re.sub(r"\{(?:\w+:)?(\w+)\}", r"<\1>", pattern)


def pages(patterns: list[Any] | None = None, before: str = "") -> Iterator[Route]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        pattern = before + str(one.pattern)
        if pattern.startswith("api/"):
            continue
        if isinstance(one, URLResolver):
            yield from pages(one.url_patterns, pattern)
        elif isinstance(one, URLPattern):
            view = one.callback
            yield Route(
                plain(pattern),
                False,
                ("GET", "POST"),
                getattr(view, "action", None),
                getattr(view, "public", False),
            )


def operations() -> Iterator[Route]:
    get_resolver().url_patterns  # noqa: B018 - the areas' routers are mounted by it
    from peakend.server.web.api import api

    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                function = operation.view_func
                whole = f"api/v1/{router.prefix.strip('/')}/{path.lstrip('/')}".replace("//", "/")
                yield Route(
                    plain(whole),
                    True,
                    tuple(operation.methods),
                    getattr(function, "action", None),
                    getattr(function, "public", False),
                )


def routes() -> list[Route]:
    return [*pages(), *operations()]


def lookup(route: Route) -> str:
    """The pattern up to its last parameter, without the API's beginning: what `OBJECTS` knows it by."""
    pattern = route.pattern.removeprefix("api/v1/")
    return pattern[: pattern.rindex(">") + 1]


def made_for(route: Route, company: Company, site: str, who: str) -> dict[str, str]:
    """Values for the route's parameters.

    An object of `site`, belonging to `who` where it is somebody's own.
    """
    if not route.parameters:
        return {}
    factory = OBJECTS.get(lookup(route))
    # Without one the test of the registry fails and says so; the other attacks go on with a key that is none.
    return factory(Made(company, site, who)) if factory else dict.fromkeys(route.parameters, "unregistered")


def send(client: Client, route: Route, method: str, path: str, **more: Any) -> Any:
    if method in ("GET", "HEAD"):
        return client.generic(method, path, **more)
    sent = BODIES.get(lookup_or_empty(route), {})
    if route.api:
        return client.generic(method, path, json.dumps(sent), "application/json", **more)
    return client.generic(method, path, urlencode(sent), "application/x-www-form-urlencoded", **more)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, so that one attack does not change the ground of the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def gathered(problems: list[str]) -> str:
    return f"{len(problems)} problems:\n" + "\n".join(problems)


# Who is let in
# ------------------------------------------------------------------------------------------------------


def test_every_route_says_which_action_it_is_or_that_it_is_public() -> None:
    found = routes()
    assert len(found) > 60, "the walk must find the site"
    forgotten = [
        route.name
        for route in found
        if bool(route.action) == bool(route.public) or (route.action and route.action not in actions())
    ]
    assert not forgotten, gathered(forgotten)


def test_every_parameter_of_an_address_has_an_object_to_attack_with() -> None:
    missing = sorted({lookup(one) for one in routes() if one.parameters} - set(OBJECTS))
    assert not missing, "tests/server/access_objects.py: OBJECTS needs a factory for each of\n" + "\n".join(
        missing
    )


def test_no_object_is_registered_that_no_address_names() -> None:
    gone = sorted(set(OBJECTS) - {lookup(one) for one in routes() if one.parameters})
    assert not gone, gathered(gone)


def test_strangers_are_sent_to_sign_in_or_told_401(company: Company) -> None:
    problems: list[str] = []
    for route in routes():
        if route.public:
            continue
        path = route.path(made_for(route, company, "north", "administrator"))
        answers = []
        for method in route.methods if route.api else ("GET", "POST", "PUT", "DELETE"):
            with undone():
                response = send(Client(), route, method, path)
            answers.append(response.status_code)
            to_door = response.status_code == 302 and response.headers["Location"].startswith("/sign-in/")
            if not (response.status_code == 401 if route.api else to_door or response.status_code == 405):
                problems.append(f"{method} {route.name}: {response.status_code}")
        if set(answers) == {405}:
            problems.append(f"{route.name} has no method at all")
    assert not problems, gathered(problems)


@pytest.mark.parametrize("credential", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer pk_\u00e9", "pk_x"])
def test_a_wrong_token_is_a_stranger_even_beside_a_good_session(
    company: Company, client_of: Callable[..., Client], credential: str
) -> None:
    problems = []
    client = client_of("administrator")
    for route in operations():
        if route.public:
            continue
        path = route.path(made_for(route, company, "north", "administrator"))
        with undone():
            response = send(client, route, route.methods[0], path, headers={"authorization": credential})
        if response.status_code != 401:
            problems.append(f"{route.name}: {response.status_code}")
    assert not problems, gathered(problems)


ROLES = {role: f"north.{role}" if role in (Role.FRONT_LINE, Role.SUPERVISOR) else str(role) for role in Role}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_action_is_refused_and_one_with_it_is_not(
    company: Company, client_of: Callable[..., Client], role: Role
) -> None:
    problems = []
    client = client_of(ROLES[role])
    for route in routes():
        if route.public or route.action is None:
            continue
        allowed = role in actions()[route.action].roles
        path = route.path(made_for(route, company, "north", ROLES[role]))
        for method in route.methods:
            with undone():
                response = send(client, route, method, path)
            status = response.status_code
            if status >= 500:
                problems.append(f"{method} {route.name} as {role}: fault {status}")
            elif not allowed and status not in (403, 404, 405):
                problems.append(f"{method} {route.name} as {role}: {status} instead of a refusal")
            elif allowed and method == "GET" and status in (401, 403):
                problems.append(f"{method} {route.name} as {role}: {status} although its role may")
    assert not problems, gathered(problems)


@pytest.mark.parametrize("role", list(Role))
def test_a_token_without_the_action_is_refused_whatever_its_owner_may(
    company: Company, token_of: Callable[..., dict[str, str]], role: Role
) -> None:
    """Also on pages: a token works there as its owner, within its scopes."""
    problems = []
    headers = token_of(ROLES[role], "nothing.at_all")
    for route in routes():
        if route.public:
            continue
        path = route.path(made_for(route, company, "north", ROLES[role]))
        for method in route.methods:
            with undone():
                response = send(Client(), route, method, path, headers=headers)
            if response.status_code not in (403, 404, 405):
                problems.append(f"{method} {route.name} as {role}: {response.status_code}")
    assert not problems, gathered(problems)


# Other people's objects
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FRONT_LINE, Role.SUPERVISOR])
def test_objects_of_the_other_site_do_not_exist(
    company: Company, client_of: Callable[..., Client], role: Role
) -> None:
    problems = []
    client = client_of(f"north.{role}")
    for route in routes():
        if not route.parameters or route.action is None or lookup(route) in COMPANY_WIDE:
            continue
        if role not in actions()[route.action].roles:
            continue
        theirs = route.path(made_for(route, company, "south", f"south.{role}"))
        for method in route.methods:
            before = AuditEntry.objects.count()
            with undone():
                response = send(client, route, method, theirs)
                quiet = AuditEntry.objects.count() == before
            with undone():
                nothing = send(client, route, method, route.path(dict.fromkeys(route.parameters, "0")))
            # An empty form may be refused before the object is looked for: then nothing was done, and the
            # answer is that for an object that does not exist.
            blind = method != "GET" and quiet and response.status_code == nothing.status_code
            if response.status_code not in (404, 405) and not blind:
                problems.append(
                    f"{method} {route.name} as {role}: {response.status_code} for the other site's"
                )
    assert not problems, gathered(problems)


def test_own_objects_do_exist_so_that_the_attack_above_proves_something(
    company: Company, client_of: Callable[..., Client]
) -> None:
    """For every kind of object somebody at its site, or who sees everything, gets something else than 404."""
    found: dict[str, bool] = {}
    for route in routes():
        if not route.parameters or route.action is None or lookup(route) in MADE_LATER:
            continue
        for role in (Role.FRONT_LINE, Role.SUPERVISOR, Role.CX_MANAGER, Role.ADMINISTRATOR):
            if role not in actions()[route.action].roles or found.get(lookup(route)):
                continue
            path = route.path(made_for(route, company, "north", ROLES[role]))
            with undone():
                response = send(client_of(ROLES[role]), route, route.methods[0], path)
            if response.status_code == 405:
                with undone():
                    response = send(client_of(ROLES[role]), route, "POST", path)
            found[lookup(route)] = response.status_code not in (404, 405)
    vacuous = sorted(name for name, exists in found.items() if not exists)
    assert not vacuous, gathered(vacuous)


@pytest.mark.parametrize(
    "value", ["nothing-like-it", "0", "%00", "..%2f..%2fetc%2fpasswd", "'--", "%F0%9F%98%80"]
)
def test_a_key_that_is_none_is_404_and_no_fault(
    company: Company, client_of: Callable[..., Client], value: str
) -> None:
    problems = []
    client = client_of("administrator")
    for route in routes():
        if not route.parameters:
            continue
        path = route.path(dict.fromkeys(route.parameters, value))
        for method in route.methods:
            with undone():
                status = send(client, route, method, path).status_code
            if status >= 500 or (200 <= status < 300 and lookup(route) not in SECRETS):
                problems.append(f"{method} {route.name}: {status}")
    assert not problems, gathered(problems)


# Forged requests
# ----------------------------------------------------------------------------------------------------


def test_no_form_is_taken_without_its_token(company: Company, client_of: Callable[..., Client]) -> None:
    problems = []
    client = client_of("administrator", enforce_csrf_checks=True)
    for route in routes():
        if route.pattern in EXEMPT or route.pattern.startswith(ANSWERING):
            continue
        path = route.path(made_for(route, company, "north", "administrator"))
        for method in [one for one in route.methods if one in UNSAFE] if route.api else UNSAFE:
            with undone():
                status = send(client, route, method, path).status_code
            if status not in (401, 403):
                problems.append(f"{method} {route.name}: {status}")
    public_api = [route.name for route in operations() if route.public]
    problems = [
        one for one in problems if not any(one.endswith(f"{name}: {one[-3:]}") for name in public_api)
    ]
    assert not problems, gathered(problems)


def test_every_exemption_is_still_needed(company: Company) -> None:
    known = {route.pattern for route in routes()}
    assert set(EXEMPT) <= known
    assert set(WRITING_READS) <= known


def test_reading_writes_nothing(company: Company, client_of: Callable[..., Client]) -> None:
    """A link in a mail, or a picture on a foreign page, makes a browser send GETs with its cookies."""
    problems = []
    client = client_of("administrator")
    for route in routes():
        if "GET" not in route.methods or route.pattern in WRITING_READS or lookup_or_empty(route) in SECRETS:
            continue
        path = route.path(made_for(route, company, "north", "administrator"))
        with (
            undone(),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            consumed(client.get(path))
        for query in queries.captured_queries:
            wrote = WRITES.match(query["sql"])
            if wrote and wrote[2] not in BOOKKEEPING:
                problems.append(f"{route.name}: {query['sql'][:80]}")
                break
    assert not problems, gathered(problems)


def lookup_or_empty(route: Route) -> str:
    return lookup(route) if route.parameters else ""


def consumed(response: Any) -> Any:
    """The response with its stream read, as files are only made while they are sent."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response


EVIL = (
    "https://evil.example/x",
    "//evil.example",
    "/\\evil.example",
    "/%09/evil.example",
    "\x01//evil.example",
)


def test_no_next_leads_away(company: Company, client_of: Callable[..., Client]) -> None:
    """Of pages: the API never redirects."""
    problems = []
    for name in ("", "administrator"):
        client = client_of(name)
        for route in pages():
            path = route.path(made_for(route, company, "north", "administrator"))
            # Strangers are sent to sign in before a page looks at anything.
            for evil in EVIL if route.public else EVIL[:2] if name else ():
                fields = dict.fromkeys(("next", "return", "redirect", "url", "back"), evil)
                for ask in (client.get, client.post):
                    with undone():
                        response = ask(path, fields)
                    target = urlsplit(response.headers.get("Location", "").replace("\\", "/"))
                    if target.netloc not in ("", "testserver") or target.scheme not in ("", "http"):
                        problems.append(f"{route.name}: {response.headers['Location']}")
    assert not problems, gathered(problems)


# Headers and methods
# ------------------------------------------------------------------------------------------------


def test_no_page_may_be_framed_or_run_foreign_scripts(
    company: Company, client_of: Callable[..., Client]
) -> None:
    problems = []
    client = client_of("administrator")
    for route in routes():
        if "GET" not in route.methods:
            continue
        path = route.path(made_for(route, company, "north", "administrator"))
        with undone():
            response = client.get(path)
        policy = response.headers.get("Content-Security-Policy", "")
        script = re.search(r"script-src ([^;]*)", policy) or re.search(r"default-src ([^;]*)", policy)
        if "frame-ancestors" not in policy or script is None or "unsafe" in script[1] or "*" in script[1]:
            problems.append(f"{route.name}: {policy}")
        if response.headers.get("X-Content-Type-Options") != "nosniff":
            problems.append(f"{route.name}: may be sniffed")
    assert not problems, gathered(problems)


def test_what_somebody_saw_is_not_kept_by_caches(company: Company, client_of: Callable[..., Client]) -> None:
    problems = []
    client = client_of("administrator")
    for route in routes():
        if "GET" not in route.methods or route.public:
            continue
        path = route.path(made_for(route, company, "north", "administrator"))
        with undone():
            kept = client.get(path).headers.get("Cache-Control", "")
        if "no-store" not in kept and "private" not in kept:
            problems.append(f"{route.name}: {kept}")
    assert not problems, gathered(problems)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "testserver.evil.example", "a b"])
def test_another_host_name_is_refused(company: Company, host: str) -> None:
    for path in ("/sign-in/", "/forgotten-password/", "/api/v1/me", "/you/"):
        assert Client().get(path, headers={"host": host}).status_code == 400
    answered = Client().post(
        "/forgotten-password/", {"email": "cx_manager@example.com"}, headers={"host": host}
    )
    assert answered.status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_methods_nobody_asked_for_do_nothing(
    company: Company, client_of: Callable[..., Client], method: str
) -> None:
    client = client_of("administrator")
    problems = []
    for route in routes():
        if route.pattern in WRITING_READS:
            continue
        path = route.path(made_for(route, company, "north", "administrator"))
        with undone(), CaptureQueriesContext(connection) as queries:
            status = send(client, route, method, path).status_code
        written = [WRITES.match(one["sql"]) for one in queries.captured_queries]
        changed = [found[0] for found in written if found and found[2] not in BOOKKEEPING]
        if status >= 500 or changed:
            problems.append(f"{method} {route.name}: {status} {changed[:1]}")
    assert not problems, gathered(problems)
