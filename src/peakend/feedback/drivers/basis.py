"""What the importance of drivers is computed from: one correlation matrix, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.bootstrap import bootstrap_correlations
from peakend.feedback.drivers.covariance import Covariance, em_covariance, pattern_moments, select
from peakend.feedback.drivers.errors import NotACorrelationError, NothingVariesError, TooFewAnswersError
from peakend.feedback.drivers.lmg import COLLINEAR
from peakend.feedback.drivers.ordinal import information, latent_correlation, latent_draws
from peakend.feedback.drivers.rows import OUTCOME, Rows, checked_names, read_frame
from peakend.feedback.weighting import kish_size
from peakend.language import Language, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.sheets import PatternMoments

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

# How far below 0 rounding takes the eigenvalues of correlations printed to three places and of exact ones.
_NEGATIVE = 1e-8
_UNEVEN = 1e-6
# What stands between names, around a reason, and in which language.
_MARKS: tuple[tuple[str, str, str, Language], ...] = (("; ", " (", ")", "en"), ("；", "（", "）", "zh"))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A driver nothing can be said of, and why: nobody answered it, or all answers are alike."""

    name: str
    reason: Literal["no_answers", "no_variance"]


@dataclass(frozen=True, slots=True)
class Basis:
    """A correlation matrix (q × q, outcome last) of `names` and the outcome, with its base.

    n, complete, effective_n, sizes (p, respondents behind each driver): None from a correlation matrix.
    collinear: groups of drivers that follow exactly from one another.
    """

    names: tuple[str, ...]
    correlation: Numbers
    n: int | None
    complete: int | None
    effective_n: float | None
    sizes: Numbers | None
    missing: Literal["none", "em", "complete"]
    left_out: tuple[LeftOut, ...] = ()
    collinear: tuple[tuple[str, ...], ...] = ()
    notes: tuple[Text, ...] = ()
    rows: Rows | None = field(default=None, repr=False)
    estimate: Covariance | None = field(default=None, repr=False)

    def resampled(self, draws: int, seed: int) -> tuple[Numbers, int]:
        """(≤ draws, q, q) correlation matrices of resampled respondents, and how many draws failed."""
        if self.rows is None:
            raise ValueError("a bootstrap needs rows")
        rows = self.rows
        if rows.clusters is not None and int(rows.clusters.max()) < 1:
            raise TooFewAnswersError(
                Text(
                    "All respondents are in one cluster: there is nothing to resample.",
                    "全部应答者同属一个抽样群，无从再抽样。",
                ),
                Text("Give more clusters, or none.", "请给出更多抽样群，或不给抽样群。"),
                n=1,
                needed=2,
            )
        if self.estimate is None:
            x, y = rows.values[:, :-1], rows.values[:, -1]
            return latent_draws(x, y, rows.weights, rows.clusters, draws, seed)
        found = bootstrap_correlations(rows.values, rows.weights, rows.clusters, self.estimate, draws, seed)
        return found, 0


def basis_of_correlation(correlation: Any, names: Sequence[str] | None) -> Basis:  # noqa: ANN401
    """Checked correlations: a matrix or a square frame. Raises `NotACorrelationError`, `DriverInputError`."""
    listed, matrix = read_frame(correlation)
    size = len(matrix)
    if matrix.shape != (size, size) or size < 2:
        raise _no_correlation(
            f"it has {matrix.shape[0]} rows and {matrix.shape[1]} columns, not two or more of each",
            f"共 {matrix.shape[0]} 行 {matrix.shape[1]} 列，而行列数须相等且不少于 2",
        )
    if not np.isfinite(matrix).all():
        raise _no_correlation("some entries are missing or infinite", "有元素缺失或为无穷")
    if np.abs(matrix - matrix.T).max() > _UNEVEN:
        raise _no_correlation("it is not symmetric", "矩阵不对称")
    if np.abs(np.diagonal(matrix) - 1).max() > _UNEVEN:
        raise _no_correlation("its diagonal is not 1", "对角线不为 1")
    matrix = (matrix + matrix.T) / 2
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least < -_NEGATIVE:
        raise _no_correlation(
            f"no data can have it, it is not positive semi-definite (smallest eigenvalue {least:.2g})",
            f"矩阵不是半正定的（最小特征值 {least:.2g}），没有任何数据会有这样的相关系数",
        )
    chosen = checked_names(names if names is not None else listed[:-1], size - 1)
    return _noted(Basis(chosen, matrix, None, None, None, None, "none"), 0)


def basis_of_moments(
    moments: Sequence[PatternMoments], names: Sequence[str] | None, missing: Literal["em", "complete"]
) -> Basis:
    """From the moments of patterns of answered questions, the outcome last."""
    used = [one for one in moments if one.weight_sum > 0 and one.observed.any()]
    offered = sum(one.n for one in used)
    if missing == "complete":
        used = [one for one in used if one.observed.all()]
    count = len(moments[0].observed) - 1 if moments else 0
    if not used:
        raise _too_few(0, count + 2)
    listed = checked_names(names if names is not None else [f"x{i + 1}" for i in range(count)], count)
    total = np.array([one.weight_sum for one in used]) @ np.array([one.observed for one in used], dtype=float)
    base = np.where(total > 0, total, 1)
    mean = np.sum([one.sums for one in used], axis=0) / base
    second = np.sum([np.diagonal(one.products) for one in used], axis=0) / base
    kept, left_out = _kept(listed, OUTCOME, total > 0, second - mean**2 > 1e-12 * mean**2)
    chosen = tuple(listed[place] for place in kept)
    estimate = em_covariance(select(used, [*kept, count]), [*chosen, OUTCOME])
    _enough(estimate.n, len(chosen))
    return _of_estimate(chosen, estimate, left_out, offered)


def basis_of_rows(
    rows: Rows, outcome: Literal["linear", "ordinal"], missing: Literal["em", "complete"]
) -> Basis:
    """From answers: EM of all of them, or complete rows only (always for an ordinal outcome)."""
    offered = len(rows.values)
    _enough(offered, len(rows.names))
    rows, left_out = _usable(rows)
    if outcome == "ordinal" or missing == "complete":
        rows = rows.take(np.all(~np.isnan(rows.values), axis=1))
        _enough(len(rows.values), len(rows.names))
        # A driver may vary over all respondents and not over those who answered everything.
        rows, more = _usable(rows)
        left_out = (*left_out, *more)
    _enough(len(rows.values), len(rows.names))
    if outcome == "ordinal":
        return _of_steps(rows, left_out, offered)
    # Around their means: the products of numbers far from 0 would lose digits.
    centred = rows.values - np.nanmean(rows.values, axis=0)
    centred /= np.sqrt(np.nanmean(centred**2, axis=0))
    rows = replace(rows, values=centred)
    estimate = em_covariance(pattern_moments(centred, rows.weights), [*rows.names, rows.outcome])
    return _of_estimate(rows.names, estimate, left_out, offered, rows)


def _of_steps(rows: Rows, left_out: tuple[LeftOut, ...], offered: int) -> Basis:
    n = len(rows.values)
    effective = float(kish_size(rows.weights.sum(), (rows.weights**2).sum()))
    basis = Basis(
        names=rows.names,
        correlation=latent_correlation(rows.values[:, :-1], rows.values[:, -1], rows.weights),
        n=n,
        complete=n,
        effective_n=effective,
        sizes=_at_most(np.full(len(rows.names), effective), rows)
        * information(rows.values[:, -1], rows.weights),
        missing="complete" if n < offered else "none",
        left_out=left_out,
        rows=rows,
    )
    return _noted(basis, offered)


def _of_estimate(
    names: tuple[str, ...],
    estimate: Covariance,
    left_out: tuple[LeftOut, ...],
    offered: int,
    rows: Rows | None = None,
) -> Basis:
    basis = Basis(
        names=names,
        correlation=estimate.correlation,
        n=estimate.n,
        complete=estimate.complete,
        effective_n=estimate.effective_n,
        sizes=_at_most(estimate.with_last[:-1], rows),
        missing="em" if estimate.complete < estimate.n else "complete" if estimate.n < offered else "none",
        left_out=left_out,
        rows=rows,
        estimate=estimate,
    )
    return _noted(basis, offered)


def _at_most(sizes: Numbers, rows: Rows | None) -> Numbers:
    """Answers of one cluster may be one answer over again: at most as many as there are clusters."""
    if rows is None or rows.clusters is None:
        return sizes
    return np.minimum(sizes, float(rows.clusters.max() + 1))


def _usable(rows: Rows) -> tuple[Rows, tuple[LeftOut, ...]]:
    """Without the drivers that do not vary, and without those who answered none of the others."""
    known = ~np.isnan(rows.values)
    # fmax and fmin pass over NaN, and a column of nothing else is not larger than itself.
    spread = np.fmax.reduce(rows.values, axis=0) > np.fmin.reduce(rows.values, axis=0)
    kept, left_out = _kept(rows.names, rows.outcome, np.any(known, axis=0), spread)
    rows = rows.columns(kept)
    if known.all():
        return rows, left_out
    return rows.take(np.any(~np.isnan(rows.values), axis=1)), left_out


def _kept(
    names: Sequence[str], outcome: str, answered: Flags, varies: Flags
) -> tuple[list[int], tuple[LeftOut, ...]]:
    """Places of the drivers that vary, and the others with the reason."""
    kept = np.flatnonzero(varies[:-1]).tolist()
    if not varies[-1] or not kept:
        en, zh = (
            (f"The outcome ({outcome})", f"结果（{outcome}）") if kept else ("Every driver", "每个驱动项")
        )
        why = (
            Text("has no answers", "都没有答案")
            if not (answered[-1] if kept else answered[:-1].any())
            else Text("has only equal answers", "的答案全部相同")
        )
        raise NothingVariesError(
            Text(f"{en} {why.en}: nothing can be explained.", f"{zh}{why.zh}，无从解释。"),
            Text("Choose questions on which respondents differ.", "请选择应答者之间有差异的题目。"),
            names=[outcome] if kept else list(names),
        )
    out = tuple(
        LeftOut(name, "no_variance" if answered[place] else "no_answers")
        for place, name in enumerate(names)
        if not varies[place]
    )
    return kept, out


def _enough(n: int, drivers: int) -> None:
    if n < drivers + 2:
        raise _too_few(n, drivers + 2)


def _too_few(n: int, needed: int) -> TooFewAnswersError:
    return TooFewAnswersError(
        Text(
            f"{n} respondents are too few for {needed - 2} drivers: fewer than {needed} explain anything.",
            f"{needed - 2} 个驱动项，{n} 位应答者太少：不足 {needed} 位时，什么都能被“解释”。",
        ),
        Text(
            "Use fewer drivers or more respondents; with skipped answers take missing='em'.",
            "请减少驱动项或增加应答者；有跳答时请用 missing='em'。",
        ),
        n=n,
        needed=needed,
    )


def _no_correlation(en: str, zh: str) -> NotACorrelationError:
    return NotACorrelationError(
        Text(f"This is no correlation matrix: {en}.", f"这不是相关矩阵：{zh}。"),
        Text(
            "Give the correlations of the drivers and, last, the outcome, from the same respondents; or "
            "the answers themselves.",
            "请给出同一批应答者的驱动项与结果（放在最后）的相关系数，或直接给出答案。",
        ),
    )


def collinear_groups(correlation: Numbers, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Drivers (p × p correlations) that follow exactly from one another, group by group."""
    values, vectors = np.linalg.eigh(correlation)
    null = vectors[:, values < COLLINEAR]
    involved = np.abs(null @ null.T) > 1e-6
    groups: list[tuple[str, ...]] = []
    left = {int(place) for place in np.flatnonzero(np.diagonal(involved))}
    while left:
        group, reached = set[int](), {min(left)}
        while reached:
            group |= reached
            reached = {int(j) for i in reached for j in np.flatnonzero(involved[i])} - group
        left -= group
        groups.append(tuple(names[place] for place in sorted(group)))
    return tuple(groups)


def _noted(basis: Basis, offered: int) -> Basis:
    """With what was left out, skipped or shared said in words."""
    groups = collinear_groups(basis.correlation[:-1, :-1], basis.names)
    notes = []
    reasons = {
        "no_answers": Text("nobody answered", "无人作答"),
        "no_variance": Text("all alike", "答案全部相同"),
    }
    if basis.left_out:
        en, zh = (
            mark.join(f"{one.name}{a}{reasons[one.reason].in_(language)}{b}" for one in basis.left_out)
            for mark, a, b, language in _MARKS
        )
        notes.append(Text(f"Left out: {en}.", f"未计入：{zh}。"))
    if basis.n is not None and basis.missing == "em":
        skipped = basis.n - (basis.complete or 0)
        notes.append(
            Text(
                f"{skipped:,} of {basis.n:,} respondents skipped some; they count with what they answered.",
                f"{basis.n:,} 位应答者中有 {skipped:,} 位跳答，以其已答部分计入。",
            )
        )
    if basis.n is not None and basis.missing == "complete":
        notes.append(
            Text(
                f"{offered - basis.n:,} of {offered:,} respondents skipped something and are left out.",
                f"{offered:,} 位应答者中有 {offered - basis.n:,} 位跳答，未计入。",
            )
        )
    for group in groups:
        en, zh = ", ".join(group), "、".join(group)
        notes.append(
            Text(
                f"These follow exactly from one another and share their credit: {en}.",
                f"以下各项可由彼此精确推出，份额由其共享：{zh}。",
            )
        )
    return replace(basis, collinear=groups, notes=tuple(notes))
