"""On the data of real shops the models reach one optimum from every start, and what they expect happens."""

# Paths of files and a query as a table of another: nothing a user says.
# ruff: noqa: S608

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.beta_geo_covariates import BetaGeoCovariatesModel
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel
from peakend.value.models.priors import weak_purchase_priors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Table = dict[str, NDArray[np.float64]]

STARTS = [
    (r, alpha, a, b)
    for r, alpha in ((0.05, 0.5), (0.5, 5.0), (5.0, 200.0), (0.1, 100.0))
    for a, b in ((0.05, 0.05), (1.0, 1.0), (0.5, 20.0), (20.0, 1.0))
]

SUMMARY = """
    with days as (
      select distinct customer, day from ({purchases}) where day <= ({last}) - {kept}
    )
    select customer, count(*) - 1 as frequency, (max(day) - min(day))::double as recency,
           ((select ({last}) - {kept}) - min(day))::double as age
    from days group by customer order by customer
"""


def histories(purchases: str, kept: int = 0) -> Table:
    """Of a query with customer and day; without the last `kept` days."""
    with duckdb.connect() as connection:
        last = f"select max(day) from ({purchases})"
        found = connection.execute(SUMMARY.format(purchases=purchases, last=last, kept=kept)).fetchnumpy()
        table = {"frequency": found["frequency"], "recency": found["recency"] / 7, "T": found["age"] / 7}
        if kept:
            later = f"""
                with c as ({SUMMARY.format(purchases=purchases, last=last, kept=kept)})
                select c.customer, count(distinct p.day) as bought from c
                left join ({purchases}) p
                  on p.customer = c.customer and p.day > ({last}) - {kept}
                group by c.customer order by c.customer
            """
            table["bought"] = connection.execute(later).fetchnumpy()["bought"]
    return {name: np.asarray(values, np.float64) for name, values in table.items()}


def online_retail() -> str:
    path = files("peakend.demo") / "data" / "online_retail" / "online_retail.parquet"
    return f"""
        select "CustomerID" as customer, "InvoiceDate"::date as day from '{path}'
        where "CustomerID" is not null and "Quantity" > 0 and "UnitPrice" > 0
    """


def reaches_one_optimum(data: Table) -> None:
    told = PurchaseHistories.of({name: data[name] for name in ("frequency", "recency", "T")})
    for model in (BetaGeoModel, ModifiedBetaGeoModel):
        best = model().fit(told)
        for start in STARTS:
            again = model().fit(told, starts=[np.array(start)])
            assert again.params.vector == pytest.approx(best.params.vector, rel=1e-6)


def test_online_retail_has_one_optimum() -> None:
    reaches_one_optimum(histories(online_retail()))


def test_online_retail_without_its_last_quarter_shows_nobody_leaving() -> None:
    """The likelihood rises as a → 0, until the model is an NBD: there is no optimum, and it is said."""
    data = histories(online_retail(), kept=90)
    for model in (BetaGeoModel, ModifiedBetaGeoModel):
        with pytest.raises(DidNotConvergeError):
            model().fit({name: data[name] for name in ("frequency", "recency", "T")})


def test_online_retail_buys_more_where_more_is_expected() -> None:
    """Fitted without the last 90 days, which end at Christmas: the model, which knows of no season, expects
    3,300 purchases where 4,482 are made; the fifths of the customers come in the order that it says."""
    data = histories(online_retail(), kept=90)
    model = ModifiedBetaGeoModel(priors=weak_purchase_priors("week"))
    model.fit({name: data[name] for name in ("frequency", "recency", "T")})
    expected = model.expected_purchases(90 / 7, data["frequency"], data["recency"], data["T"])
    assert data["bought"].sum() == 4_482
    assert expected.sum() == pytest.approx(3_300, rel=0.01)
    fifths = np.array_split(np.argsort(expected), 5)
    assert (np.diff([data["bought"][fifth].mean() for fifth in fifths]) > 0).all()


@pytest.mark.private_data
def test_households_have_one_optimum(private_data: Callable[[str], Path]) -> None:
    path = private_data("completejourney") / "transactions.parquet"
    reaches_one_optimum(
        histories(f"select household_id as customer, transaction_timestamp::date as day from '{path}'")
    )


@pytest.mark.private_data
def test_gender_and_channel_of_apparel_customers(private_data: Callable[[str], Path]) -> None:
    """Covariates never fit worse, and another start leads to the same optimum."""
    folder = private_data("clv_apparel")
    data = histories(f"""select "Id" as customer, "Date" as day from '{folder / "apparelTrans.parquet"}'""")
    with duckdb.connect() as connection:
        known = connection.execute(
            f"""select "Gender", "Channel" from '{folder / "apparelStaticCov.parquet"}' order by "Id" """
        ).fetchnumpy()
    assert pq.read_metadata(folder / "apparelStaticCov.parquet").num_rows == len(data["frequency"]) == 600
    table = {**data, **known}
    without = BetaGeoModel().fit(data)
    fitted = BetaGeoCovariatesModel(["Gender", "Channel"], ["Gender"]).fit(table)
    assert fitted.log_likelihood > without.log_likelihood
    again = BetaGeoCovariatesModel(["Gender", "Channel"], ["Gender"]).fit(
        table, starts=[np.array([1.0, 30.0, 1.0, 1.0, 0, 0, 0, 0])]
    )
    assert again.params.vector == pytest.approx(fitted.params.vector, rel=1e-5, abs=1e-6)
