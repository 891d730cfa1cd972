"""Pages of the area open in both languages, forms lead where they should, and programs can do the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.initiatives.models import Assignment, Campaign, Initiative
from server.initiatives.conftest import START

LISTS = ["winback", "winback/new", "winback-calls", "initiatives", "initiatives/new", "spend-effect"]
PLAN = {
    "name_en": "Come back",
    "name_zh": "欢迎回来",
    "offer_en": "Upgrade",
    "offer_zh": "升舱",
    "site": "north",
    "tiers": "gold，silver",
    "away_days": "180",
    "channels": ["phone"],
    "holdout": "40",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-31",
    "window_days": "60",
    "smallest": "5",
    "expected": "10",
    "contact_cost": "2",
    "offer_cost": "30",
    "worth": "500",
    "currency": "CNY",
}
INITIATIVE = {
    "name_en": "Desks",
    "name_zh": "柜台",
    "kind": "equipment",
    "metric": "nps",
    "smallest": 5,
    "before_from": "2026-01-01",
    "before_to": "2026-01-31",
    "after_from": "2026-02-01",
    "after_to": "2026-02-28",
    "site": "north",
    "control_sites": ["south"],
}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("language", "mark"), [("en", "Sign out"), ("zh-CN", "退出")])
def test_a_manager_opens_every_list(
    company: Any, client_of: Callable[..., Client], path: str, language: str, mark: str
) -> None:
    answer = client_of("cx_manager").get(f"/{path}/", headers={"accept-language": language})
    assert answer.status_code == 200
    assert mark in answer.content.decode()


@pytest.mark.parametrize("path", [one for one in LISTS if one != "winback-calls"])
def test_the_front_line_has_only_its_calls(company: Any, client_of: Callable[..., Client], path: str) -> None:
    assert client_of("north.front_line").get(f"/{path}/").status_code == 403
    assert client_of("north.front_line").get("/winback-calls/").status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_campaign_from_plan_to_result_by_its_pages(
    company: Any,
    client_of: Callable[..., Client],
    lost: Callable[..., Any],
    sweep: Callable[[str], int],
    back: Callable[..., None],
    language: str,
) -> None:
    lost(60)
    manager = client_of("cx_manager", headers={"accept-language": language})
    with clock.at(START):
        there = manager.post("/winback/new/", PLAN)["Location"]
        campaign = Campaign.objects.get()
        assert (campaign.tiers, campaign.holdout_share, campaign.smallest) == (["gold", "silver"], 0.4, 0.05)
        assert "60" in manager.get(there).content.decode()
        manager.post(f"{there}start/")
        sweep("contact")
        running = manager.get(there).content.decode()
        assert "2026-05-02" in running
        call = Assignment.objects.filter(contact="to_call").first()
        assert call is not None
        assert manager.get("/winback-calls/").content.decode().count("<li><strong>") == 36
        manager.post(f"/winback-calls/{call.key}/", {"outcome": "accepted"})
        assert manager.post(f"/winback-calls/{call.key}/", {"outcome": "accepted"}).status_code == 404
        manager.post(f"{there}accepted/", {"customer_id": "nobody"})
        manager.post(f"{there}accepted/", {"customer_id": ""})
    back(Assignment.objects.filter(arm="treated").values_list("customer_id", flat=True), START + timedelta(1))
    with clock.at(START + timedelta(days=62)):
        sweep("outcomes")
        told = manager.get(there).content.decode()
        assert ("It worked" if language == "en" else "见效") in told
        assert ("It worked" if language == "en" else "见效") in manager.get("/winback/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"ends_on": "2026-02-01"}, {"channels": ["email"]}, {"holdout": "99"}, {"site": "nowhere"}]
)
def test_a_wrong_plan_stays_on_its_form(
    company: Any, client_of: Callable[..., Client], wrong: dict[str, Any]
) -> None:
    assert client_of("cx_manager").post("/winback/new/", {**PLAN, **wrong}).status_code == 422
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_initiative_and_its_spend_by_their_pages(
    company: Any, client_of: Callable[..., Client], language: str
) -> None:
    manager = client_of("cx_manager", headers={"accept-language": language})
    there = manager.post("/initiatives/new/", INITIATIVE)["Location"]
    manager.post(f"{there}spend/", {"day": "2026-01-15", "amount": "1200.50", "currency": "CNY"})
    manager.post(f"{there}spend/", {"day": "2026-01-15", "amount": "-1", "currency": "CNY"})
    made = Initiative.objects.get()
    assert [str(one.amount) for one in made.spends.all()] == ["1200.50"]
    assert "1,200.50" in manager.get(there).content.decode()
    Initiative.objects.update(
        result={
            "verdict": "no_effect",
            "difference": 0.5,
            "low": -1.0,
            "high": 2.0,
            "detectable": 2.5,
            "more": None,
            "n": {"after": 400, "before": 400, "control_after": 90, "control_before": 80},
            "values": {"after": 40.0, "before": 39.0, "control_after": 10.0, "control_before": 9.5},
        }
    )
    assert "−1.0" in manager.get(there).content.decode()
    drawn = manager.get("/spend-effect/", {"metric": "nps"}).content.decode()
    assert "<svg" in drawn
    assert "1,200.50" in drawn
    assert manager.get("/spend-effect/", {"metric": "x"}).status_code == 422
    Initiative.objects.update(metric="rating")
    assert "1,200.50" in manager.get("/spend-effect/").content.decode(), "it opens with what was judged"
    manager.post(f"/spend/{made.spends.get().key}/remove/")
    assert not made.spends.exists()
    manager.post(f"{there}withdraw/")
    assert manager.get(there).status_code == 404


def test_programs_do_the_same(
    company: Any, token_of: Callable[..., dict[str, str]], lost: Callable[..., Any], client: Client
) -> None:
    lost(60)
    headers = token_of("cx_manager", "initiatives.*")

    def call(method: str, path: str, body: Any = None) -> Any:
        sent = json.dumps(body) if body is not None else ""
        return client.generic(method, f"/api/v1{path}", sent, "application/json", headers=headers)

    plan = {name: value for name, value in PLAN.items() if name not in ("holdout", "tiers")}
    plan |= {"away_days": 180, "window_days": 60, "smallest": 0.05, "expected": 0.1, "holdout_share": 0.4}
    plan |= {"contact_cost": 2, "offer_cost": 30, "worth": 500, "seed": 1}
    with clock.at(START):
        made = call("POST", "/winback", plan)
        assert made.status_code == 201, made.content
        key = made.json()["key"]
        started = call("POST", f"/winback/{key}/start").json()
        assert (started["treated"], started["held"], started["result"]) == (36, 24, None)
        assert call("GET", "/winback").json()["items"][0]["told_at"].startswith("2026-05-02")
        taken = Assignment.objects.filter(arm="treated").select_related("customer")[0].customer
        assert taken is not None
        assert call("POST", f"/winback/{key}/accepted", {"customer_id": taken.customer_id}).status_code == 204
        assert call("GET", f"/winback/{key}").json()["accepted"] == 1
        assert call("GET", "/winback-calls").json()["items"] == []
        assert call("POST", f"/winback/{key}/end").json()["contacts"][0]["reason"] == "over"
    one = call("POST", "/initiatives", INITIATIVE).json()
    assert one["result"]["verdict"] == "few"
    spent = call("POST", f"/initiatives/{one['key']}/spend", {"day": "2026-01-02", "amount": 12.345})
    assert spent.json()["amount"] in ("12.34", "12.35", 12.34, 12.35)
    assert call("GET", "/spend-effect?metric=nps").json()["points"] == []
    assert call("DELETE", f"/spend/{spent.json()['key']}").status_code == 204
    assert call("POST", f"/initiatives/{one['key']}/withdraw").status_code == 204
    for path, body in (
        ("/winback", {**plan, "name_en": "a\x00"}),
        ("/winback", {**plan, "holdout_share": 2}),
        ("/winback", {**plan, "starts_on": "0001-01-01"}),
        ("/initiatives", {**INITIATIVE, "smallest": 1e300}),
        ("/initiatives", {**INITIATIVE, "after_to": "9999-12-31"}),
    ):
        assert call("POST", path, body).status_code == 422
    assert call("GET", "/spend-effect?touchpoint=%00").status_code == 422
