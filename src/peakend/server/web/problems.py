"""How the API describes what it refuses: one shape, and the statuses nearly every operation may have."""

from __future__ import annotations

from typing import Any

from ninja import Schema


class Problem(Schema):
    """What went wrong, where, and what to do next (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[dict[str, Any]] | None = None


REFUSED: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


def gives(shape: Any, status: int = 200) -> dict[int, Any]:  # noqa: ANN401 - a Schema, or None
    """The responses of an operation that answers with `shape`."""
    return {status: shape, **REFUSED}
