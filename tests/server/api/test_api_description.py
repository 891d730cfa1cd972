"""The description of the API: complete, consistent, and without numbers of rows."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting.actors import Role
from peakend.server.acting.policies import actions
from peakend.server.web.api import AREA_NAMES
from server.api.describing import description

UNSAFE = {"post", "put", "patch", "delete"}


@cache
def whole() -> dict[str, Any]:
    return description()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in whole()["paths"].items():
        for method, operation in found.items():
            yield f"{method.upper()} {path}", method, operation


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    ids = Counter(operation["operationId"] for _, _, operation in operations())
    assert len(ids) > 200
    assert [name for name, times in ids.items() if times > 1] == []
    mute = [
        name
        for name, _, operation in operations()
        if len(operation["summary"]) < 3 or not operation["description"].strip()
    ]
    assert mute == []
    assert not [name for name in ids if not re.fullmatch(r"[a-z0-9_]+", name)]


def test_every_operation_is_in_an_area_that_has_a_title() -> None:
    used = {tag for _, _, operation in operations() for tag in operation["tags"]}
    titles = {tag["name"]: tag["description"] for tag in whole()["tags"]}
    assert used <= set(titles)
    assert set(AREA_NAMES) == set(titles)
    assert all(titles.values())


def test_every_operation_says_who_may_and_how_to_sign_in() -> None:
    for name, _, operation in operations():
        assert set(operation["x-roles"]) == {str(one) for one in actions()[operation["x-action"]].roles}, name
        assert set(operation["x-roles"]) <= {str(role) for role in Role}, name
        assert {scheme for one in operation["security"] for scheme in one} == {"Bearer", "Session"}, name
    schemes = whole()["components"]["securitySchemes"]
    assert schemes["Bearer"]["scheme"] == "bearer"
    assert (schemes["Session"]["in"], schemes["Session"]["name"]) == ("cookie", "peakend_session")


def test_refusals_are_problems_everywhere() -> None:
    for name, method, operation in operations():
        responses = operation["responses"]
        wanted = {"401", "403", "429"} | ({"404", "409", "422"} if method in UNSAFE else set())
        wanted |= {"404"} if "{" in name else set()
        wanted |= {"400", "413", "422"} if "requestBody" in operation else set()
        assert wanted <= set(responses), name
        assert [status for status in responses if status < "300"], name
        for status, response in responses.items():
            if status >= "400":
                content = response["content"]["application/problem+json"]
                assert content == {"schema": {"$ref": "#/components/schemas/Problem"}}, f"{name} {status}"
                assert list(response["content"]) == ["application/problem+json"]
        assert "Retry-After" in responses["429"]["headers"]


def test_calls_that_change_something_take_an_idempotency_key_and_reads_do_not() -> None:
    for name, method, operation in operations():
        names = {(one["in"], one["name"]) for one in operation["parameters"]}
        assert (("header", "Idempotency-Key") in names) is (method in UNSAFE), name


def test_lists_are_cut_alike() -> None:
    lists = 0
    for name, _, operation in operations():
        query = {one["name"]: one["schema"] for one in operation["parameters"] if one["in"] == "query"}
        if "limit" in query:
            lists += 1
            assert query["limit"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, name
        assert "cursor" not in query or "limit" in query, name
    assert lists > 30


def test_every_reference_leads_to_a_shape_and_no_shape_is_left_over() -> None:
    shapes = whole()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(whole())))
    assert named - set(shapes) == set()
    assert set(shapes) - named == set()


def test_no_numbers_of_rows_are_told() -> None:
    """Primary keys can be counted and guessed; what has an address has a random key or the company's code."""
    shapes = whole()["components"]["schemas"]
    told = [
        f"{shape}.{field}"
        for shape, found in shapes.items()
        for field, schema in found.get("properties", {}).items()
        if (field in ("id", "pk") or field.endswith("_id")) and "integer" in json.dumps(schema)
    ]
    assert told == ["PeopleEntryOut.id"], "the place in the chain of the audit, which an auditor counts"
    numbers = [
        f"{name} {one['name']}"
        for name, _, operation in operations()
        for one in operation["parameters"]
        if one["in"] == "path" and one["schema"].get("type") == "integer"
    ]
    assert all(one.endswith(("/{number} number",)) for one in numbers), numbers


def test_shapes_of_the_same_name_in_two_areas_are_both_described() -> None:
    shapes = whole()["components"]["schemas"]
    assert "amount" not in json.dumps(shapes["CasesContactOut"])
    assert set(shapes["CasesContactOut"]["properties"]) != set(shapes["ChannelsContactOut"]["properties"])


@pytest.mark.django_db
def test_the_site_serves_its_description() -> None:
    served = Client().get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json()["openapi"].startswith("3.1")
    assert len(served.json()["paths"]) == len(whole()["paths"])
