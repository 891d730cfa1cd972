"""Whether what is remembered goes with the next purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr

from peakend.errors import PeakendError
from peakend.feedback.intervals import normal_quantile, wilson
from peakend.journey.endings.columns import MEMORY_LINK, MEMORY_REPURCHASE
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.engine import Relation

Numbers = NDArray[np.float64]
Row = dict[str, Any]
WINDOW_DAYS = 90
STEP = 0.2
_DAY_US = 86_400_000_000
_ROUNDS = 50
_BANDS = ("low", "middle", "high")


class RepurchaseError(PeakendError):
    """Too few customers, everybody or nobody bought again, or the fit did not settle."""

    code = "journey.repurchase"


@dataclass(frozen=True, slots=True)
class Link:
    """Odds ratio of buying again for each `STEP` of the remembered whole (−1 to 1), with interval and p."""

    odds_ratio: float
    low: float
    high: float
    p: float


def memory_link(
    overall: ArrayLike,
    again: ArrayLike,
    n: ArrayLike,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Link:
    """The odds of buying again by the remembered whole, over cells of customers.

    overall: −1 to 1; again of n customers bought; strata: codes of what is held equal (orders before), or
    None. A logistic regression by Newton's method; Wald's interval. Raises `RepurchaseError`.
    Source: Cox (1958), JRSS B 20(2).
    """
    x, k, size = (np.asarray(values, dtype=float) for values in (overall, again, n))
    if not 0 < k.sum() < size.sum():
        raise RepurchaseError(Text("Everybody or nobody bought again.", "所有人都复购或无人复购。"))
    codes = np.zeros(len(x), int) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    design = np.column_stack([x, *(codes == code for code in np.unique(codes))]).astype(float)
    beta, covariance = _logit(design, k, size)
    slope, se = float(beta[0]), float(np.sqrt(covariance[0, 0]))
    z = normal_quantile(confidence)
    ends = np.exp(STEP * np.array([slope, slope - z * se, slope + z * se]))
    return Link(float(ends[0]), float(ends[1]), float(ends[2]), float(2 * ndtr(-abs(slope) / se)))


def _logit(design: Numbers, k: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    beta = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        p = expit(design @ beta)
        information = design.T @ (design * (n * p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, design.T @ (k - n * p))
        except np.linalg.LinAlgError:
            break
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            return beta, np.linalg.inv(information)
        if np.abs(beta).max() > 30:
            break
    raise RepurchaseError(
        Text(
            "The fit does not settle: a group bought again always or never, or the remembered whole does not "
            "vary.",
            "拟合未收敛：某组全部复购或无人复购，或总体评分没有差异。",
        )
    )


def followed_customers(inputs: Inputs) -> Relation:
    """One row a customer: the last journey with a remembered whole that can be followed for 90 days."""
    return inputs.query("journey/endings/repurchase_counts", {"window_us": WINDOW_DAYS * _DAY_US})


def memory_repurchase(inputs: Inputs) -> dict[str, pa.Table]:
    """The tables `memory_repurchase` (share by band) and `memory_link` (naive and adjusted odds)."""
    cells = (
        followed_customers(inputs)
        .query(
            """
            select
              f.overall,
              f.before_band,
              f.band,
              cast(count(*) as bigint) as n,
              cast(sum(f.again) as bigint) as again
            from f
            group by f.overall, f.before_band, f.band
            """,
            name="f",
        )
        .to_arrow()
    )
    columns = {name: np.asarray(cells[name].to_pylist()) for name in cells.column_names}
    bands = _bands(columns, inputs) if cells.num_rows else []
    links = _links(columns, inputs) if cells.num_rows else []
    return {
        MEMORY_REPURCHASE.name: pa.Table.from_pylist(bands, MEMORY_REPURCHASE.schema()),
        MEMORY_LINK.name: pa.Table.from_pylist(links, MEMORY_LINK.schema()),
    }


def _bands(columns: dict[str, NDArray[Any]], inputs: Inputs) -> list[Row]:
    rows: list[Row] = []
    for place, band in enumerate(_BANDS):
        here = columns["band"] == band
        n, again = int(columns["n"][here].sum()), int(columns["again"][here].sum())
        if not n:
            continue
        row: Row = {"band": band, "place": place, "n": n, "hidden": n < inputs.settings.minimum_base}
        if not row["hidden"]:
            low, high = wilson(again / n, n, inputs.settings.confidence)
            row |= {"again": again, "share": again / n, "share_low": float(low), "share_high": float(high)}
        rows.append(row)
    # Three bands and their published sum would give a single hidden one away.
    if sum(row["hidden"] for row in rows) == 1 and len(rows) > 1:
        smallest = min((row for row in rows if not row["hidden"]), key=lambda row: row["n"])
        smallest |= dict.fromkeys(("again", "share", "share_low", "share_high")) | {"hidden": True}
    return rows


def _links(columns: dict[str, NDArray[Any]], inputs: Inputs) -> list[Row]:
    rows: list[Row] = []
    for kind, strata in (("naive", None), ("adjusted", columns["before_band"])):
        row: Row = {"kind": kind, "n": int(columns["n"].sum()), "again": int(columns["again"].sum())}
        try:
            found = memory_link(
                columns["overall"], columns["again"], columns["n"], strata, inputs.settings.confidence
            )
        except RepurchaseError as error:
            rows.append(
                row | {"verdict": "cannot_tell", "reason_en": error.what.en, "reason_zh": error.what.zh}
            )
            continue
        told = found.p < inputs.settings.alpha
        row |= {
            "odds_ratio": found.odds_ratio,
            "odds_ratio_low": found.low,
            "odds_ratio_high": found.high,
            "p": found.p,
            "verdict": ("more_often" if found.odds_ratio > 1 else "less_often") if told else "cannot_tell",
        }
        rows.append(row)
    return rows
