"""Sites, teams and touchpoints: seen within reach, changed by whom it is given to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.company.models import Site, Team, Touchpoint

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company


def call(client: Client, method: str, path: str, body: Any = None) -> Any:
    return client.generic(
        method, f"/api/v1{path}", "" if body is None else json.dumps(body), "application/json"
    )


def test_an_administrator_adds_a_site_and_a_team_on_the_pages(
    company: Company, client_of: Callable[..., Client]
) -> None:
    client = client_of("administrator")
    form = {
        "code": "east",
        "name": "East",
        "name_zh": "东航站楼",
        "timezone": "Asia/Shanghai",
        "active": "on",
    }
    form |= {"calendar": "china-office"}
    assert client.post("/sites/new/", form).headers["Location"] == "/sites/east/"
    assert client.post("/sites/new/", form).status_code == 422, "a code is taken once"
    team = {"code": "gate", "name": "Gate", "active": "on"}
    assert client.post("/sites/east/teams/new/", team).status_code == 302
    assert Team.objects.get(code="gate").site.code == "east"
    assert "Gate" in client.get("/sites/east/").content.decode()
    client.post("/sites/east/edit/", {**form, "name": "Far East", "active": ""})
    site = Site.objects.get(code="east")
    assert (site.name, site.active) == ("Far East", False)


@pytest.mark.parametrize(
    "body",
    [
        {"code": "a b", "name": "A"},
        {"code": "../x", "name": "A"},
        {"code": "ok", "name": ""},
        {"code": "ok", "name": "  "},
        {"code": "ok", "name": "A", "timezone": "Mars/Olympus"},
        {"code": "ok", "name": "x" * 201},
        {"code": "ok", "name": "a\x00b"},
    ],
)
def test_bad_sites_are_refused(
    company: Company, client_of: Callable[..., Client], body: dict[str, str]
) -> None:
    assert call(client_of("administrator"), "POST", "/sites", body).status_code == 422
    assert Site.objects.count() == 2


def test_people_see_their_own_part_of_the_company(company: Company, client_of: Callable[..., Client]) -> None:
    for who, codes in (
        ("north.supervisor", ["north"]),
        ("south.front_line", ["south"]),
        ("analyst", ["north", "south"]),
    ):
        assert [one["code"] for one in call(client_of(who), "GET", "/sites").json()["items"]] == codes
    assert (
        call(client_of("north.front_line"), "GET", "/sites/north/teams").json()["items"][0]["code"] == "desk"
    )
    assert call(client_of("north.front_line"), "GET", "/sites/south/teams").status_code == 404


def test_a_list_is_walked_to_its_end(company: Company, client_of: Callable[..., Client]) -> None:
    client, seen, cursor = client_of("analyst"), [], ""
    for _ in range(5):
        page = call(client, "GET", f"/touchpoints?limit=1{cursor}").json()
        seen += [one["code"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["checkin", "lounge", "cabin"]
    assert call(client, "GET", "/touchpoints?cursor=nonsense").status_code == 422


def test_a_template_is_imported_once_and_leaves_what_is_there(
    company: Company, client_of: Callable[..., Client]
) -> None:
    Touchpoint.objects.filter(code="checkin").update(name="Our own name")
    client = client_of("cx_manager")
    assert client.post("/touchpoints/import/", {"template": "airline"}).status_code == 302
    count = Touchpoint.objects.count()
    assert count > 10
    assert Touchpoint.objects.get(code="checkin").name == "Our own name"
    assert Touchpoint.objects.exclude(name_zh="").count() >= count - 3
    assert call(client, "POST", "/touchpoints/import", {"template": "airline"}).json() == {"new": 0}
    assert Touchpoint.objects.count() == count
    assert client.post("/touchpoints/import/", {"template": "../../etc"}).status_code == 422


def test_touchpoints_are_changed_and_never_deleted(
    company: Company, client_of: Callable[..., Client]
) -> None:
    client = client_of("cx_manager")
    assert call(client, "PATCH", "/touchpoints/lounge", {"active": False, "position": 9}).status_code == 200
    lounge = Touchpoint.objects.get(code="lounge")
    assert (lounge.active, lounge.position, lounge.name) == (False, 9, "Lounge")
    assert call(client, "DELETE", "/touchpoints/lounge").status_code == 405
    assert call(client_of("analyst"), "PATCH", "/touchpoints/lounge", {"active": True}).status_code == 403


def test_the_company_has_a_name_where_people_sign_in(
    company: Company, client: Client, client_of: Callable[..., Client]
) -> None:
    call(client_of("administrator"), "PATCH", "/company", {"name": "<b>Blue</b> Sky"})
    content = client.get("/sign-in/").content.decode()
    assert "&lt;b&gt;Blue&lt;/b&gt; Sky" in content


def test_a_site_names_its_calendar_in_words_and_the_form_offers_every_calendar(
    company: Company, client_of: Callable[..., Client]
) -> None:
    from peakend.server.cases.models import BusinessCalendar

    BusinessCalendar.objects.create(code="night-desk", name={"en": "Night desk", "zh": "夜间柜台"})
    code = next(iter(company.sites))
    Site.objects.filter(code=code).update(calendar="china-office", kind="terminal")
    client = client_of("administrator")
    for language, words in (("en", ("Office in China", "Terminal")), ("zh", ("中国大陆办公室", "航站楼"))):
        client.cookies["django_language"] = language
        page = client.get(f"/sites/{code}/", headers={"accept-language": language}).content.decode()
        assert "china-office" not in page
        assert all(word in page for word in words)
    form = client.get(f"/sites/{code}/edit/").content.decode()
    assert 'value="night-desk"' in form
    assert 'value="china-office" selected' in form


def test_a_calendar_that_nobody_knows_yet_survives_a_change_of_its_site(
    company: Company, client_of: Callable[..., Client]
) -> None:
    code = next(iter(company.sites))
    Site.objects.filter(code=code).update(calendar="not-set-up-yet")
    client = client_of("administrator")
    form = {"name": "A", "timezone": "Asia/Shanghai", "active": "on", "calendar": "not-set-up-yet"}
    assert client.post(f"/sites/{code}/edit/", form).status_code == 302
    assert Site.objects.get(code=code).calendar == "not-set-up-yet"


def test_calendars_have_the_words_that_deadlines_have_for_them() -> None:
    from peakend.server.cases import calendars as counted
    from peakend.server.company import calendars as named

    assert {code: one.name for code, one in counted.BUILT_IN.items()} == named.BUILT_IN
