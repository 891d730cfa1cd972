"""What was planted, kept in tables of its own (`truth_…`). No analysis reads them; tests and lessons do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PARAMETERS = pa.schema(
    [
        ("mechanism", pa.string()),
        ("name", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("active", pa.bool_()),
    ]
)
EFFECTS = pa.schema(
    [
        ("mechanism", pa.string()),
        ("effect", pa.string()),
        ("touchpoint_id", pa.string()),
        ("site_id", pa.string()),
        ("segmentation", pa.string()),
        ("segment", pa.string()),
        ("starts_at", pa.timestamp("us")),
        ("size", pa.float64()),
        ("unit", pa.string()),
        ("active", pa.bool_()),
    ]
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a mechanism. `active` is false where the mechanism is off and the value does not hold."""

    mechanism: str
    name: str
    value: float
    unit: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Effect:
    """A shift of latent satisfaction (or of what `unit` says) for those it concerns; zero where it is off."""

    mechanism: str
    effect: str
    size: float
    active: bool
    touchpoint_id: str | None = None
    site_id: str | None = None
    segmentation: str | None = None
    segment: str | None = None
    starts_at: datetime | None = None
    unit: str = "latent"


Truth = Parameter | Effect


def truth_tables(truths: Sequence[Truth]) -> dict[str, pa.Table]:
    """`truth_parameters` and `truth_effects`."""
    parameters = [_row(t, PARAMETERS) for t in truths if isinstance(t, Parameter)]
    effects = [
        {**_row(t, EFFECTS), "size": t.size if t.active else 0.0} for t in truths if isinstance(t, Effect)
    ]
    return {
        "truth_parameters": pa.Table.from_pylist(parameters, schema=PARAMETERS),
        "truth_effects": pa.Table.from_pylist(effects, schema=EFFECTS),
    }


def _row(truth: Truth, schema: pa.Schema) -> dict[str, object]:
    return {name: getattr(truth, name) for name in schema.names}
