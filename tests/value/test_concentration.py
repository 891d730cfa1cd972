"""Gini, Lorenz and Pareto against published and hand-made values; an interval that holds; dependency."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr

from peakend.declaration import Inputs, Settings
from peakend.value.analyses import CONCENTRATION
from peakend.value.concentration import Buckets, gini
from peakend.value.revenue import SeveralCurrenciesError

Row = dict[str, Any]
Build = Callable[..., Inputs]
Numbers = NDArray[np.float64]

# The example of R's ineq and DescTools: incomes with a Gini coefficient of .4620911.
PUBLISHED = (541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261)


def sold(amounts: Sequence[float], **columns: object) -> list[Row]:
    return [
        {
            "transaction_id": f"t{i}",
            "customer_id": f"c{i}",
            "at": datetime(2024, 1, 1),
            "kind": "sale",
            "revenue": Decimal(f"{amount:.4f}"),
            "currency": "EUR",
        }
        | columns
        for i, amount in enumerate(amounts)
    ]


def measures(inputs: Inputs) -> dict[str, Row]:
    return {row["measure"]: row for row in CONCENTRATION.compute(inputs)["revenue_concentration"].to_pylist()}


def plain_gini(amounts: Sequence[float]) -> float:
    x = np.sort(np.asarray(amounts, dtype=float))
    n = len(x)
    return float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * x.sum()))


def jackknife_error(amounts: Sequence[float]) -> float:
    values = np.array([plain_gini(np.delete(np.asarray(amounts), i)) for i in range(len(amounts))])
    n = len(values)
    return math.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum())


def test_the_gini_coefficient_is_the_published_one(inputs_of: Build) -> None:
    found = measures(inputs_of(transactions=sold(PUBLISHED)))["gini"]
    assert found["value"] == pytest.approx(0.4620911, abs=5e-8)
    assert found["low"] < found["value"] < found["high"]


@pytest.mark.parametrize(
    ("amounts", "gini"), [((1, 2, 3, 4, 5), 4 / 15), ((0.0001, 0.0001, 0.0001, 1e6), 0.75), ((1, 3), 0.25)]
)
def test_gini_by_hand(inputs_of: Build, amounts: tuple[float, ...], gini: float) -> None:
    assert measures(inputs_of(transactions=sold(amounts)))["gini"]["value"] == pytest.approx(gini, abs=1e-6)


def test_where_all_are_equal_nothing_is_concentrated(inputs_of: Build) -> None:
    found = measures(inputs_of(transactions=sold([20.0] * 200)))
    assert found["gini"]["value"] == pytest.approx(0, abs=1e-12)
    assert (found["gini"]["low"], found["gini"]["high"]) == pytest.approx((0, 0), abs=1e-9)
    assert found["effective_customers"]["value"] == pytest.approx(200)
    assert found["top_20"]["value"] == pytest.approx(0.2)
    assert found["customers_for_80"]["customers"] == 160
    assert {row["warning"] for row in found.values()} <= {None, False}


def test_the_interval_is_that_of_the_jackknife(inputs_of: Build) -> None:
    amounts = np.random.default_rng(6).lognormal(4, 1, 400).round(2)
    found = measures(inputs_of(transactions=sold(amounts)))["gini"]
    assert found["value"] == pytest.approx(plain_gini(amounts))
    half = (found["high"] - found["low"]) / 2
    assert half / 1.959964 == pytest.approx(jackknife_error(amounts), rel=0.03)


def bucket_of(amounts: Numbers) -> Buckets:
    """What the engine would sum up, all customers in one bucket."""
    y = np.sort(amounts)
    n, total, k = len(y), y.sum(), np.arange(1, len(y) + 1)
    a = (2 * (k * y - np.cumsum(y)) + total - n * y) / total
    b = (total + n * y) / total
    sums = {"a": a.sum(), "b": b.sum(), "aa": (a * a).sum(), "ab": (a * b).sum(), "bb": (b * b).sum()}
    return Buckets(
        percentile=np.array([100]),
        customers=np.array([n]),
        revenue=[Decimal(float(total))],
        sums=sums | {"spread_shares": ((2 * k - n - 1) * y).sum() / total},
        biggest=Decimal(0),
        top_80=0,
        top_80_revenue=Decimal(0),
        large=0,
        large_revenue=Decimal(0),
        others=0,
        others_revenue=Decimal(0),
    )


def test_the_interval_holds_the_truth_as_often_as_it_says(inputs_of: Build) -> None:
    # Lognormal with σ = .8: G = 2Φ(σ/√2) − 1. With few customers it holds less often: docs/en/methods.
    truth, rounds = 2 * float(ndtr(0.8 / math.sqrt(2))) - 1, 1000
    random = np.random.default_rng(7)
    found = [gini(bucket_of(random.lognormal(7, 0.8, 4000))) for _ in range(rounds)]
    inside = np.mean([one is not None and one.low <= truth <= one.high for one in found])
    assert inside == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / rounds))
    amounts = random.lognormal(7, 0.8, 500).round(2)
    engine, alone = measures(inputs_of(transactions=sold(amounts)))["gini"], gini(bucket_of(amounts))
    assert alone is not None
    assert (engine["low"], engine["high"]) == pytest.approx((alone.low, alone.high))


def test_pareto_shares_and_the_curve_are_of_whole_customers(inputs_of: Build) -> None:
    amounts = [float(i) for i in range(1, 251)]
    inputs = inputs_of(transactions=sold(amounts))
    found, total = measures(inputs), sum(amounts)
    for percent, count in ((1, 3), (5, 13), (10, 25), (20, 50), (50, 125)):
        row = found[f"top_{percent}"]
        assert row["customers"] == count
        assert row["value"] == pytest.approx(sum(sorted(amounts)[-count:]) / total)
    lorenz = CONCENTRATION.compute(inputs)["revenue_lorenz"].to_pylist()
    assert len(lorenz) == 101
    assert (lorenz[0]["customer_share"], lorenz[0]["revenue_share"]) == (0, 0)
    assert (lorenz[-1]["customer_share"], lorenz[-1]["revenue_share"]) == (1, 1)
    for point in lorenz:
        assert point["revenue"] == sum(int(x) for x in amounts[: point["customers"]])
    assert found["customers_for_80"]["customers"] == next(
        k for k in range(251) if sum(sorted(amounts)[250 - k :]) >= 0.8 * total
    )


def test_few_customers_have_a_short_curve(inputs_of: Build) -> None:
    lorenz = CONCENTRATION.compute(inputs_of(transactions=sold([1.0, 3.0])))["revenue_lorenz"].to_pylist()
    assert [(p["percentile"], p["customers"], p["revenue_share"]) for p in lorenz] == [
        (0, 0, 0),
        (50, 1, 0.25),
        (100, 2, 1),
    ]


def test_a_company_that_hangs_on_one_customer_is_warned(inputs_of: Build) -> None:
    found = measures(inputs_of(transactions=sold([900.0] + [10.0] * 60)))
    assert found["biggest_customer"]["value"] == pytest.approx(0.6)
    assert (found["biggest_customer"]["warning"], found["large_customers"]["customers"]) == (True, 1)
    assert found["effective_customers"]["value"] == pytest.approx(1 / (0.36 + 60 * (10 / 1500) ** 2))
    assert found["effective_customers"]["warning"]


def test_a_share_of_exactly_a_tenth_is_large(inputs_of: Build) -> None:
    found = measures(inputs_of(transactions=sold([33.33] * 10)))
    assert found["large_customers"]["customers"] == 10


def test_all_revenue_is_accounted_for(inputs_of: Build) -> None:
    lines = [
        *sold([100.0, 50.0, 7.77]),
        *sold([-20.0, 0.0], kind="refund", transaction_id="x"),
        *sold([30.5], customer_id=None),
        *sold([4.0], kind="fee"),
        *sold([-1.2345], kind="adjustment", customer_id=None),
    ]
    lines[3]["customer_id"], lines[4]["customer_id"] = "returner", "nothing"
    found = measures(inputs_of(transactions=lines))
    assert (found["positive"]["customers"], found["positive"]["revenue"]) == (3, Decimal("157.77"))
    assert (found["not_positive"]["customers"], found["not_positive"]["revenue"]) == (2, Decimal("-20"))
    assert found["unidentified"]["revenue"] == Decimal("30.5")
    parts = [row["revenue"] for row in found.values() if row["kind"] == "reconciliation"]
    assert sum(parts[:-1]) == parts[-1] == Decimal("171.0355")
    assert found["gini"]["value"] == pytest.approx(plain_gini([7.77, 50, 100]))


def test_one_customer_has_no_interval(inputs_of: Build) -> None:
    found = measures(inputs_of(transactions=sold([5.0])))["gini"]
    assert (found["value"], found["low"], found["high"]) == (0, None, None)


def test_only_refunds_leave_nothing_to_measure(inputs_of: Build) -> None:
    inputs = inputs_of(transactions=sold([-5.0, -3.0], kind="refund"))
    found = measures(inputs)
    assert set(found) == {"positive", "not_positive", "unidentified", "fees", "adjustments", "total"}
    assert found["not_positive"]["revenue"] == found["total"]["revenue"] == Decimal(-8)
    assert CONCENTRATION.compute(inputs)["revenue_lorenz"].num_rows == 0


def test_several_currencies_are_refused_or_chosen(inputs_of: Build) -> None:
    lines = [*sold([5.0]), *sold([9.0], currency="USD")]
    with pytest.raises(SeveralCurrenciesError):
        CONCENTRATION.compute(inputs_of(transactions=lines))
    assert measures(inputs_of(Settings(currency="USD"), transactions=lines))["total"]["revenue"] == 9
