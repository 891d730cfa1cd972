"""The verdict on memory: planted rules are found, nothing is found in nothing, bad data say so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from journey.remembered.planted_memory import planted
from peakend.engine import connect
from peakend.journey.remembered import fit_memory
from peakend.journey.remembered.cross_products import MEMBERS, memory_rows, periods_by_segment
from peakend.journey.remembered.distances import distances
from peakend.journey.remembered.fitting import EVERYBODY
from peakend.journey.remembered.models import BY_NAME, VARIABLES, fitted, peak_weight, squared_errors


@pytest.mark.parametrize(("rule", "customers"), [("peak_end", 1_200), ("worst_last", 2_500), ("end", 1_000)])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_planted_rule_is_told(rule: str, customers: int, seed: int) -> None:
    fit = fit_memory(planted(rule, customers, seed))
    assert (fit.verdict, fit.best) == ("told", rule)
    assert fit.ahead is not None
    assert fit.ahead.low > 0
    assert fit.model(rule).standing == "best"
    assert fit.ahead_of_mean is not None
    assert fit.ahead_of_mean.low > 0


def test_a_planted_average_is_told() -> None:
    fit = fit_memory(planted("mean", 6_000, 4))
    assert (fit.verdict, fit.best) == ("told", "mean")
    assert fit.ahead_of_mean is None


@pytest.mark.parametrize("seed", range(12))
def test_where_nothing_was_planted_nothing_is_told(seed: int) -> None:
    """Twelve twins; `bench/memory_verdicts.py` counts a thousand."""
    fit = fit_memory(planted("none", 300, seed))
    assert (fit.verdict, fit.reason) == ("cannot_tell", "unrelated")


def test_the_weight_of_the_peak_is_recovered() -> None:
    found = [fit_memory(planted("peak_end", 800, seed)).peak_weight for seed in range(4)]
    assert all(weight is not None for weight in found)
    weights = np.array(found)
    assert weights[:, 0] == pytest.approx(0.5, abs=0.1)
    assert ((weights[:, 1] < 0.5) & (weights[:, 2] > 0.5)).sum() >= 3


def test_end_alone_is_preferred_to_a_peak_end_that_is_no_better() -> None:
    fit = fit_memory(planted("end", 600, 9))
    assert fit.best == "end"
    assert fit.model("peak_end").standing == "no_better_than_simpler"
    assert fit.model("peak_end").correlation > 0.99


def test_customers_are_in_one_period_and_later_journeys_judge() -> None:
    table = planted("mean", 150, 3, journeys_each=4)
    engine = connect("duckdb://")
    given = engine.from_arrow(table.append_column("response_id", pa.nulls(table.num_rows, pa.string())))
    rows = memory_rows(given, engine.from_arrow(MEMBERS.empty_table())).to_arrow().to_pylist()
    earlier = [row for row in rows if row["period"] == "earlier"]
    later = [row for row in rows if row["period"] == "later"]
    assert not {row["person_id"] for row in earlier} & {row["person_id"] for row in later}
    assert max(row["ended_at"] for row in earlier) < min(row["ended_at"] for row in later)
    people = {row["person_id"] for row in rows}
    assert len(people) == 150
    assert len(rows) >= 0.5 * table.num_rows


def test_cross_products_say_what_the_rows_say() -> None:
    table = planted("peak_end", 400, 5)
    engine = connect("duckdb://")
    given = engine.from_arrow(table.append_column("response_id", pa.nulls(table.num_rows, pa.string())))
    periods = periods_by_segment(given, engine.from_arrow(MEMBERS.empty_table()))[EVERYBODY]
    x = np.column_stack([np.ones(table.num_rows), *(table[name].to_numpy() for name in VARIABLES[1:])])
    assert periods.both.total == pytest.approx(x.T @ x)
    model = BY_NAME["peak_end"]
    found = fitted(model, x.T @ x)
    design = np.column_stack([x[:, 0], table["peak"].to_numpy(), table["end_score"].to_numpy()])
    exact, residual, *_ = np.linalg.lstsq(design, table["overall"].to_numpy(), rcond=None)
    assert found[[0, 3, 4]] == pytest.approx(exact)
    assert squared_errors(found, x.T @ x) == pytest.approx(residual[0])
    assert peak_weight(found) == pytest.approx(exact[1] / (exact[1] + exact[2]))


def test_a_memory_that_gets_better_as_moments_get_worse_is_no_memory() -> None:
    table = planted("mean", 300, 6)
    upside_down = table.set_column(
        table.column_names.index("overall"), "overall", pa.compute.negate(table["overall"])
    )
    fit = fit_memory(upside_down)
    assert (fit.verdict, fit.reason) == ("cannot_tell", "unrelated")
    assert all(model.slope == 0 for model in fit.models)


def test_what_the_score_lies_nearest_to() -> None:
    engine = connect("duckdb://")
    for rule in ("end", "mean"):
        table = planted(rule, 400, 8, noise=0.15)
        given = engine.from_arrow(table.append_column("response_id", pa.nulls(table.num_rows, pa.string())))
        periods = periods_by_segment(given, engine.from_arrow(MEMBERS.empty_table()))[EVERYBODY]
        found = distances(periods)
        assert found[0].name == rule
        assert {one.standing for one in found[1:]} == {"farther"}
        apart = table["overall"].to_numpy() - table["end_score" if rule == "end" else "mean"].to_numpy()
        assert found[0].value == pytest.approx(np.sqrt((apart**2).mean()))


def _rows(n: int, **given: object) -> pa.Table:
    start = datetime(2024, 1, 1)
    values: dict[str, Any] = {name: [0.1] * n for name in VARIABLES[1:]}
    values |= {
        "journey_id": [f"j{number}" for number in range(n)],
        "customer_id": [f"c{number}" for number in range(n)],
        "ended_at": pa.array([start + timedelta(days=number) for number in range(n)], pa.timestamp("us")),
    }
    return pa.table(values | given)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (_rows(30).slice(0, 0), "too_few"),
        (_rows(30), "too_few"),
        (_rows(300), "no_variance"),
        (_rows(300, customer_id=["one"] * 300), "too_few"),
        (_rows(300, overall=pa.nulls(300, pa.float64())), "too_few"),
        (_rows(300, ended_at=pa.array([datetime(2024, 1, 1)] * 300, pa.timestamp("us"))), "too_few"),
        (_rows(300, overall=[0.2 * (number % 5) for number in range(300)]), "unrelated"),
    ],
    ids=["none", "few", "all_alike", "one_customer", "never_asked", "one_instant", "moments_alike"],
)
def test_data_that_cannot_tell_say_why(table: pa.Table, reason: str) -> None:
    fit = fit_memory(table)
    assert (fit.verdict, fit.reason) == ("cannot_tell", reason)


def test_journeys_without_a_customer_count_as_one_each() -> None:
    table = planted("peak_end", 400, 2)
    nobody = table.set_column(
        table.column_names.index("customer_id"), "customer_id", pa.nulls(table.num_rows, pa.string())
    )
    assert fit_memory(nobody).best == "peak_end"


def test_without_durations_the_weighted_mean_repeats_the_mean() -> None:
    table = planted("mean", 400, 2)
    alike = table.set_column(table.column_names.index("duration_mean"), "duration_mean", table["mean"])
    found = fit_memory(alike).model("duration")
    assert (found.standing, found.same_as) == ("same", "mean")
