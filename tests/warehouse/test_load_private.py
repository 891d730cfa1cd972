"""Real folders that may not ship: the counts their owners publish come out of the load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from peakend.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peakend.engine import Engine

pytestmark = pytest.mark.private_data

FLIGHTS = """
peakend: 1
source: airline
ignore: [data_dictionary*]
files:
  - match: customer_flight_activity
    tables:
      interactions:
        columns:
          customer_id: Loyalty Number
          at: {template: "{Year}-{Month}-01", date: "%Y-%m-%d"}
  - match: customer_loyalty_history
    tables:
      customers:
        columns: {customer_id: Loyalty Number, city: City}
"""
BASKETS = """
peakend: 1
source: grocer
ignore: ["campaign*", "coupon*", "products*"]
files:
  - match: demographics
    tables: {customers: {columns: {customer_id: household_id}}}
  - match: transactions
    tables:
      transactions:
        columns:
          transaction_id: {template: "{basket_id}-{product_id}-{#}", number_by: [basket_id, product_id]}
          customer_id: household_id
          product_id: product_id
          order_id: basket_id
          at: transaction_timestamp
          kind: {value: sale}
          quantity: quantity
          revenue: sales_value
          currency: {value: USD}
"""


def test_exact_duplicates_of_the_airline_are_dropped_and_counted(
    duckdb_engine: Engine, private_data: Callable[[str], Path]
) -> None:
    warehouse = Warehouse(duckdb_engine)
    report = warehouse.load(private_data("airline_loyalty"), FLIGHTS)
    count = report["interactions"]
    assert (count.read, count.duplicates, count.refused) == (405_624, 1_864, 0)
    assert count.kept == 403_760
    assert report["customers"].kept == 16_737
    assert warehouse.load(private_data("airline_loyalty"), FLIGHTS).nothing_new


def test_households_known_only_by_their_baskets_get_a_row(
    duckdb_engine: Engine, private_data: Callable[[str], Path]
) -> None:
    report = Warehouse(duckdb_engine).load(private_data("completejourney"), BASKETS)
    assert report["transactions"].kept == 1_469_307
    assert (report["customers"].kept, report["customers"].stubs) == (801, 2_469 - 801)


def test_event_logs_need_no_mapping(duckdb_engine: Engine, private_data: Callable[[str], Path]) -> None:
    mapping = "peakend: 1\nsource: logs\nignore: ['*.csv']\n"
    report = Warehouse(duckdb_engine).load(private_data("event_logs"), mapping)
    assert report["interactions"].kept == 21_348 + 65_533 + 6_660 + 15_214 + 46_138
    assert any("1970" in note.en for note in report.notes)
