"""Pages and API of promises: both languages, every role, and no input that breaks them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.promises import selectors as found
from peakend.server.promises.models import Promise, PromiseUse
from server.promises.conftest import NOW, VIP_ITEMS

BODY: dict[str, Any] = {
    **{"code": "vip", "name_en": "Airport VIP", "name_zh": "机场贵宾室", "touchpoint": "lounge"},
    **{"claim_en": "Free airport VIP", "claim_zh": "机场贵宾室免费", "items": VIP_ITEMS},
    **{"eligible_customers": 10_000, "unit_cost": 150, "budget_year": 1_500_000, "capacity_month": 8000},
    **{"share_low": 0.3, "share_likely": 0.4, "share_high": 0.5},
    **{"uses_low": 2, "uses_likely": 6, "uses_high": 24},
}
ITEM = {"kind": "number", "better": "more", "material": "on", "caps_uses": "on"}
FORM: dict[str, Any] = {
    **{"code": "vip", "name_en": "Airport VIP", "name_zh": "机场贵宾室", "kept_at_least": "0.9"},
    **{"claim_en": "Free airport VIP", "claim_zh": "机场贵宾室免费", "channels": "branch，app"},
    **{"eligible_customers": "10000", "unit_cost": "150", "budget_year": "1500000"},
    **{"share_low": "0.3", "share_likely": "0.4", "share_high": "0.5"},
    **{"uses_low": "2", "uses_likely": "6", "uses_high": "24"},
    **{"item-TOTAL_FORMS": "4", "item-INITIAL_FORMS": "0"},
    **{f"item-0-{name}": value for name, value in ITEM.items()},
    **{"item-0-name_en": "visits", "item-0-name_zh": "次数"},
    **{"item-0-claimed": "不限", "item-0-terms": "1"},
    **{f"item-{n}-{name}": ITEM[name] for n in (1, 2, 3) for name in ("kind", "better", "material")},
}


def sent(client: Client, method: str, path: str, body: Any) -> Any:
    return client.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json")


def test_programs_write_compare_launch_and_use(company: Any, client_of: Callable[..., Client]) -> None:
    client = client_of("cx_manager")
    made = sent(client, "POST", "promises", BODY)
    assert made.status_code == 201, made.content
    promise = made.json()
    assert promise["version"]["hollow"]
    assert [one["status"] for one in promise["version"]["items"]] == ["narrower", "narrower", "kept", "kept"]
    path = f"promises/{promise['key']}"
    check = client.get(f"/api/v1/{path}/affordability").json()
    assert check["verdicts"] == ["hollow", "affordable"]
    assert check["terms"]["cost_year"] == {"low": 450_000, "likely": 600_000, "high": 750_000}
    assert check["delivered_frequent"] == pytest.approx(1 / 24)
    assert sent(client, "POST", f"{path}/launch", {}).status_code == 409
    launched = sent(client, "POST", f"{path}/launch", {"reason": "printed"})
    assert launched.json()["status"] == "launched"
    assert sent(client, "POST", f"{path}/launch", {"reason": "printed"}).status_code == 409
    desk = client_of("north.front_line")
    used = sent(desk, "POST", f"{path}/uses", {"kept": False, "reason": "used_up", "site": "north"})
    assert used.status_code == 201, used.content
    assert desk.get(f"/api/v1/{path}/uses").json()["items"][0]["reason"] == "used_up"
    assert client_of("south.front_line").get(f"/api/v1/{path}/uses").json()["items"] == []
    assert desk.get(f"/api/v1/{path}").json()["uses"]["n"] == 1
    fewer = {**BODY, "items": VIP_ITEMS[:1], "change_note": "simpler", "uses_high": 6, "budget_year": 9e6}
    fewer.pop("code")
    assert sent(client, "POST", f"{path}/versions", fewer).status_code == 201
    history = desk.get(f"/api/v1/{path}/versions").json()["items"]
    assert [(one["number"], len(one["items"]), one["overridden"]) for one in history] == [
        (2, 1, False),
        (1, 4, True),
    ]
    renamed = {"name_en": "VIP room", "name_zh": "贵宾室", "kept_at_least": 0.8}
    assert sent(client, "PUT", path, renamed).json()["kept_at_least"] == 0.8
    assert sent(client, "POST", f"{path}/end", {}).json()["status"] == "ended"
    assert client.get("/api/v1/promises?status=ended").json()["items"][0]["key"] == promise["key"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit_cost": -1},
        {"unit_cost": 1e300},
        {"budget_year": 1e12},
        {"eligible_customers": 2**62},
        {"eligible_customers": 2**70},
        {"share_high": 1.2},
        {"uses_high": 1e9},
        {"share_low": 0.45},
        {"share_low": None},
        {"starts_on": "2026-05-02", "ends_on": "2026-05-01"},
        {"starts_on": "0001-01-01"},
        {"name_en": "a\x00b"},
        {"claim_en": "\ud800"},
        {"code": "a b"},
        {"currency": "yuan"},
        {"kept_at_least": 0},
        {"items": [{**VIP_ITEMS[0], "claimed": "perhaps"}]},
        {"items": [{**VIP_ITEMS[1], "claimed": "9" * 300}]},
        {"items": [{**VIP_ITEMS[1], "claimed": "-3"}]},
        {"items": VIP_ITEMS * 6},
        {"tiers": ["x" * 61]},
    ],
)
def test_no_call_that_cannot_be_is_a_fault(
    company: Any, client_of: Callable[..., Client], wrong: dict[str, Any]
) -> None:
    answer = sent(client_of("cx_manager"), "POST", "promises", {**BODY, **wrong})
    assert answer.status_code == 422, answer.content
    assert not Promise.objects.exists()


@pytest.mark.parametrize("touchpoint", ["nowhere", "0"])
def test_what_is_named_must_exist(company: Any, client_of: Callable[..., Client], touchpoint: str) -> None:
    answer = sent(client_of("cx_manager"), "POST", "promises", {**BODY, "touchpoint": touchpoint})
    assert answer.status_code == 404


def test_a_manager_writes_a_promise_without_script(company: Any, client_of: Callable[..., Client]) -> None:
    client = client_of("cx_manager")
    assert client.get("/promises/new/").status_code == 200
    answer = client.post("/promises/new/", FORM, follow=True)
    page = answer.content.decode()
    promise = Promise.objects.get()
    assert promise.versions.get().channels == ["branch", "app"]
    assert promise.versions.get().items.count() == 1
    assert "Launch all the same" in page
    assert "a frequent customer gets 4.2" in page
    launched = client.post(f"/promises/{promise.key}/launch/", {"reason": ""}, follow=True)
    assert "The check says: hollow." in launched.content.decode()
    client.post(f"/promises/{promise.key}/launch/", {"reason": "printed"})
    promise.refresh_from_db()
    assert promise.status == "launched"


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit_cost": "-1"},
        {"share_high": "1.2"},
        {"item-0-claimed": "lots"},
        {"eligible_customers": "9" * 40},
        {"starts_on": "2026-05-02", "ends_on": "2026-05-01"},
        {"item-TOTAL_FORMS": "x"},
        {"share_low": "nan"},
        {"budget_year": "1e400"},
        {"code": "a b"},
    ],
)
def test_a_wrong_form_comes_back_with_what_is_wrong(
    company: Any, client_of: Callable[..., Client], wrong: dict[str, str]
) -> None:
    answer = client_of("cx_manager").post("/promises/new/", {**FORM, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Promise.objects.exists()


def test_a_form_with_a_nul_is_refused(company: Any, client_of: Callable[..., Client]) -> None:
    for wrong in ({"name_en": "a\x00b"}, {"item-0-claimed": "\x00"}):
        assert client_of("cx_manager").post("/promises/new/", {**FORM, **wrong}).status_code == 400
    assert not Promise.objects.exists()


def test_terms_are_changed_and_items_left_out_on_the_page(
    company: Any, client_of: Callable[..., Client], vip: Any
) -> None:
    promise, client = vip(), client_of("cx_manager")
    path = f"/promises/{promise.key}/terms/"
    form = client.get(path)
    assert 'value="500000"' in form.content.decode()
    rows = {
        f"item-{n}-{name}": str(value)
        for n, row in enumerate(form.context["rows"].initial)
        for name, value in row.items()
        if value is not False
    }
    answer = client.post(
        path,
        {
            **{name: value for name, value in FORM.items() if not name.startswith("item-")},
            **{"item-TOTAL_FORMS": "4", "item-INITIAL_FORMS": "4", **rows, "item-2-remove": "on"},
            **{"in_force_from": str(found.today()), "change_note": "no card"},
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    last = found.last_version(Promise.objects.get())
    assert (last.number, last.change_note) == (2, "no card")
    assert [one.name_en for one in last.items.all()] == [
        "VIP room at the airport",
        "minimum deposit",
        "visits",
    ]
    shown = client.get(f"/promises/{promise.key}/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "第 2 版" in shown
    assert "名不副实" in shown


def test_the_front_line_sees_what_is_promised_but_not_what_it_costs(
    company: Any, client_of: Callable[..., Client], kept: Any, vip: Any
) -> None:
    desk, draft = client_of("north.front_line"), vip()
    listed = desk.get("/promises/").content.decode()
    assert kept.key in listed
    assert draft.key not in listed
    assert desk.get(f"/promises/{draft.key}/").status_code == 404
    page = desk.get(f"/promises/{kept.key}/").content.decode()
    assert "Record a use" in page
    assert "Can it be paid?" not in page
    assert "1500000" not in page
    assert desk.get(f"/api/v1/promises/{kept.key}/affordability").status_code == 403
    assert desk.get("/promises/new/").status_code == 403
    assert client_of("analyst").post(f"/promises/{kept.key}/uses/").status_code == 403
    assert client_of("north.supervisor").post(f"/promises/{kept.key}/launch/").status_code == 403


def test_a_use_is_recorded_on_the_page(company: Any, client_of: Callable[..., Client], kept: Any) -> None:
    desk, path = client_of("north.front_line"), f"/promises/{kept.key}/uses/"
    entered = {"kept": "no", "reason": "no_capacity", "day": str(NOW.date()), "site": "north", "case": ""}
    with clock.at(NOW):
        assert "Recorded." in desk.post(path, entered, follow=True).content.decode()
        for wrong in ({"site": "south"}, {"reason": ""}, {"day": "x"}, {"case": "\x00"}):
            desk.post(path, {**entered, **wrong})
    assert PromiseUse.objects.count() == 1


@pytest.mark.parametrize(("language", "mark"), [("en", "Promises"), ("zh-CN", "对客户的承诺")])
def test_the_list_speaks_both_languages(
    company: Any, client_of: Callable[..., Client], kept: Any, vip: Any, language: str, mark: str
) -> None:
    vip()
    answer = client_of("cx_manager").get("/promises/", headers={"accept-language": language})
    assert answer.status_code == 200
    assert mark in answer.content.decode()


def test_strangers_are_sent_to_the_door(company: Any, client_of: Callable[..., Client], kept: Any) -> None:
    for path in ("/promises/", f"/promises/{kept.key}/"):
        assert client_of("").get(path)["Location"].startswith("/sign-in/")
