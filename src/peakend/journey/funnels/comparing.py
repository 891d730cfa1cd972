"""Two groups on their way through the same funnel: is one lost more often, and at which step?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa

from peakend.errors import PeakendError
from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.intervals import wilson
from peakend.language import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from peakend.engine import Relation

    Numbers = NDArray[np.float64]


class ComparisonError(PeakendError):
    """Two funnels that do not have the same steps."""

    code: ClassVar[str] = "journey.funnel_comparison"


def compare_funnels(
    one: Relation | pa.Table, other: Relation | pa.Table, *, confidence: float = 0.95, alpha: float = 0.05
) -> pa.Table:
    """Step by step, the share of the step before that got on: of `one` minus of `other`.

    one, other: what `funnel` gave for the same steps and two groups of *different* customers. Columns: step,
    label, n_one, reached_one, n_other, reached_other (customers), share_one, share_other, difference (−1 to
    1) with difference_low and _high, p_value, adjusted_p (Holm over the steps), verdict ("better", "worse",
    "cannot_tell": `one` against `other`). Nulls where nobody reached the step before.
    Raises `ComparisonError`.
    Source: pooled two-proportion z; Newcombe (1998), Statistics in Medicine 17(8), method 10; Holm (1979),
    Scandinavian Journal of Statistics 6(2).
    """
    first, second = (
        (table if isinstance(table, pa.Table) else table.to_arrow()).sort_by("step") for table in (one, other)
    )
    if first["label"].to_pylist() != second["label"].to_pylist():
        raise ComparisonError(
            Text("The two funnels have different steps.", "两个漏斗的步骤不同。"),
            Text("Ask for both with the same steps.", "请用相同步骤分别计算。"),
        )
    reached = [np.array(table["reached"].to_pylist(), dtype=float) for table in (first, second)]
    (n1, x1), (n2, x2) = ((count[:-1], count[1:]) for count in reached)
    gap, low, high, p = difference(x1, n1, x2, n2, confidence)
    adjusted, _ = holm(p)
    told = np.where(np.isnan(p), None, verdicts(gap, adjusted, alpha))  # type: ignore[call-overload]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = x1 / n1, x2 / n2
    columns: dict[str, pa.Array] = {
        "step": pa.array(first["step"].to_pylist()[1:], pa.int64()),
        "label": pa.array(first["label"].to_pylist()[1:], pa.string()),
    }
    for name, counts in (("n_one", n1), ("reached_one", x1), ("n_other", n2), ("reached_other", x2)):
        columns[name] = pa.array(counts.astype(np.int64))
    named = {"share_one": shares[0], "share_other": shares[1], "difference": gap}
    named |= {"difference_low": low, "difference_high": high, "p_value": p, "adjusted_p": adjusted}
    for name, values in named.items():
        columns[name] = pa.array(values, pa.float64(), from_pandas=True)
    return pa.table({**columns, "verdict": pa.array(told.tolist(), pa.string())})


def difference(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, confidence: float
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """x1/n1 − x2/n2, its interval and two-sided p; NaN where a group is empty."""
    from scipy.special import ndtr

    a, m, b, n = (np.asarray(values, dtype=float) for values in (x1, n1, x2, n2))
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = np.where(m > 0, a / m, np.nan), np.where(n > 0, b / n, np.nan)
        gap, pooled = p1 - p2, (a + b) / (m + n)
        se = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
        # Everybody or nobody in both: no difference and nothing to test it with.
        z = np.where((se == 0) & (gap == 0), 0.0, gap / se)
    (low1, high1), (low2, high2) = wilson(p1, m, confidence), wilson(p2, n, confidence)
    low = np.maximum(gap - np.hypot(p1 - low1, high2 - p2), -1)
    high = np.minimum(gap + np.hypot(high1 - p1, p2 - low2), 1)
    return gap, low, high, 2 * ndtr(-np.abs(z))
