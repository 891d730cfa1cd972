"""Versions of a touchpoint: a planted effect of a change is found, a change that did nothing is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.journey.registry.versions import version_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

Rows = list[dict[str, Any]]
CHANGED = datetime(2025, 6, 1)


def company(shift: float, seed: int = 1, answers: int = 240) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    given: dict[str, Any] = {
        "changes": [
            {"change_id": "a", "at": CHANGED, "touchpoint_id": "desk", "description": "New form"},
            {
                "change_id": "b",
                "at": CHANGED + timedelta(days=60),
                "touchpoint_id": "desk",
                "description": "Shorter",
            },
            {"change_id": "c", "at": CHANGED, "description": "Everywhere"},
        ],
        "questions": [
            {
                "question_id": "q",
                "metric": "rating",
                "scale_low": 0,
                "scale_high": 10,
                "touchpoint_id": "desk",
            }
        ],
        "responses": [],
        "answers": [],
    }
    for n in range(answers):
        at = CHANGED + timedelta(days=float(random.uniform(-90, 60)))
        score = float(np.clip(round(random.normal(6 + (shift if at >= CHANGED else 0), 1.5)), 0, 10))
        key = f"r{n:03d}"
        given["responses"].append(
            {"response_id": key, "survey_id": "s", "customer_id": f"c{n % 90}", "answered_at": at}
        )
        given["answers"].append({"response_id": key, "question_id": "q", "state": "answered", "score": score})
    return given


def rows_of(inputs: Inputs) -> dict[str, dict[str, Any]]:
    table = version_tables(inputs)["touchpoint_versions"]
    assert isinstance(table, pa.Table)
    return {row["change_id"]: row for row in table.to_pylist()}


def test_a_planted_effect_is_found(inputs_of: Callable[..., Inputs]) -> None:
    rows = rows_of(inputs_of(**company(-1.5)))
    first = rows["a"]
    assert first["verdict"] == "worse"
    assert first["difference_low"] < -15 < first["difference_high"]
    assert first["n_before"] + first["n_after"] == 240


def test_versions_are_numbered_and_differ_from_what_was_before(inputs_of: Callable[..., Inputs]) -> None:
    rows = rows_of(inputs_of(**company(0.0)))
    assert set(rows) == {"a", "b"}
    assert (rows["a"]["number"], rows["b"]["number"]) == (1, 2)
    assert rows["b"]["previous"] == "New form"
    assert rows["a"]["to_at"] == rows["b"]["changed_at"]
    assert rows["b"]["from_at"] == CHANGED
    assert rows["b"]["hidden"]
    assert rows["b"]["before"] is None


def test_a_change_that_did_nothing_is_seldom_believed(inputs_of: Callable[..., Inputs]) -> None:
    believed = sum(
        rows_of(inputs_of(**company(0.0, seed)))["a"]["verdict"] != "cannot_tell" for seed in range(10, 22)
    )
    assert believed <= 2


def test_customers_on_both_sides_are_taken_together(inputs_of: Callable[..., Inputs]) -> None:
    """Ninety people who never change their minds: the difference is known far better than from strangers."""
    given = company(0.0)
    given["responses"], given["answers"] = [], []
    for n in range(180):
        key, at = f"r{n}", CHANGED + timedelta(days=-10 if n < 90 else 10)
        person = n % 90
        given["responses"].append(
            {"response_id": key, "survey_id": "s", "customer_id": f"c{person}", "answered_at": at}
        )
        given["answers"].append(
            {"response_id": key, "question_id": "q", "state": "answered", "score": float(person % 11)}
        )
    row = rows_of(inputs_of(**given))["a"]
    assert row["difference"] == pytest.approx(0)
    assert row["difference_low"] is None or row["difference_high"] - row["difference_low"] < 1e-3


def test_a_change_at_one_site_is_judged_there(inputs_of: Callable[..., Inputs]) -> None:
    given = company(0.0)
    given["changes"] = [given["changes"][0] | {"site_id": "north"}]
    given["interactions"] = []
    for n, response in enumerate(given["responses"]):
        event = {"event_id": f"e{n}", "at": response["answered_at"], "touchpoint_id": "desk"}
        given["interactions"].append(event | {"site_id": "north" if n % 3 == 0 else "south"})
        response["event_id"] = f"e{n}"
    row = rows_of(inputs_of(**given))["a"]
    assert row["n_before"] + row["n_after"] == 80
