"""Purchases of public data: CDNOW as the papers count it, and shops that take goods back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from cdnow import histories
from peakend.engine import connect
from peakend.value import rfm_summary
from peakend.value.purchases.problems import problems_of
from peakend.value.purchases.purchases import purchases_in
from peakend.value.purchases.transactions import transactions_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.private_data


@pytest.fixture(scope="module")
def sample(private_data: Callable[[str], Path]) -> Path:
    return private_data("cdnow") / "CDNOW_sample.txt"


def lines_of(path: Path) -> pa.Table:
    rows = [line.split() for line in path.read_text("ascii").splitlines() if line.strip()]
    return pa.table(
        {
            "customer": [row[1] for row in rows],
            "day": [date.fromisoformat(row[2]) for row in rows],
            "spent": [float(row[4]) for row in rows],
        }
    )


def test_cdnow_row_by_row(sample: Path) -> None:
    """2,357 customers seen for 39 weeks; eight purchases cost nothing and count, as in the papers."""
    found = rfm_summary(
        lines_of(sample), "customer", "day", "spent", as_of="1997-09-30", time_unit="week", free=True
    ).to_arrow().sort_by("customer_id")  # fmt: skip
    by_hand = histories(sample, customer=1)
    assert found.num_rows == 2357
    for name in ("frequency", "recency_days", "age_days"):
        assert sorted(found[name].to_pylist()) == sorted(by_hand[name].tolist())
    mean = np.array([value or 0.0 for value in found["monetary_value"].to_pylist()])
    assert np.sort(mean) == pytest.approx(np.sort(by_hand["monetary_value"]))
    assert sum(value > 0 for value in found["frequency"].to_pylist()) == 946


def test_cdnow_calibration_and_holdout(sample: Path) -> None:
    """78 weeks: the purchases of calibration and holdout are all that there are."""
    lines = lines_of(sample)
    split = rfm_summary(
        lines, "customer", "day", "spent", calibration_end="1997-09-30", as_of="1998-06-30", free=True
    ).to_arrow()  # fmt: skip
    frequency = np.array(split["frequency_cal"]) + np.array(split["frequency_holdout"])
    assert split.num_rows == 2357
    assert frequency.tolist() == split["frequency"].to_pylist()
    assert set(split["duration_holdout"].to_pylist()) == {39}


RETAIL = """
    select t."InvoiceNo" as order_id, t."StockCode" as product_id, cast(t."Quantity" as double) as quantity,
           t."InvoiceDate" as "at", cast(floor(t."CustomerID") as bigint) as customer_id,
           cast(t."Quantity" as double) * t."UnitPrice" as revenue, 'GBP' as currency,
           case when t."InvoiceNo" like 'C%' then 'refund' else 'sale' end as kind
    from t
"""


def test_a_shop_that_takes_goods_back(private_data: Callable[[str], Path]) -> None:
    """Online Retail: no line is lost; a credit note has a number of its own, so goods are matched."""
    with connect("duckdb://") as engine:
        given = engine.read_parquet(private_data("online_retail") / "online_retail.parquet").query(RETAIL)
        purchases = purchases_in(transactions_of(given))
        found = {row["problem"]: row for row in problems_of(purchases).to_pylist()}
        assert found["read"]["lines"] == 541_909
        assert found["missing_customer"]["lines"] == 135_080
        refunds = purchases.booked_refunds().to_arrow()
        cancelling = pc.sum(pc.is_valid(refunds["bought_on"])).as_py()
        assert refunds.num_rows == 8_905
        assert cancelling + found["refund_without_purchase"]["lines"] == 8_905
        assert purchases.histories().to_arrow().num_rows == found["used"]["customers"]


def test_households_at_a_grocer(private_data: Callable[[str], Path]) -> None:
    """completejourney: baskets of many lines; a day of them is one purchase."""
    path = private_data("completejourney") / "transactions.parquet"
    found = rfm_summary(path, "household_id", "transaction_timestamp", "sales_value").to_arrow()
    lines = pq.read_table(path, columns=["household_id", "transaction_timestamp", "sales_value"])
    days = lines.set_column(1, "day", lines["transaction_timestamp"].cast(pa.date32()))
    spent = days.group_by(["household_id", "day"]).aggregate([("sales_value", "sum")])
    paid = spent.filter(pc.greater(spent["sales_value_sum"], 0.00005))
    assert found.num_rows == len(pc.unique(paid["household_id"]))
    assert pc.sum(found["frequency"]).as_py() + found.num_rows == paid.num_rows
