"""Which analysis comes before which: an analysis runs after those whose results it needs."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from peakend.analyses.errors import CatalogueError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from peakend.declaration import Analysis


def givers(analyses: Sequence[Analysis]) -> dict[str, Analysis]:
    """The analysis that gives each result table, by the table's name."""
    return {table.name: analysis for analysis in analyses for table in analysis.gives}


def upstream(analysis: Analysis, by_table: Mapping[str, Analysis]) -> list[Analysis]:
    """The analyses whose results `analysis` reads, in the order it names them."""
    found = {by_table[t].name: by_table[t] for t in (*analysis.needs, *analysis.uses) if t in by_table}
    return list(found.values())


def ordered(analyses: Sequence[Analysis]) -> tuple[Analysis, ...]:
    """`analyses` with everything after what it needs, otherwise in the order given.

    Raises `CatalogueError`, naming the cycle, when there is none.
    """
    by_table = givers(analyses)
    place = {analysis.name: number for number, analysis in enumerate(analyses)}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for analysis in analyses:
        sorter.add(analysis.name, *(before.name for before in upstream(analysis, by_table)))
    try:
        sorter.prepare()
    except CycleError as cause:
        raise _cycle(cause.args[1]) from cause
    ready: list[str] = []
    result: list[Analysis] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
        first = ready.pop(0)
        result.append(analyses[place[first]])
        sorter.done(first)
    return tuple(result)


def with_upstream(analyses: Sequence[Analysis], names: Collection[str]) -> tuple[Analysis, ...]:
    """Those of `analyses` (in order) that are named, or that a named one needs directly or indirectly."""
    by_table = givers(analyses)
    wanted = set(names)
    for analysis in reversed(analyses):
        if analysis.name in wanted:
            wanted.update(before.name for before in upstream(analysis, by_table))
    return tuple(analysis for analysis in analyses if analysis.name in wanted)


def _cycle(names: Sequence[str]) -> CatalogueError:
    path = " → ".join(reversed(names))
    return CatalogueError(
        Text(f"These analyses need each other in a circle: {path}.", f"以下分析互相依赖，形成循环：{path}。"),
        Text("Remove one of these needs.", "请去掉其中一处依赖。"),
        cycle=tuple(reversed(names)),
    )
