"""Graded service: who is entitled to which touchpoint in which channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from peakend.engine import Relation
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMNS = ("segmentation", "segment", "touchpoint_id", "channel", "entitled")


class EntitlementError(PeakendError):
    """The matrix lacks a column, or says two things of one cell. `data` says which."""

    code: ClassVar[str] = "journey.entitlements"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One decision. listed: the matrix has the cell; what it does not list nobody is entitled to.

    service_level_s: longest wait promised there, None where nothing is promised.
    """

    entitled: bool
    listed: bool
    service_level_s: float | None


def entitled(
    entitlements: Any,  # noqa: ANN401 - a relation or any frame
    *,
    segmentation: str,
    segment: str,
    touchpoint_id: str,
    channel: str,
) -> Entitlement:
    """Whether a member of `segment` may use `touchpoint_id` in `channel`: the cell of the matrix.

    entitlements: the canonical table as a relation or a frame. Raises `EntitlementError` for a missing column
    and for a cell that is there twice with different content.
    """
    wanted = (segmentation, segment, touchpoint_id, channel)
    rows = [row for row in _rows(entitlements) if tuple(row[name] for name in _COLUMNS[:4]) == wanted]
    said = {(bool(row["entitled"]), row.get("service_level_s")) for row in rows}
    if len(said) > 1:
        where = " / ".join(wanted)
        raise EntitlementError(
            Text(f"The matrix says two things of {where}.", f"权益矩阵对 {where} 有两种说法。"),
            Text("Keep one row a cell.", "每个单元格只保留一行。"),
            cell=wanted,
        )
    for allowed, within in said:
        return Entitlement(allowed, True, within)
    return Entitlement(False, False, None)


def _rows(entitlements: Any) -> Sequence[dict[str, Any]]:  # noqa: ANN401 - as above
    table = entitlements.to_arrow() if isinstance(entitlements, Relation) else pa.table(entitlements)
    missing = [name for name in _COLUMNS if name not in table.column_names]
    if missing:
        listed = ", ".join(missing)
        raise EntitlementError(
            Text(f"The entitlements lack {listed}.", f"权益表缺少列：{listed}。"), missing=missing
        )
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
