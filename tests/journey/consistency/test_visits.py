from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.journey.consistency.lists import visits_of_a_measure
from peakend.journey.consistency.visits import visit_quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

FIRST = datetime(2024, 1, 1)
ITEMS = [
    ("uniform and badge", "conduct", True, 1.0),
    ("knock and greet", "conduct", True, 1.0),
    ("floor protected", "conduct", False, 2.0),
    ("no more leak", "quality", True, 1.0),
]


def checks(careless: float = 0.95, seed: int = 1, visits: int = 240) -> list[dict[str, Any]]:
    """Visits at three sites; at S3 each item is met with the chance `careless`, elsewhere with 95 %."""
    random = np.random.default_rng(seed)
    rows = []
    for visit in range(visits):
        site = f"S{visit % 3 + 1}"
        due = FIRST + timedelta(hours=visit)
        shared = {
            "check_id": f"v{visit}",
            "touchpoint_id": "repair",
            "site_id": site,
            "customer_id": f"c{visit}",
            "case_id": f"k{visit}",
            "at": due,
            "due_at": due,
            "arrived_at": due + timedelta(minutes=-5 if random.random() < 0.8 else 20),
            "source": "s",
        }
        for item, aspect, required, weight in ITEMS:
            met = random.random() < (careless if site == "S3" else 0.95)
            rows.append(
                shared
                | {
                    "item": item,
                    "aspect": aspect,
                    "required": required,
                    "weight": weight,
                    "score": float(met),
                }
            )
    return rows


def quality(inputs: Inputs) -> dict[tuple[str, str], dict[str, Any]]:
    return {(r["site_id"], r["measure"]): r for r in visit_quality(inputs)["visit_quality"].to_pylist()}


def test_the_careless_site_is_found_and_even_sites_are_not(inputs_of: Callable[..., Inputs]) -> None:
    found = quality(inputs_of(service_checks=checks(careless=0.6)))
    assert found["S3", "checklist"]["verdict"] == "worse"
    assert found["S3", "on_time"]["verdict"] == "cannot_tell"
    null = [quality(inputs_of(service_checks=checks(seed=seed))) for seed in range(6)]
    even = [
        visits[site, measure]["verdict"]
        for visits in null
        for site in ("S1", "S2", "S3")
        for measure in ("checklist", "conduct", "quality", "on_time")
    ]
    assert even.count("cannot_tell") >= len(even) - 1


def test_a_missing_required_item_fails_the_visit_and_weights_count_within_the_aspect(
    inputs_of: Callable[..., Inputs],
) -> None:
    one = [row for row in checks() if row["check_id"] == "v0"]
    for row, score in zip(one, (1.0, None, 0.0, 1.0), strict=True):
        row["score"] = score
    inputs = inputs_of(service_checks=one)
    values = inputs.query("journey/consistency/visit_values").to_arrow().to_pylist()
    assert {row["measure"]: row["value"] for row in values if row["measure"] != "on_time"} == {
        "conduct": pytest.approx(1 / 3),
        "quality": 1.0,
        "checklist": 0.0,
    }


def test_a_case_opened_again_within_thirty_days_was_not_fixed_the_first_time(
    inputs_of: Callable[..., Inputs],
) -> None:
    def case(key: str, customer: str, opened: int, closed: int | None) -> dict[str, Any]:
        return {
            "case_id": key,
            "customer_id": customer,
            "touchpoint_id": "repair",
            "kind": "repair",
            "opened_at": FIRST + timedelta(days=opened),
            "closed_at": None if closed is None else FIRST + timedelta(days=closed),
            "source": "s",
        }

    cases = [case("k0", "a", 0, 2), case("k1", "a", 12, 13), case("k2", "b", 0, 3), case("k3", "c", 99, None)]
    fixed = inputs_of(service_checks=checks(), cases=cases).query("journey/consistency/cases_fixed")
    assert {row["case_id"]: row["value"] for row in fixed.to_arrow().to_pylist()} == {
        "k0": 0.0,
        "k1": 1.0,
        "k2": 1.0,
    }


def test_every_list_is_as_long_as_its_number_and_items_add_up(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(service_checks=checks())
    for row in quality(inputs).values():
        listed = visits_of_a_measure(inputs, row).to_arrow()
        assert listed.num_rows == row["n"]
        assert np.mean(listed["value"].to_pylist()) == pytest.approx(row["value"])
    items = visit_quality(inputs)["visit_items"].to_pylist()
    assert {row["item"]: row["checked"] for row in items} == dict.fromkeys([item[0] for item in ITEMS], 240)
