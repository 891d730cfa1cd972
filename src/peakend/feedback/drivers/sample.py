"""Drivers and an outcome as they come (lists, arrays, frames), checked and side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import DriverInputError, NothingVariesError, TooFewAnswersError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Values = Any
"""Whatever numpy makes an array of: lists, arrays, frames of pandas and polars, Arrow tables."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows with an outcome and at least one driver.

    drivers: n × p, NaN where skipped; outcome: n; weight: n, > 0; cluster: n codes from 0, a row without a
    cluster is one of its own; rows: the place of each in what was given.
    """

    names: tuple[str, ...]
    drivers: Numbers
    outcome: Numbers
    weight: Numbers
    cluster: Codes
    rows: Codes

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def units(self) -> int:
        """Independent units: clusters, or rows where there are none."""
        return int(self.cluster.max(initial=-1)) + 1


def read_sample(
    drivers: Values,
    outcome: Values,
    weights: Values = None,
    clusters: Values = None,
    names: Values = None,
) -> Sample:
    """The sample behind `drivers` (n × p, array or frame) and `outcome` (n); None and NaN are no answer.

    Rows without an outcome, without any driver or with weight 0 are left out. Raises
    `DriverInputError` (not numbers, lengths differ, bad weights), `NothingVariesError` (a driver without
    answers or with equal ones, an outcome that never differs), `TooFewAnswersError` (fewer rows than drivers
    + 2).
    """
    matrix, target = _matrix(drivers), _matrix(outcome).reshape(-1)
    labels = _names(drivers, matrix.shape[1]) if names is None else tuple(str(name) for name in names)
    weight = np.ones(len(target)) if weights is None else _matrix(weights).reshape(-1)
    sizes = {len(matrix), len(target), len(weight)} | ({len(clusters)} if clusters is not None else set())
    if len(sizes) > 1 or len(labels) != matrix.shape[1]:
        raise DriverInputError(
            Text(
                f"Drivers, outcome, weights and clusters have different lengths: {sorted(sizes)}.",
                f"驱动项、结果、权重与抽样群的长度不一致：{sorted(sizes)}。",
            ),
            Text("Give one of each for every respondent.", "请为每位应答者各给一个。"),
        )
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise DriverInputError(
            Text("Some weights are missing, infinite or negative.", "部分权重缺失、为无穷或为负。"),
            Text("Give every respondent a weight of 0 or more.", "请为每位应答者给出不小于 0 的权重。"),
        )
    used = ~np.isnan(target) & ~np.isnan(matrix).all(axis=1) & (weight > 0)
    cluster = cluster_codes(clusters, len(target))[used]
    sample = Sample(
        labels,
        matrix[used],
        target[used],
        weight[used],
        np.unique(cluster, return_inverse=True)[1].astype(np.int64),
        np.flatnonzero(used),
    )
    _check_spread(sample)
    return sample


def cluster_codes(clusters: Values, size: int) -> Codes:
    """A code for each cluster; a row without one (None, NaN) is a cluster of its own."""
    if clusters is None:
        return np.arange(size)
    if isinstance(clusters, np.ndarray) and clusters.dtype.kind in "iu":
        return np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    known: dict[object, int] = {}
    codes = []
    for place, label in enumerate(clusters.tolist() if hasattr(clusters, "tolist") else list(clusters)):
        missing = label is None or label != label
        codes.append(known.setdefault((place,) if missing else label, len(known)))
    return np.array(codes, dtype=np.int64)


def _matrix(values: Values) -> Numbers:
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as cause:
        raise DriverInputError(
            Text(f"Not all values are numbers: {cause}", f"存在非数值：{cause}")
        ) from cause
    if np.isinf(found).any():
        raise DriverInputError(
            Text("Some values are infinite.", "部分数值为无穷。"),
            Text("Leave answers that are none empty.", "没有答案的，请留空。"),
        )
    return found.reshape(len(found), -1)


def _names(drivers: Values, count: int) -> tuple[str, ...]:
    listed = getattr(drivers, "column_names", None) or getattr(drivers, "columns", None)
    if listed is None or len(listed) != count:
        return tuple(f"x{place + 1}" for place in range(count))
    return tuple(str(name) for name in listed)


def _check_spread(sample: Sample) -> None:
    if len(sample) < len(sample.names) + 2:
        raise TooFewAnswersError(
            Text(
                f"{len(sample)} respondents are too few for {len(sample.names)} drivers.",
                f"{len(sample.names)} 个驱动项，{len(sample)} 位应答者太少。",
            ),
            Text("Use fewer drivers, or wait for more answers.", "请减少驱动项，或等待更多答案。"),
            n=len(sample),
            needed=len(sample.names) + 2,
        )
    answered = ~np.isnan(sample.drivers)
    for place, name in enumerate(sample.names):
        values = sample.drivers[answered[:, place], place]
        if len(values) == 0 or (values == values[0]).all():
            words = (
                ("has no answers", "没有答案") if len(values) == 0 else ("never differs", "的答案全部相同")
            )
            raise NothingVariesError(
                Text(f"The driver {name} {words[0]}.", f"驱动项 {name} {words[1]}。"),
                Text("Leave it out.", "请将其剔除。"),
                names=[name],
            )
    if (sample.outcome == sample.outcome[0]).all():
        raise NothingVariesError(
            Text("The outcome never differs: nothing can move it.", "结果变量全部相同，无从解释。"),
            Text("Take another outcome or more periods.", "请换一个结果变量，或纳入更多期间。"),
        )
