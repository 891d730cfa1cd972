"""Every declared analysis gives the same tables on DuckDB, PostgreSQL and Spark from the same data."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from conformance.company import company
from conformance.compare import differences
from peakend.analyses import catalogue
from peakend.analyses.order import givers, upstream
from peakend.analyses.runner import relations_for, tables_read
from peakend.declaration import Analysis, Inputs, ResultTable, Settings
from peakend.engine import Engine, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

# (analysis, engine) -> the exception that is expected there, and why. A gap is declared here, never skipped.
GAPS: Mapping[tuple[str, str], tuple[type[Exception], str]] = {}
ANALYSES = catalogue()
_GIVES = {table.name: table for analysis in ANALYSES for table in analysis.gives}
_GIVERS = givers(ANALYSES)
# Results that another analysis reads: the only ones that are kept in the engine.
_READ = {name for analysis in ANALYSES for name in (*analysis.needs, *analysis.uses)} & {*_GIVES}
_expected: dict[str, dict[str, pa.Table]] = {}


@cache
def tables() -> Mapping[str, pa.Table]:
    """The company's tables, made once a process: that takes longer than most analyses of them."""
    return company()


def prepared(engine: Engine) -> Engine:
    """`engine` with the company's tables, and with the results that another analysis needs."""
    stored = set(engine.tables())
    for name, table in tables().items():
        if name not in stored:
            engine.from_arrow(table).save(name)
    return engine


def computed(engine: Engine, analysis: Analysis) -> dict[str, pa.Table]:
    """Every result table of `analysis`, sorted by its key; what it reads of others is computed first."""
    for before in upstream(analysis, _GIVERS):
        if not {table.name for table in before.gives} & _READ <= set(engine.tables()):
            computed(engine, before)
    present = set(engine.tables())
    relations = relations_for(engine, analysis, tables_read(analysis, present), _GIVES)
    results = analysis.compute(Inputs(engine, relations, Settings()))
    tables = {table.name: _arrow(results[table.name], table) for table in analysis.gives}
    for name, table in tables.items():
        if name in _READ:
            engine.from_arrow(table).save(name, replace=True)
    return tables


def _arrow(result: pa.Table | Relation, declared: ResultTable) -> pa.Table:
    schema = declared.schema()
    if isinstance(result, Relation):
        table = result.to_arrow(schema)
    else:
        table = result.select(schema.names).cast(schema)
    return table.sort_by([(column, "ascending") for column in declared.key])


@pytest.fixture
def ready(with_events: Callable[[str], Engine]) -> Callable[[str], Engine]:
    return lambda name: prepared(with_events(name))


def _on(analysis: Analysis, server: str) -> Any:  # noqa: ANN401 - pytest does not name its parameters' type
    """One case. Spark is slow: the analyses of each domain package are a group of their own, so that every
    test process has work for its Spark, and most results that others need are computed in one of them."""
    group = f"spark-{analysis.compute.__module__.split('.')[1]}" if server == "spark" else server
    marks = [getattr(pytest.mark, server), pytest.mark.xdist_group(group)]
    return pytest.param(analysis, server, id=f"{analysis.name}-{server}", marks=marks)


@pytest.mark.parametrize(
    ("analysis", "name"), [_on(one, server) for one in ANALYSES for server in ("postgres", "spark")]
)
def test_an_analysis_gives_the_same_on_every_engine(
    ready: Callable[[str], Engine], analysis: Analysis, name: str
) -> None:
    gap = GAPS.get((analysis.name, name))
    if gap:
        with pytest.raises(gap[0]):
            computed(ready(name), analysis)
        return
    if analysis.name not in _expected:
        _expected[analysis.name] = computed(ready("duckdb"), analysis)
    found = computed(ready(name), analysis)
    for table, expected in _expected[analysis.name].items():
        assert differences(found[table], expected) == [], table


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_the_company_exercises_the_analysis(ready: Callable[[str], Engine], analysis: Analysis) -> None:
    """An empty table would agree with anything."""
    if analysis.name not in _expected:
        _expected[analysis.name] = computed(ready("duckdb"), analysis)
    for name, table in _expected[analysis.name].items():
        assert table.num_rows > 0, name


def test_every_gap_is_still_one() -> None:
    names = {analysis.name for analysis in ANALYSES}
    assert all(name in names for name, _ in GAPS)
