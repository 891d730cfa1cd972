"""Programs can do what pages do; strangers and neighbours cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from peakend.server.cases.models import Case

pytestmark = pytest.mark.django_db
Call = Callable[..., Any]


@pytest.fixture
def call(token_of: Callable[..., dict[str, str]]) -> Call:
    """`call("north.front_line", "post", "/cases", {…})`: the response of the API."""
    tokens: dict[str, dict[str, str]] = {}

    def make(who: str, method: str, path: str, body: Any = None, *actions: str) -> Any:
        if actions:
            headers = token_of(who, *actions)
        else:
            headers = tokens[who] if who in tokens else tokens.setdefault(who, token_of(who))
        return getattr(Client(), method)(
            f"/api/v1{path}", data=json.dumps(body) if body is not None else None,
            content_type="application/json", headers=headers,
        )  # fmt: skip

    return make


def test_the_whole_loop_by_api(
    call: Call, company: Any, customer_of: Callable[..., Any], at_work: Any
) -> None:
    customer_of()
    who = "north.front_line"
    made = call(
        who, "post", "/cases", {"title": "Suitcase broken", "customer_id": "C-1", "touchpoint": "checkin"}
    )
    assert made.status_code == 201, made.content
    key = made.json()["key"]
    assert made.json()["missing"] == ["cause", "action", "recontact"]
    assert call(who, "post", f"/cases/{key}/take").json()["status"] == "working"
    refused = call(who, "post", f"/cases/{key}/close")
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["cause", "action", "recontact"]
    assert (
        call(who, "post", f"/cases/{key}/contacts", {"channel": "phone", "outcome": "reached"}).status_code
        == 201
    )
    assert (
        call(who, "post", f"/cases/{key}/contacts", {"channel": "phone", "outcome": "sent"}).status_code
        == 422
    )
    assert call(who, "post", f"/cases/{key}/status", {"status": "waiting", "note": "photos"}).json()[
        "waiting_since"
    ]
    assert call(who, "post", f"/cases/{key}/status", {"status": "working"}).json()["waiting_since"] is None
    given = call(
        who,
        "post",
        f"/cases/{key}/compensations",
        {"kind": "voucher", "amount": "50.00", "reason": "suitcase"},
    )
    assert (given.status_code, given.json()["status"]) == (201, "granted")
    draft = call(who, "get", f"/cases/{key}/drafts/solved-mail").json()
    assert "Lin Fang" in draft["text"]
    assert (
        call(who, "post", f"/cases/{key}/resolve", {"cause": "product", "action": "Mended."}).status_code
        == 200
    )
    assert call(who, "post", f"/cases/{key}/mails", {"subject": "Done", "text": "Mended."}).status_code == 201
    assert call(who, "post", f"/cases/{key}/close").status_code == 422
    call(who, "post", f"/cases/{key}/contacts", {"channel": "phone", "outcome": "reached"})
    assert call(who, "post", f"/cases/{key}/close").json()["status"] == "closed"
    assert call(who, "post", f"/cases/{key}/close").status_code == 409
    assert call(who, "post", f"/cases/{key}/recovery", {"score": 5}).json()["recovery_score"] == 5
    rubric = {"setting": 4, "politeness": 5, "humility": 5, "humane": 5}
    care = {"helpful": 5, "friendly": 5, "caring": 4, "reassuring": 4}
    assert call("north.supervisor", "put", f"/cases/{key}/review", rubric).status_code == 422
    assert call("north.supervisor", "put", f"/cases/{key}/review", rubric | care).json()["caring"] == 4
    kinds = [one["kind"] for one in call(who, "get", f"/cases/{key}/timeline").json()["items"]]
    assert kinds[:3] == ["opened", "routed", "taken"]
    assert kinds[-1] == "reviewed"


def test_neighbours_see_nothing(call: Call, completed: Callable[..., Any]) -> None:
    completed(1)
    key = Case.objects.get().key
    assert call("south.front_line", "get", "/cases").json() == {"items": [], "next": None}
    assert call("south.supervisor", "get", f"/cases/{key}").status_code == 404
    for path in ("take", "close"):
        assert call("south.front_line", "post", f"/cases/{key}/{path}").status_code == 404
    assert call("analyst", "post", f"/cases/{key}/take").status_code == 403
    assert call("analyst", "get", f"/cases/{key}").status_code == 200
    assert call("north.front_line", "post", f"/cases/{key}/assign", {"to": "x"}).status_code == 403
    assert call("cx_manager", "post", f"/cases/{key}/take", None, "surveys.*").status_code == 403
    assert Client().get("/api/v1/cases").status_code == 401
    assert Case.objects.get().status == "open"


def test_pages_of_a_list_are_whole(call: Call, completed: Callable[..., Any]) -> None:
    for _ in range(5):
        completed(1)
    numbers, cursor = [], ""
    while True:
        page = call("cx_manager", "get", f"/cases?limit=2&cursor={cursor}").json()
        numbers += [one["number"] for one in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert numbers == list(Case.objects.values_list("number", flat=True))
    assert call("cx_manager", "get", "/cases?cursor=nonsense").status_code == 422
    assert [
        one["number"] for one in call("cx_manager", "get", f"/cases?q={numbers[0]}").json()["items"]
    ] == numbers[:1]


def test_settings_by_api(call: Call, completed: Callable[..., Any]) -> None:
    rule = {
        "name": {"en": "Lounge", "zh": "贵宾室"},
        "severity": "critical",
        "position": 1,
        "conditions": {"conditions": [{"question": "@touchpoint", "op": "eq", "value": "lounge"}]},
    }
    assert call("north.supervisor", "put", "/case-rules/lounge", rule).status_code == 403
    assert call("cx_manager", "put", "/case-rules/lounge", rule).json()["severity"] == "critical"
    completed(10)
    assert Case.objects.get().rule == "lounge"
    wrong = rule | {"conditions": {"conditions": [{"question": "x", "op": "bigger"}]}}
    assert call("cx_manager", "put", "/case-rules/lounge", wrong).status_code == 422
    never = {"name": {"en": "Never"}, "week": [[]] * 7}
    assert call("cx_manager", "put", "/case-calendars/never", never).status_code == 422
    night = {"name": {"en": "Night"}, "week": [[["22:00", "24:00"]]] * 7, "closed": ["2026-02-30"]}
    assert call("cx_manager", "put", "/case-calendars/night", night).status_code == 422
    assert call("cx_manager", "put", "/case-calendars/night", night | {"closed": []}).json()["week"][0] == [
        ["22:00", "24:00"]
    ]
    template = {"name": {"en": "T"}, "channel": "sms", "body": {"en": "Hello {{secret}}"}}
    assert call("cx_manager", "put", "/case-templates/t", template).status_code == 422
    assert (
        call("cx_manager", "put", "/case-causes/lift", {"name": {"en": "Lift", "zh": "电梯"}}).json()["code"]
        == "lift"
    )
    cap = {"per_case": "10.00", "per_customer_year": "20", "per_employee_month": "30"}
    assert call("cx_manager", "put", "/compensation-caps/front_line/CNY", cap).json()["per_case"] == "10.00"
    assert len(call("analyst", "get", "/case-slas").json()["items"]) >= 8
    for path in ("/case-rules", "/case-calendars", "/case-causes", "/case-templates", "/compensation-caps"):
        assert call("cx_manager", "get", path).json()["items"]
    assert call("analyst", "get", "/cases/figures").json()["closed"]["n"] == 1
    assert call("analyst", "get", "/cases/load").json()["items"]


def test_the_file_disarms_formulas(call: Call, completed: Callable[..., Any]) -> None:
    completed(1, "=HYPERLINK(1)")
    sent = call("analyst", "get", "/cases/export")
    text = b"".join(sent.streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert call("north.front_line", "get", "/cases/export").status_code == 403
