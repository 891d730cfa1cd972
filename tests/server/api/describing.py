"""The API's description with values that are there, so that made-up calls get past the first 404."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.urls import get_resolver

from server.access_objects import OBJECTS, Made

if TYPE_CHECKING:
    from server.conftest import Company

# Names of fields under which the API takes the code or key of something there is.
CODES = {"site": ["north", "south"], "touchpoint": ["checkin", "lounge"], "team": ["desk"]}


def description() -> dict[str, Any]:
    """The OpenAPI description as the site serves it."""
    get_resolver().url_patterns  # noqa: B018 - the areas' routers are mounted by it
    import json

    from peakend.server.web.api import api

    served: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return served


def known_description(company: Company, fields: bool = True) -> dict[str, Any]:
    """The same, where parameters of paths, and `fields` that name something, have values that are there."""
    found = description()
    for path, operations in found["paths"].items():
        if "{" not in path:
            continue
        bare = re.sub(r"\{(\w+)\}", r"<\1>", path.removeprefix("/api/v1/"))
        factory = OBJECTS.get(bare[: bare.rindex(">") + 1])
        if factory is None:
            continue
        values = factory(Made(company, "north", "administrator"))
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path" and parameter["name"] in values:
                    parameter["schema"] = {"type": "string", "enum": [str(values[parameter["name"]])]}
    if not fields:
        return found
    keys = {**CODES, "survey": _keys("surveys", "Survey"), "customer_id": _customers()}
    keys |= {"owner": _keys("people", "User"), "to": _keys("people", "User"), "user": _keys("people", "User")}
    _fill(found["components"]["schemas"], keys)
    return found


def _keys(area: str, model: str) -> list[str]:
    from django.apps import apps

    return [str(key) for key in apps.get_model(area, model).objects.values_list("key", flat=True)[:2]]


def _customers() -> list[str]:
    from peakend.server.customers.models import Customer

    return list(Customer.objects.values_list("customer_id", flat=True)[:2])


def _fill(shapes: dict[str, Any], known: dict[str, list[str]]) -> None:
    for name, shape in shapes.items():
        if name.endswith(("Out", "Page", "List")):
            continue
        for field, schema in shape.get("properties", {}).items():
            values = known.get(field)
            if values and schema.get("type") == "string" and "enum" not in schema:
                shape["properties"][field] = {"type": "string", "enum": values}
