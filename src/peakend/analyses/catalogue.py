"""Every analysis there is: those of the house, and those that installed packages add."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from peakend.analyses.errors import CatalogueError, UnknownAnalysisError
from peakend.analyses.order import givers, ordered
from peakend.declaration import ARROW_TYPES, Analysis
from peakend.engine import sql_text
from peakend.language import Text
from peakend.warehouse.schema import canonical_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Each has a tuple `ANALYSES`. Their order is that of lists and reports where needs leave it open.
MODULES = (
    "peakend.warehouse.analyses",
    "peakend.feedback.calibration.analyses",
    "peakend.feedback.analyses",
    "peakend.feedback.trend.analyses",
    "peakend.feedback.drivers.analyses",
    "peakend.feedback.expectation.analyses",
    "peakend.feedback.structure.analyses",
    "peakend.feedback.mismatch.analyses",
    "peakend.feedback.words.analyses",
    "peakend.feedback.memory.analyses",
    "peakend.journey.stream.analyses",
    "peakend.journey.registry.analyses",
    "peakend.journey.graph.analyses",
    "peakend.journey.traces.analyses",
    "peakend.journey.funnels.analyses",
    "peakend.journey.designed.analyses",
    "peakend.journey.remembered.analyses",
    "peakend.journey.endings.analyses",
    "peakend.journey.crediting.analyses",
    "peakend.journey.consistency.analyses",
    "peakend.segments.analyses",
    "peakend.value.analyses",
    "peakend.value.purchases.analyses",
    "peakend.value.prediction.analyses",
    "peakend.value.contracts.analyses",
    "peakend.value.wallets.analyses",
    "peakend.value.costing.analyses",
    "peakend.value.profit.analyses",
    "peakend.value.delivered.analyses",
    "peakend.value.offers.analyses",
    "peakend.value.experience.analyses",
)
ENTRY_POINT_GROUP = "peakend.analyses"
EVERY_TABLE = "*"
BOOKKEEPING = (
    "analysis_runs",
    "customer_links",
    "load_runs",
    "merges",
    "refused_rows",
    "row_history",
    "table_versions",
)


def catalogue() -> tuple[Analysis, ...]:
    """Every analysis, checked, each after those whose results it needs.

    A package adds its own by an entry point of the group `peakend.analyses` that names an `Analysis` or a
    tuple of them. Raises `CatalogueError` when declarations contradict each other or cannot be loaded.
    """
    return checked([*_of_the_house(), *_of_installed_packages()])


def find(name: str, analyses: Sequence[Analysis]) -> Analysis:
    """The analysis called `name`, or the one that gives the table `name`; else `UnknownAnalysisError`."""
    by_table = givers(analyses)
    for analysis in analyses:
        if analysis.name == name:
            return analysis
    if name in by_table:
        return by_table[name]
    raise UnknownAnalysisError(name, {*by_table, *(analysis.name for analysis in analyses)})


def checked(analyses: Sequence[Analysis]) -> tuple[Analysis, ...]:
    """`analyses` in the order they run, or `CatalogueError` with everything that is wrong with them."""
    problems = [*_repeated_names(analyses), *_bad_tables(analyses), *_bad_references(analyses)]
    if problems:
        raise CatalogueError(
            Text(
                "The analyses contradict each other: " + " ".join(problem.en for problem in problems),
                "分析的声明互相矛盾：" + "".join(problem.zh for problem in problems),
            ),
            problems=tuple(problems),
        )
    return ordered(analyses)


def _of_the_house() -> Iterator[Analysis]:
    for name in MODULES:
        yield from import_module(name).ANALYSES


def _of_installed_packages() -> Iterator[Analysis]:
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: (point.name, point.value)):
        yield from _loaded(point)


def _loaded(point: EntryPoint) -> Iterable[Analysis]:
    try:
        declared: Any = point.load()
    except Exception as cause:
        raise _bad_entry_point(point, f"{type(cause).__name__}: {cause}") from cause
    found = (declared,) if isinstance(declared, Analysis) else declared
    if not isinstance(found, tuple | list) or not all(isinstance(item, Analysis) for item in found):
        raise _bad_entry_point(point, f"{type(declared).__name__}")
    return found


def _bad_entry_point(point: EntryPoint, found: str) -> CatalogueError:
    owner = point.dist.name if point.dist else "?"
    return CatalogueError(
        Text(
            f"The package {owner} says that {point.value} is an analysis, but it is not: {found}.",
            f"软件包 {owner} 声明 {point.value} 是一项分析，但实际不是：{found}。",
        ),
        Text(f"Correct or uninstall the package {owner}.", f"请修正或卸载软件包 {owner}。"),
        package=owner,
        entry_point=point.value,
    )


def _repeated_names(analyses: Sequence[Analysis]) -> Iterator[Text]:
    names = [analysis.name for analysis in analyses]
    for name in _repeated(names):
        yield Text(f"{name} is declared twice.", f"{name} 声明了两次。")


def _bad_tables(analyses: Sequence[Analysis]) -> Iterator[Text]:
    tables = [table.name for analysis in analyses for table in analysis.gives]
    for name in _repeated(tables):
        both = [a.name for a in analyses if any(table.name == name for table in a.gives)]
        yield Text(
            f"The table {name} is given by {' and '.join(both)}.",
            f"表 {name} 由 {'、'.join(both)} 重复给出。",
        )
    for name in sorted({*tables} & {*canonical_tables(), *BOOKKEEPING}):
        yield Text(
            f"The result {name} would overwrite a table of the warehouse.",
            f"结果 {name} 会覆盖数据仓库中的表。",
        )
    for analysis in analyses:
        for table in analysis.gives:
            columns = {column.name for column in table.columns}
            wrong = [*_repeated([column.name for column in table.columns]), *sorted({*table.key} - columns)]
            wrong += [f"{c.name}: {c.type}" for c in table.columns if c.type not in ARROW_TYPES]
            if wrong:
                listed = ", ".join(wrong)
                yield Text(
                    f"Columns of {table.name} are declared wrongly: {listed}.",
                    f"{table.name} 的列声明有误：{listed}。",
                )


def _bad_references(analyses: Sequence[Analysis]) -> Iterator[Text]:
    known = {*canonical_tables(), *BOOKKEEPING, *givers(analyses), EVERY_TABLE}
    for analysis in analyses:
        for table in sorted({*analysis.needs, *analysis.uses} - known):
            yield Text(
                f"{analysis.name} needs {table}, which is no table and no result.",
                f"{analysis.name} 需要 {table}，但没有这样的表或结果。",
            )
        for name in analysis.sql:
            if sql_text(name) is None:
                yield Text(
                    f"{analysis.name} names {name}.sql, which is missing.",
                    f"{analysis.name} 所列 {name}.sql 不存在。",
                )


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
