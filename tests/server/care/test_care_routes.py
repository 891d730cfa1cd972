"""Every page of the area opens in both languages for who may see it; programs do what pages do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from peakend.server.care.words import FACTORS

LISTS = [
    "items",
    "items/new",
    "goals",
    "goals/new",
    "level",
    "level/?differentiation=low&competition=high&expectation=high",
    "consistency",
    "audits",
    "audits/new",
    "calendar",
    "calendar/new",
    "tasks",
    "suggestions",
    "suggestions/new",
]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("language", "mark"), [("en", "Sign out"), ("zh-CN", "退出")])
def test_a_manager_opens_every_page(
    company: Any, client_of: Callable[..., Client], path: str, language: str, mark: str
) -> None:
    address = f"/care/{path}" if "?" in path else f"/care/{path}/"
    answer = client_of("cx_manager").get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    assert mark in answer.content.decode()


@pytest.mark.parametrize("path", ["goals", "level", "consistency", "audits", "calendar", "suggestions"])
def test_the_front_line_is_kept_from_what_is_not_theirs(
    company: Any, client_of: Callable[..., Client], path: str
) -> None:
    assert client_of("north.front_line").get(f"/care/{path}/").status_code == 403


@pytest.mark.parametrize("path", ["items", "tasks"])
def test_the_front_line_opens_its_own(company: Any, client_of: Callable[..., Client], path: str) -> None:
    assert client_of("north.front_line").get(f"/care/{path}/").status_code == 200


def test_a_level_for_no_market_is_refused(company: Any, client_of: Callable[..., Client]) -> None:
    client = client_of("cx_manager")
    assert client.get("/care/level/?differentiation=huge").status_code == 422
    assert client.get("/api/v1/care/level?differentiation=huge").status_code == 422


def test_programs_do_what_pages_do(company: Any, token_of: Callable[..., dict[str, str]]) -> None:
    headers, client = token_of("cx_manager", "care.*"), Client()

    def call(method: str, path: str, body: Any = None, wanted: int = 200) -> Any:
        send = getattr(client, method)
        more = {} if method == "get" else {"data": body, "content_type": "application/json"}
        answer = send(f"/api/v1/care/{path}", headers=headers, **more)
        assert answer.status_code == wanted, answer.content
        return answer.json() if answer.content else None

    owner, words = company.users["cx_manager"].key, {"name_en": "x", "name_zh": "某"}
    texts = {"text_en": "x", "text_zh": "某"}
    place = {"stage": "service", "scope": "after_sales", "measure": "x", "threshold": 1, "owner": owner}
    item = call("post", "items", {**words, **place}, 201)
    assert call("get", "items/coverage")["stages_without"] == ["design", "packaging", "delivery"]
    assert [one["key"] for one in call("get", "items")["items"]] == [item["key"]]
    call("delete", f"items/{item['key']}", wanted=204)
    days = {"starts_on": "2026-01-01", "until": "2026-12-31"}
    goal = call("post", "goals", {"tier": "gold", "metric": "nps", "target": 10, "owner": owner, **days}, 201)
    step = call(
        "post", f"goals/{goal['key']}/steps", {"what": "x", "owner": owner, "until": "2026-02-01"}, 201
    )
    assert call("post", f"steps/{step['key']}/done")["done_at"]
    assert call("get", "goals")["items"][0]["goals"][0]["steps"][0]["key"] == step["key"]
    call("delete", f"goals/{goal['key']}", wanted=204)
    market = "differentiation=low&competition=high&expectation=high"
    assert call("get", f"level?{market}")["level"] == "core"
    factors = {code: {"score": 5, "evidence": "x"} for code in FACTORS}
    scores = {"site": "north", "on": "2026-01-01", "hard": 10, "soft": 0, "factors": factors}
    audit = call("post", "audits", {**scores, "environment": {"clean": {"score": 4}}}, 201)
    assert (audit["care"], audit["alarming"], audit["environment_mean"]) == (0, True, 4)
    assert call("get", f"audits/{audit['key']}") == audit == call("get", "audits")["items"][0]
    assert {one["site"] for one in call("get", "audits/sites")["items"]} == {"north", "south"}
    assert call("get", "consistency?by=team&months=1")["places"] == []
    when = {"stage": "after", "trigger": "silence", "days": 30, "purpose": "service", "channel": "phone"}
    rule = call("post", "rules", {**words, **texts, **when}, 201)
    assert call("post", f"rules/{rule['key']}/apply") == {"made": 0}
    assert call("get", "rules")["items"] == [rule]
    call("delete", f"rules/{rule['key']}", wanted=204)
    assert call("get", "tasks?status=open")["items"] == []
    conditions = [{"fact": "tier", "op": "is", "value": "gold"}]
    suggestion = call("post", "suggestions", {**words, **texts, "conditions": conditions}, 201)
    assert call("get", "suggestions")["items"] == [suggestion]
    call("delete", f"suggestions/{suggestion['key']}", wanted=204)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("items", {"name_en": "a\x00b"}),
        ("items", {"threshold": 1e300}),
        ("goals", {"starts_on": "0001-01-01"}),
        ("audits", {"hard": 11}),
        ("rules", {"days": 10**30}),
        ("suggestions", {"conditions": [{"fact": "tier", "op": "is", "value": "\x00"}]}),
    ],
)
def test_what_cannot_be_taken_is_422(
    company: Any, token_of: Callable[..., dict[str, str]], path: str, body: Any
) -> None:
    answer = Client().post(
        f"/api/v1/care/{path}", body, content_type="application/json", headers=token_of("cx_manager")
    )
    assert answer.status_code == 422
