"""Parts and totals as they come, checked: numbers, of one length, with something to compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from peakend.errors import PeakendError
from peakend.feedback.scores import AnswersError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST = 50
FEWEST_PER_PART = 5


class NothingToCompareError(PeakendError):
    """No part, or no total, that varies."""

    code: ClassVar[str] = "mismatch.nothing_to_compare"


class TooFewAnswersError(PeakendError):
    """Fewer respondents than an expectation can be learnt from. `data`: n, needed, parts."""

    code: ClassVar[str] = "mismatch.too_few"


@dataclass(frozen=True, slots=True)
class Answers:
    """Those who gave a total and at least one part. `row`: their places in what was given; codes from 0."""

    row: Codes
    parts: Numbers
    total: Numbers
    cluster: Codes | None
    period: Codes
    parts_used: Codes

    @property
    def cluster_or_own(self) -> Codes:
        return np.arange(len(self.total)) if self.cluster is None else self.cluster


def read_answers(parts: object, total: object, clusters: object = None, periods: object = None) -> Answers:
    """What `mismatch` takes, checked. Raises `AnswersError`, `NothingToCompareError`,
    `TooFewAnswersError`."""
    x, y = _matrix(parts), _line(total, Text("totals", "总分"))
    if len(x) != len(y):
        raise AnswersError(
            Text(
                f"There are {len(x)} rows of parts but {len(y)} totals.",
                f"分项有 {len(x)} 行，总分却有 {len(y)} 个。",
            ),
            Text("Give one row of parts for every total.", "请为每个总分给出一行分项。"),
        )
    used = ~np.isnan(y) & ~np.isnan(x).all(axis=1) if x.shape[1] else np.zeros(len(y), dtype=bool)
    row = np.flatnonzero(used)
    x, y = x[row], y[row]
    varies = np.array([_varies(column) for column in x.T], dtype=bool)
    places = np.flatnonzero(varies)
    # Without the parts that say nothing some respondents have none left.
    left = ~np.isnan(x[:, places]).all(axis=1) if len(places) else np.zeros(len(y), dtype=bool)
    row, x, y = row[left], x[left][:, places], y[left]
    _require(y, len(places))
    cluster = None if clusters is None else _codes(clusters, len(used), Text("clusters", "抽样群"))[row]
    period = np.zeros(len(row), dtype=np.int64)
    if periods is not None:
        period = _codes(periods, len(used), Text("periods", "期间"))[row]
    return Answers(row, x, y, cluster, period, places)


def _require(total: Numbers, parts: int) -> None:
    if parts == 0 or (len(total) and (total == total[0]).all()):
        raise NothingToCompareError(
            Text("No part was answered with any variety.", "没有任何分项的答案存在差异。")
            if parts == 0
            else Text("All totals are alike.", "所有总分都相同。"),
            Text(
                "Expectations come from differences between respondents; there are none here.",
                "期望值来自应答者之间的差异，此处没有差异可用。",
            ),
        )
    needed = max(FEWEST, FEWEST_PER_PART * parts)
    if len(total) < needed:
        raise TooFewAnswersError(
            Text(
                f"{len(total)} respondents gave a total and parts; {parts} parts need {needed}.",
                f"同时给出总分与分项的应答者有 {len(total)} 人；{parts} 个分项需要 {needed} 人。",
            ),
            Text("Take longer periods, or fewer parts.", "请放宽期间，或减少分项。"),
            n=len(total),
            needed=needed,
            parts=parts,
        )


def _varies(column: Numbers) -> bool:
    answered = column[~np.isnan(column)]
    return len(answered) > 1 and bool((answered != answered[0]).any())


def _matrix(parts: object) -> Numbers:
    found = _numbers(parts, Text("parts", "分项"))
    if found.ndim != 2:
        raise AnswersError(
            Text(
                f"The parts must be a table of rows and columns, not {found.ndim} dimensions.",
                f"分项必须是行与列组成的表，而不是 {found.ndim} 维。",
            ),
            Text("Give one row a respondent and one column a part.", "请一人一行、一项一列。"),
        )
    return found


def _line(values: object, what: Text) -> Numbers:
    found = _numbers(values, what)
    if found.ndim != 1:
        raise AnswersError(
            Text(f"The {what.en} must be one list.", f"{what.zh}必须是一维列表。"),
            Text("Give one number a respondent.", "请为每位应答者给出一个数。"),
        )
    return found


def _numbers(values: object, what: Text) -> Numbers:
    given: Any = values.to_numpy() if hasattr(values, "to_numpy") else values
    if hasattr(values, "column_names") and hasattr(values, "itercolumns"):
        # An Arrow table: its columns side by side.
        given = np.column_stack([column.cast("float64").to_numpy() for column in values.itercolumns()])
    try:
        found: Numbers = np.array(given, dtype=float)
    except (TypeError, ValueError) as cause:
        raise AnswersError(
            Text(f"The {what.en} are not all numbers: {cause}", f"{what.zh}中有非数值：{cause}"),
            Text("Leave what is no score empty (None or NaN).", "非分数请留空（None 或 NaN）。"),
        ) from cause
    found[~np.isfinite(found)] = np.nan
    return found


def _codes(labels: object, expected: int, what: Text) -> Codes:
    listed: list[object] = labels.tolist() if hasattr(labels, "tolist") else list(labels)  # type: ignore[call-overload]
    if len(listed) != expected:
        raise AnswersError(
            Text(
                f"There are {expected} totals but {len(listed)} {what.en}.",
                f"总分有 {expected} 个，{what.zh}却有 {len(listed)} 个。",
            ),
            Text("Give one for every respondent.", "请为每位应答者各给一个。"),
        )
    known: dict[object, int] = {}
    codes = [
        known.setdefault((place,) if label is None else label, len(known))
        for place, label in enumerate(listed)
    ]
    return np.array(codes, dtype=np.int64)
