"""A small warehouse to merge in, and people with known records to find."""

from __future__ import annotations

import importlib.util
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.engine import connect
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType

    from peakend.engine import Engine


@pytest.fixture(scope="session")
def planted() -> ModuleType:
    """The module `planted.py`, which the benchmark uses too."""
    path = Path(__file__).with_name("planted.py")
    spec = importlib.util.spec_from_file_location("planted_people", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def engine() -> Iterator[Engine]:
    with connect("duckdb://") as opened:
        yield opened


@pytest.fixture
def put() -> Callable[..., None]:
    """`put(engine, "customers", rows)` creates the canonical table from dictionaries, in its sort order."""
    return fill


def fill(engine: Engine, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    table = canonical_table(name)
    complete = [{"source": "s", **row} for row in rows]
    data = pa.Table.from_pylist(complete, schema=table.schema())
    engine.create(name, table.schema(), replace=True)
    engine.insert(name, data.sort_by([(column, "ascending") for column in table.sort]))


def sale(number: int, customer: str | None, revenue: int = 1) -> dict[str, Any]:
    return {
        "transaction_id": f"t{number:03d}",
        "customer_id": customer,
        "at": datetime(2024, 1, 1 + number % 28),
        "kind": "sale",
        "revenue": Decimal(revenue),
        "currency": "EUR",
    }


@pytest.fixture
def shop(engine: Engine) -> Engine:
    return build_shop(engine)


@pytest.fixture
def shop_in() -> Callable[[Engine], Engine]:
    """`shop_in(engine)` fills any engine with what `shop` has."""
    return build_shop


def build_shop(engine: Engine) -> Engine:
    """Five customers with facts in six tables, some of which collide when customers are merged."""
    people = [("a", None), ("b", 1980), ("c", 1981), ("d", None), ("e", 1990)]
    fill(
        engine,
        "customers",
        [{"customer_id": c, "kind": "person", "name": c.upper(), "birth_year": y} for c, y in people],
    )
    fill(engine, "transactions", [sale(i, c, i) for i, c in enumerate([*"abcdeabcde", None])])
    pairs = [("a", "b"), ("b", "d"), ("c", "c"), ("e", "a")]
    fill(
        engine,
        "relationships",
        [
            {"relationship_id": f"r{i}", "from_customer_id": f, "to_customer_id": t, "kind": "household"}
            for i, (f, t) in enumerate(pairs)
        ],
    )
    members = [("customer", "a", "gold"), ("customer", "b", "silver"), ("customer", "c", "gold")]
    fill(
        engine,
        "segment_members",
        [
            {"segmentation": "tier", "segment": segment, "subject": subject, "subject_id": who}
            for subject, who, segment in [*members, ("response", "b", "gold")]
        ],
    )
    fill(
        engine,
        "wallets",
        [
            {"customer_id": c, "category": "food", "as_of_on": datetime(2024, 1, 1).date(), "own_spend": n}
            for n, c in enumerate("bcd")
        ],
    )
    fill(
        engine,
        "treatments",
        [
            {"initiative_id": "i", "unit_kind": kind, "unit_id": who, "arm": arm}
            for kind, who, arm in [("customer", "a", "x"), ("customer", "e", "y"), ("site", "b", "x")]
        ],
    )
    return engine
