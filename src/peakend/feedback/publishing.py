"""From columns to a published table: hidden cells lose their numbers, withheld ones their row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from peakend.declaration import ARROW_TYPES, ResultTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.feedback.suppression import Suppression

# Columns that say which cell it is, and what was known before; everything else is what was found there.
_NAMING = frozenset(
    [
        "programme",
        "period",
        "period_kind",
        "period_start",
        "question_id",
        "label_en",
        "label_zh",
        "overall",
        "dimension",
        "scale_low",
        "scale_high",
        "touchpoint_id",
        "touchpoint_en",
        "touchpoint_zh",
        "touchpoint_position",
        "segmentation",
        "segment",
        "dimension_kind",
        "kind",
        "category",
        "population_share",
    ]
)


def published(table: ResultTable, columns: Mapping[str, pa.Array], suppression: Suppression) -> pa.Table:
    """`columns` (one entry a cell) as `table`, fit to be shown. A column that is not given is empty."""
    hidden = pa.array(suppression.hidden)
    arrays = []
    for column in table.columns:
        kind = ARROW_TYPES[column.type]
        if column.name == "hidden":
            arrays.append(hidden)
            continue
        found = columns.get(column.name, pa.nulls(len(hidden), kind)).cast(kind)
        arrays.append(found if column.name in _NAMING else pc.if_else(hidden, pa.scalar(None, kind), found))
    whole = pa.Table.from_arrays(arrays, schema=table.schema())
    return whole.filter(pa.array(~suppression.withheld))
