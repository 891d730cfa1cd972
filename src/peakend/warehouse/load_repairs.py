"""What the mapping's rules put right: how many values, by which rule, with an example."""

# Names are quoted; the rest is numbered columns of the load's own views.
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.warehouse.load_report import RepairCount
from peakend.warehouse.load_sql import quoted
from peakend.warehouse.load_stage import view_sql

if TYPE_CHECKING:
    from peakend.warehouse.load_stage import Stage


def count_repairs(stage: Stage) -> list[RepairCount]:
    """Repairs over all rows that were read, one entry a file and rule that changed something."""
    counts: list[RepairCount] = []
    for number, load in enumerate(stage.loads):
        rules = [(column.name, repair) for column in load.columns for repair in column.repairs]
        if not stage.repaired[number]:
            continue
        rows = f"({view_sql(stage.table, load)})"
        measured = ", ".join(
            f'count(*) filter ("__p{n}"), min(__row) filter ("__p{n}")' for n in range(len(rules))
        )
        row = stage.run(f"select {measured} from {rows}")[0]
        for n, (column, repair) in enumerate(rules):
            if not row[2 * n]:
                continue
            first = int(row[2 * n + 1])
            example = stage.run(
                f"select cast({quoted(column)} as varchar), __raw from {rows} "
                f'where __row = {first} and "__p{n}" limit 1'
            )[0]
            counts.append(
                RepairCount(
                    load.source.name, load.table, column, repair.code, repair.meaning,
                    int(row[2 * n]), example[0], first + 1, example[1],
                )
            )  # fmt: skip
    stage.count.repaired = sum(repair.rows for repair in counts)
    return counts
