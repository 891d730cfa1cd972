"""`computed(analysis, …)`: the tables of an analysis of profit from rows of the canonical tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.engine import Relation
from peakend.value.profit.analyses import ANALYSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs, ResultTable

    Tables = dict[str, list[dict[str, Any]]]

_BY_NAME = {analysis.name: analysis for analysis in ANALYSES}
RESULTS = {table.name: table for analysis in ANALYSES for table in analysis.gives}


def rows_of(result: pa.Table | Relation, declared: ResultTable) -> list[dict[str, Any]]:
    """The rows in the declared shape."""
    if isinstance(result, Relation):
        return result.to_arrow(declared.schema()).to_pylist()
    return result.select(declared.schema().names).cast(declared.schema()).to_pylist()


def with_profit(inputs: Inputs) -> Inputs:
    """`inputs` with the result `customer_profit` among its relations."""
    made = _BY_NAME["customer_profit"].compute(inputs)["customer_profit"]
    table = pa.Table.from_pylist(
        rows_of(made, RESULTS["customer_profit"]), RESULTS["customer_profit"].schema()
    )
    return replace(inputs, relations={**inputs.relations, "customer_profit": inputs.engine.from_arrow(table)})


@pytest.fixture
def computed(inputs_of: Callable[..., Inputs]) -> Callable[..., Tables]:
    """`computed("profit_whale", transactions=[…], results={"pool_costs": arrow}, …)`: rows by table."""

    def compute(name: str, results: dict[str, pa.Table] | None = None, **given: Any) -> Tables:  # noqa: ANN401
        inputs = inputs_of(**given)
        more = {table: inputs.engine.from_arrow(rows) for table, rows in (results or {}).items()}
        inputs = replace(inputs, relations={**inputs.relations, **more})
        analysis = _BY_NAME[name]
        if "customer_profit" in analysis.needs:
            inputs = with_profit(inputs)
        made = analysis.compute(inputs)
        return {table.name: rows_of(made[table.name], table) for table in analysis.gives}

    return compute
