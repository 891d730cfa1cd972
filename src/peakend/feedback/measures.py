"""The four scored metrics: which number a score stands for, and which result table it fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.scales import Scale, in_top_box, is_easy, itself, nps_points
from peakend.feedback.score_columns import CES, CSAT, NPS, RATING

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import ResultTable
    from peakend.feedback.moments import Kind

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is averaged: `number` turns scores into the y of `moments`. `name`: its result column."""

    name: str
    kind: Kind
    number: Callable[[Numbers, Scale], Numbers]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of `questions`: its headline (`first`, which is compared) and what is shown beside it."""

    name: str
    table: ResultTable
    first: Measure
    second: Measure | None


METRICS: tuple[Metric, ...] = (
    Metric("nps", NPS, Measure("value", "nps", nps_points), None),
    Metric("csat", CSAT, Measure("value", "share", in_top_box), Measure("mean", "mean", itself)),
    Metric("ces", CES, Measure("value", "mean", itself), Measure("easy", "share", is_easy)),
    Metric("rating", RATING, Measure("value", "mean", itself), Measure("top_box", "share", in_top_box)),
)
