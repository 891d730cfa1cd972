"""The description of the API: what every operation has in common is said here, once.

Errors as problems, the header of safe repeats, pages of lists, names of operations, and names of shapes that
two areas gave to different things.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ninja.openapi.schema import OpenAPISchema

from peakend.server.acting.policies import actions
from peakend.server.web.paging import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ninja.operation import Operation

    from peakend.language import Text

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "What went wrong and what to do (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": "urn:peakend: and the code"},
        "title": {"type": "string", "description": "What went wrong, in the caller's language"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The same in every language and release"},
        "detail": {"type": "string", "description": "What to do"},
        "errors": {
            "type": "array",
            "description": "The fields that are wrong",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
ERRORS = {
    400: "The content cannot be read",
    401: "Nobody is signed in and no token was sent",
    403: "The caller may not do this",
    404: "There is none, or the caller may not see it",
    409: "It contradicts what is",
    413: "The content is too large",
    422: "The call does not have the form it needs",
    429: "Too many calls; Retry-After says when to come again",
}
IDEMPOTENCY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Random, of the caller's making. The same call with the same key happens once and gets "
    "the same answer; another call with it is 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
CURSOR = "`next` of the page before; without it the first page"
_TIME = r"^\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$"
_REF = re.compile(r'"#/components/schemas/([^"]+)"')


def name_of(operation: Operation) -> str:
    """The operation's id: its area, its module where the area has several, its function."""
    function = operation.view_func
    parts = function.__module__.removeprefix("peakend.server.").split(".")
    parts = [part.removesuffix("_api") for part in parts if part != "api"]
    return "_".join([*parts, function.__name__])


def area_of(operation: Operation) -> str:
    """The area that brings the operation."""
    return str(operation.view_func.__module__.removeprefix("peakend.server.").partition(".")[0])


def action_of(operation: Operation) -> str | None:
    """The action that the operation needs; None where anybody may call it."""
    found: str | None = getattr(operation.view_func, "action", None)
    return found


class Described(OpenAPISchema):
    """Ninja's description with what it leaves out."""

    def __init__(self, api: Any, path_prefix: str) -> None:  # noqa: ANN401 - ninja's own
        self._found: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        super().__init__(api, path_prefix)

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        """One operation; its shapes are put among all others' at the end, when clashes of names are known."""
        self.schemas: dict[str, Any] = {}
        details: dict[str, Any] = super().operation_details(operation)
        details["summary"], details["description"] = _said(operation)
        action = action_of(operation)
        if action is not None:
            details["x-action"] = action
            details["x-roles"] = sorted(actions()[action].roles)
        _repeat(details, operation)
        for parameter in details["parameters"]:
            _page(parameter)
        _refusals(details, operation)
        self.schemas.pop("Problem", None)  # ours says which members there always are
        self._found.append((area_of(operation), details, self.schemas))
        return details

    def get_components(self) -> dict[str, Any]:
        """Every shape under a name of its own."""
        self.schemas = _one_name_each(self._found)
        self.schemas["Problem"] = PROBLEM
        components: dict[str, Any] = super().get_components()
        return components


def _said(operation: Operation) -> tuple[str, str]:
    """Summary and description.

    Where the summary is only the function's name, the first sentence of what it does takes its place.
    """
    whole = " ".join((operation.description or "").split())
    summary = str(operation.summary or "")
    if whole and summary == operation.view_func.__name__.title().replace("_", " "):
        summary = re.split(r"(?<=[.;])\s", whole)[0].rstrip(".;")
    return summary, whole or summary


def _repeat(details: dict[str, Any], operation: Operation) -> None:
    if UNSAFE & set(operation.methods):
        details["parameters"].append(IDEMPOTENCY)


def _page(parameter: dict[str, Any]) -> None:
    if parameter["in"] == "query" and parameter["name"] == "limit":
        parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}
        parameter["description"] = f"How many at most, 1 to {MOST}"
    elif parameter["in"] == "query" and parameter["name"] == "cursor":
        parameter["schema"] = {"type": "string", "maxLength": 200}
        parameter["description"] = CURSOR


def _refusals(details: dict[str, Any], operation: Operation) -> None:
    """Every refusal that can happen, as a problem, in place of what the area said of it."""
    happen = {403, 429} | ({401} if details.get("security") else set())
    if any(one["name"] not in ("cursor", "limit") for one in details["parameters"]):
        happen |= {404}  # a filter, too, may name what is not there
    if details["parameters"] or "requestBody" in details:
        happen |= {422}
    if UNSAFE & set(operation.methods):
        happen |= {404, 409, 422} | ({400, 413} if "requestBody" in details else set())
    declared = {status for status in details["responses"] if status >= 400}
    for status in sorted(happen | declared):
        details["responses"][status] = {
            "description": ERRORS.get(status, "Refused"),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status == 429:
            details["responses"][status]["headers"] = {
                "Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}
            }
    details["responses"] = {status: details["responses"][status] for status in sorted(details["responses"])}


def _one_name_each(found: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    """All shapes; where one name stands for different ones each bears its area's name before its own."""
    variants: dict[str, dict[str, str]] = {}
    for area, _, shapes in found:
        for name in shapes:
            variants.setdefault(name, {}).setdefault(_whole(name, shapes), area)
    names: dict[tuple[str, str], str] = {}
    for name, contents in variants.items():
        areas = list(contents.values())
        for content, area in contents.items():
            number = areas[: list(contents).index(content)].count(area)
            prefix = area.capitalize() if len(set(areas)) > 1 else ""
            names[name, content] = prefix + name + (str(number + 1) if number else "")
    everything: dict[str, Any] = {}
    for _, details, shapes in found:
        own = {name: names[name, _whole(name, shapes)] for name in shapes}
        for name, shape in shapes.items():
            everything[own[name]] = _renamed(shape, own)
        details.update(_renamed({key: details[key] for key in list(details)}, own))
    used = {name for _, details, _ in found for name in _reached(details, everything)}
    return {name: everything[name] for name in sorted(used & set(everything))}


def _whole(name: str, shapes: dict[str, Any]) -> str:
    """The shape with everything it refers to, as one text: the same where the meaning is."""
    reached = sorted(set(_reached(shapes[name], shapes)) | {name})
    return json.dumps([[one, shapes[one]] for one in reached if one in shapes], sort_keys=True, default=str)


def _reached(content: object, shapes: dict[str, Any]) -> Iterator[str]:
    """The names of the shapes that `content` refers to, and those they refer to."""
    todo, seen = [content], set()
    while todo:
        for name in _REF.findall(json.dumps(todo.pop(), default=str)):
            if name not in seen:
                seen.add(name)
                yield name
                if name in shapes:
                    todo.append(shapes[name])


def _renamed(content: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    def walked(part: Any) -> Any:  # noqa: ANN401 - any part of a schema
        if isinstance(part, dict):
            if part.get("format") == "time":  # of the day: RFC 3339 knows only times with a zone
                part = {key: value for key, value in part.items() if key != "format"} | {"pattern": _TIME}
            return {
                key: f"#/components/schemas/{names.get(value.rpartition('/')[2], value.rpartition('/')[2])}"
                if key == "$ref"
                else walked(value)
                for key, value in part.items()
            }
        if isinstance(part, list):
            return [walked(one) for one in part]
        return part

    renamed: dict[str, Any] = walked(content)
    return renamed


def tags_of(names: dict[str, Text]) -> list[dict[str, str]]:
    """The tags with what they are called, in English."""
    return [{"name": area, "description": title.en} for area, title in names.items()]
