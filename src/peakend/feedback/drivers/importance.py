"""Relative importance: how much of R² is due to each driver, with an interval.

    >>> relative_importance(correlation=[[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]).r2
    0.36

Drivers that go together explain the same part of an outcome; a regression coefficient gives that part to
whoever comes last. LMG gives each driver what it adds on average over all orders of entry, so the parts sum
to R² and drivers that say the same are treated alike. It describes association: what would come of changing a
driver it does not say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.drivers.basis import (
    Basis,
    LeftOut,
    basis_of_correlation,
    basis_of_moments,
    basis_of_rows,
)
from peakend.feedback.drivers.differences import PairDifference, pair_differences, shares_of
from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.drivers.johnson import relative_weights
from peakend.feedback.drivers.lmg import MOST_DRIVERS, lmg
from peakend.feedback.drivers.noise import noise_levels
from peakend.feedback.drivers.permutations import ORDERS, permutation_importance
from peakend.feedback.drivers.rows import read_rows
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.sheets import PatternMoments

Numbers = NDArray[np.float64]
Method = Literal["lmg", "johnson", "permutation"]
Outcome = Literal["linear", "ordinal"]
Missing = Literal["em", "complete"]

SEED = 20240229
FEWEST_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver. importance: its part of R². share: of the R², None where the drivers explain nothing.

    low, high: bootstrap percentile interval of the share, None without a bootstrap. noise: the importance
    that drivers without any effect stay below, all of them together in 95 of 100 samples (`noise`); None from
    correlations. A share is never 0 and its interval never reaches 0, so this tells what matters at all.
    """

    name: str
    share: float | None
    low: float | None
    high: float | None
    importance: float
    noise: float | None = None

    @property
    def above_noise(self) -> bool | None:
        """More than chance gives to a driver without effect; None where that is not known."""
        return None if self.noise is None else self.importance > self.noise


@dataclass(frozen=True, slots=True)
class RelativeImportance:
    """What drives an outcome: drivers in the order given, the parts summing to `r2`.

    n: respondents used, complete: those without a skipped answer, effective_n: Kish's; None from
    correlations. method: what was computed, "permutation" where there are too many drivers for "lmg".
    monte_carlo_error: the largest standard error of an importance that comes from trying some orders only (0
    otherwise). missing: "none", "em" or "complete". left_out: drivers nothing can be said of. collinear:
    drivers that follow exactly from one another; they share their credit. notes: every degradation in words.
    draws: B × p importances of the bootstrap, columns as `drivers`; None without.
    """

    drivers: tuple[Driver, ...]
    r2: float
    r2_low: float | None
    r2_high: float | None
    n: int | None
    complete: int | None
    effective_n: float | None
    method: Method
    outcome: Outcome
    missing: Literal["none", "em", "complete"]
    confidence: float
    monte_carlo_error: float
    left_out: tuple[LeftOut, ...]
    collinear: tuple[tuple[str, ...], ...]
    notes: tuple[Text, ...]
    correlation: Numbers = field(compare=False, repr=False)
    draws: Numbers | None = field(compare=False, repr=False)

    def __getitem__(self, name: str) -> Driver:
        for driver in self.drivers:
            if driver.name == name:
                return driver
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The drivers' names."""
        return tuple(driver.name for driver in self.drivers)

    @property
    def importances(self) -> Numbers:
        """p parts of R²."""
        return np.array([driver.importance for driver in self.drivers])

    @property
    def share_draws(self) -> Numbers | None:
        """B × p shares of the bootstrap; a draw in which nothing is explained counts as equal shares."""
        return None if self.draws is None else shares_of(self.draws)

    def pairs(self, alpha: float = 0.05) -> tuple[PairDifference, ...]:
        """Every two drivers compared. Raises `DriverInputError` without draws."""
        if self.draws is None:
            raise DriverInputError(
                Text("There are no bootstrap draws to compare drivers by.", "没有自助抽样，无法比较驱动项。"),
                Text("Ask for bootstrap=1000.", "请设 bootstrap=1000。"),
            )
        n = self.effective_n or float(len(self.names) + 2)
        return pair_differences(self.names, self.importances, self.draws, n, self.confidence, alpha)

    def to_arrow(self) -> pa.Table:
        """A row a driver: name, share, low, high, importance, noise."""
        return pa.table(
            {
                "name": pa.array(self.names, pa.string()),
                **{
                    name: pa.array([getattr(driver, name) for driver in self.drivers], pa.float64())
                    for name in ("share", "low", "high", "importance", "noise")
                },
            }
        )


def relative_importance(
    X: Any = None,  # noqa: ANN401, N803 - the customary name
    y: Any = None,  # noqa: ANN401
    method: Method = "lmg",
    weights: Any = None,  # noqa: ANN401
    bootstrap: int = 0,
    *,
    correlation: Any = None,  # noqa: ANN401
    moments: Sequence[PatternMoments] | None = None,
    names: Sequence[str] | None = None,
    clusters: Any = None,  # noqa: ANN401
    outcome: Outcome = "linear",
    missing: Missing = "em",
    confidence: float = 0.95,
    orders: int = ORDERS,
    seed: int = SEED,
) -> RelativeImportance:
    """The share of R² due to each of p drivers.

    Give one of: X (n × p: pandas, Polars or Arrow frame, mapping of columns, matrix) with y (n numbers, or
    the name of a column of X); `correlation` (q × q, outcome last); `moments` (`Sheet.moments`, outcome the
    last question; `covariance.select` picks and orders questions). None and NaN are skipped answers.

    method: "lmg" (exact to 25 drivers, beyond by permutations), "permutation" (`orders` random orders, error
    stated), "johnson" (relative weights). weights ≥ 0: of the survey, or what customers are worth. bootstrap:
    draws, at least 20; respondents are resampled, or `clusters` whole. outcome: "ordinal" takes it as steps
    of a judgement behind it (`ordinal`), on complete rows. missing: "em" uses every answer (`covariance`),
    "complete" the complete rows only. The same seed gives the same draws.

    A driver without answers or with equal ones is left out and named; collinear drivers share credit and are
    named. Raises `DriverInputError`, `NothingVariesError` (outcome, or all drivers), `TooFewAnswersError`
    (fewer than p + 2 respondents), `NeverTogetherError`, `NotACorrelationError`, `NotConvergedError`.
    Source: Grömping (2006), Journal of Statistical Software 17(1); Grömping (2007), The American Statistician
    61(2); methods in `lmg`, `permutations`, `johnson`.
    """
    _check_choices(X, y, correlation, moments, method, outcome, missing, bootstrap, confidence)
    if correlation is not None:
        basis = basis_of_correlation(correlation, names)
    elif moments is not None:
        basis = basis_of_moments(moments, names, missing)
    else:
        basis = basis_of_rows(read_rows(X, y, weights, clusters, names), outcome, missing)
    used: Method = "permutation" if method == "lmg" and len(basis.names) > MOST_DRIVERS else method
    parts, error = _importances(basis.correlation, used, orders, seed)
    notes = list(basis.notes)
    if used != method:
        notes.append(_by_permutations(len(basis.names), orders))
    draws = None
    if bootstrap:
        resampled, failed = basis.resampled(bootstrap, seed)
        if failed:
            notes.append(_failed_draws(failed, bootstrap))
        draws = _importances(resampled, used, orders, seed)[0]
    return _result(basis, parts, draws, used, outcome, confidence, error, notes)


def _importances(correlations: Numbers, method: Method, orders: int, seed: int) -> tuple[Numbers, float]:
    if method == "johnson":
        return relative_weights(correlations), 0.0
    if method == "lmg":
        return lmg(correlations), 0.0
    parts, errors = permutation_importance(correlations, orders, seed)
    return parts, float(errors.max())


def _result(
    basis: Basis,
    parts: Numbers,
    draws: Numbers | None,
    method: Method,
    outcome: Outcome,
    confidence: float,
    error: float,
    notes: list[Text],
) -> RelativeImportance:
    r2 = float(parts.sum())
    explains = r2 > 1e-12
    if not explains:
        notes.append(
            Text(
                "The drivers explain nothing of the outcome: there is nothing to share.",
                "驱动项对结果毫无解释力，无从分配份额。",
            )
        )
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    low = high = totals = None
    if draws is not None:
        low, high = np.quantile(shares_of(draws), ends, axis=0)
        totals = np.quantile(draws.sum(axis=1), ends)
    noise = None if basis.sizes is None else noise_levels(basis.correlation, basis.sizes)
    found = tuple(
        Driver(
            name,
            float(parts[place] / r2) if explains else None,
            None if low is None or not explains else float(low[place]),
            None if high is None or not explains else float(high[place]),
            float(parts[place]),
            None if noise is None or not np.isfinite(noise[place]) else float(noise[place]),
        )
        for place, name in enumerate(basis.names)
    )
    return RelativeImportance(
        drivers=found,
        r2=r2,
        r2_low=None if totals is None else float(totals[0]),
        r2_high=None if totals is None else float(totals[1]),
        n=basis.n,
        complete=basis.complete,
        effective_n=basis.effective_n,
        method=method,
        outcome=outcome,
        missing=basis.missing,
        confidence=confidence,
        monte_carlo_error=error,
        left_out=basis.left_out,
        collinear=basis.collinear,
        notes=tuple(notes),
        correlation=basis.correlation,
        draws=draws,
    )


def _check_choices(
    drivers: object,
    target: object,
    correlation: object,
    moments: object,
    method: str,
    outcome: str,
    missing: str,
    bootstrap: int,
    confidence: float,
) -> None:
    from_rows = drivers is not None or target is not None
    if (drivers is None) != (target is None) or [
        from_rows,
        correlation is not None,
        moments is not None,
    ].count(True) != 1:
        raise DriverInputError(
            Text(
                "Drivers come as X with y, or as correlation, or as moments: exactly one of them.",
                "驱动项须以 X 与 y、correlation、moments 之一给出，且只给一种。",
            ),
            Text("Give X and y together, and nothing beside them.", "请同时给出 X 与 y，不要再给其他。"),
        )
    wrong = (
        method not in ("lmg", "johnson", "permutation")
        or outcome not in ("linear", "ordinal")
        or missing not in ("em", "complete")
    )
    if wrong:
        raise DriverInputError(
            Text(
                f"There is no such choice: method={method!r}, outcome={outcome!r}, missing={missing!r}.",
                f"没有这样的选项：method={method!r}，outcome={outcome!r}，missing={missing!r}。",
            ),
            Text(
                "method is lmg, johnson or permutation; outcome linear or ordinal; missing em or complete.",
                "method 可为 lmg、johnson、permutation，outcome 可为 linear、ordinal，"
                "missing 可为 em、complete。",
            ),
        )
    if bootstrap and (bootstrap < FEWEST_DRAWS or not 0 < confidence < 1):
        raise DriverInputError(
            Text(
                f"An interval needs at least {FEWEST_DRAWS} draws and a confidence between 0 and 1.",
                f"区间至少需要 {FEWEST_DRAWS} 次抽样，置信水平须在 0 与 1 之间。",
            ),
            Text("Ask for bootstrap=1000, confidence=0.95.", "例如设 bootstrap=1000、confidence=0.95。"),
        )
    if not from_rows and (bootstrap or outcome == "ordinal"):
        raise DriverInputError(
            Text(
                "A bootstrap and an ordinal outcome need the answers themselves, not their correlations.",
                "自助抽样与有序结果需要答案本身，仅有相关系数不够。",
            ),
            Text("Give X and y.", "请给出 X 与 y。"),
        )


def _by_permutations(drivers: int, orders: int) -> Text:
    return Text(
        f"{drivers} drivers are more than all orders can be walked for ({MOST_DRIVERS}): {orders:,} random "
        "orders were tried, with the error stated.",
        f"驱动项有 {drivers} 个，超出逐一穷举的上限（{MOST_DRIVERS} 个）：改为随机抽取 {orders:,} 种顺序，"
        "并注明误差。",
    )


def _failed_draws(failed: int, draws: int) -> Text:
    return Text(
        f"In {failed} of {draws} bootstrap draws the model did not converge; they are left out.",
        f"{draws} 次自助抽样中有 {failed} 次模型未收敛，已剔除。",
    )
