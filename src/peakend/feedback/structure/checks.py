"""Whether data can carry a path model, and whether what was found is an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.feedback.structure.errors import PathDataError, PathNotConvergedError, quoted
from peakend.feedback.structure.weights import SINGULAR
from peakend.language import Text, meant

if TYPE_CHECKING:
    from peakend.feedback.structure.estimates import Estimates
    from peakend.feedback.structure.frames import Column
    from peakend.feedback.structure.layout import Layout
    from peakend.feedback.structure.moments import Sample
    from peakend.feedback.structure.weights import Found

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Scales = Mapping[str, tuple[float, float]] | tuple[float, float]


def check_sample(sample: Sample, layout: Layout) -> None:
    """Raise `PathDataError` where rows, answers or spread are not enough."""
    seen = ~np.isnan(sample.scores) & (sample.weights > 0)[:, None]
    _refuse(
        _named(~seen.any(axis=0), layout),
        Text("These indicators have no answer: {}.", "以下题目没有任何答案：{}。"),
        "unanswered",
    )
    check_rows(int(seen.any(axis=1).sum()), layout)
    lowest = np.where(seen, sample.scores, np.inf).min(axis=0)
    highest = np.where(seen, sample.scores, -np.inf).max(axis=0)
    _refuse(
        _named(lowest == highest, layout),
        Text("All answers to these indicators are alike: {}.", "以下题目的全部答案都相同：{}。"),
        "constant",
    )
    together = seen.T.astype(float) @ seen.astype(float)
    apart = np.argwhere(np.triu(together < 3))
    _refuse(
        [f"{layout.indicators[i]} × {layout.indicators[j]}" for i, j in apart],
        Text(
            "Fewer than three rows answered both of: {}.",
            "同时回答以下两题的不足三人：{}。",
        ),
        "never_together",
    )


def check_rows(rows: int, layout: Layout) -> None:
    """Raise `PathDataError` when there are no more rows than indicators."""
    size = len(layout.indicators)
    if rows <= size:
        raise PathDataError(
            Text(
                f"There are {rows} rows with answers for {size} indicators.",
                f"有答案的数据只有 {rows} 行，而题目有 {size} 道。",
            ),
            Text("Take more answers, or fewer indicators.", "请收集更多答案，或减少题目。"),
            rows=rows,
            indicators=size,
        )


def check_formative(covariances: Numbers, layout: Layout) -> None:
    """Raise `PathDataError` when indicators of a block in mode B determine each other."""
    for latent in np.flatnonzero(~layout.reflective):
        rows = layout.of(int(latent))
        block = covariances[np.ix_(rows, rows)]
        deviation = np.sqrt(np.diagonal(block))
        values = np.linalg.eigvalsh(block / deviation[:, None] / deviation)
        if values[0] <= SINGULAR * values[-1]:
            name = layout.latents[latent]
            listed = quoted([layout.indicators[row] for row in rows])
            raise PathDataError(
                Text(
                    f"The indicators of {name} determine each other, mode B cannot weigh them: {listed.en}.",
                    f"{name} 的题目完全共线，模式 B 无法赋权：{listed.zh}。",
                ),
                Text("Leave one of them out, or use mode A.", "请去掉其中一题，或改用模式 A。"),
                latent=name,
            )


def check_found(found: Found, point: Estimates, layout: Layout) -> None:
    """Raise `PathNotConvergedError`, or `PathDataError` where an outcome's causes cannot be told apart."""
    if not found.converged[0]:
        raise PathNotConvergedError(found.iterations, found.change)
    for outcome in layout.outcomes:
        causes = np.flatnonzero(layout.causes[:, outcome])
        if not np.isfinite(point.paths[0, causes, outcome]).all():
            listed = quoted([layout.latents[cause] for cause in causes])
            name = layout.latents[outcome]
            raise PathDataError(
                Text(
                    f"The causes of {name} cannot be told apart: {listed.en}.",
                    f"{name} 的各个原因无法区分：{listed.zh}。",
                ),
                Text(
                    "Join latents that measure the same, or leave one out; with a consistent model, look "
                    "for a block without reliability.",
                    "请合并测量同一事物的潜变量，或去掉其一；若使用一致性校正，请检查信度过低的维度。",
                ),
                outcome=name,
            )


def correlation_of(correlation: Column, names: Sequence[str] | None, layout: Layout) -> Numbers:
    """(p, p): the correlations among the indicators of `layout`, in its order. Raises `PathDataError`."""
    try:
        matrix = np.asarray(correlation, dtype=float)
    except (TypeError, ValueError) as cause:
        raise PathDataError(
            Text(f"The correlations are not all numbers: {cause}", f"相关矩阵中有非数值：{cause}")
        ) from cause
    listed = list(layout.indicators) if names is None else [str(name) for name in names]
    if matrix.shape != (len(listed), len(listed)):
        raise PathDataError(
            Text(
                f"{len(listed)} indicators need a matrix of {len(listed)} × {len(listed)}, not "
                f"{' × '.join(map(str, matrix.shape))}.",
                f"{len(listed)} 道题目需要 {len(listed)} × {len(listed)} 的矩阵，而不是 "
                f"{' × '.join(map(str, matrix.shape))}。",
            )
        )
    absent = [name for name in layout.indicators if name not in listed]
    if absent:
        near = quoted(meant(absent[0], listed) or listed)
        _refuse(
            absent,
            Text("The correlations lack these indicators: {}.", "相关矩阵缺少以下题目：{}。"),
            "absent",
            Text(f"There are: {near.en}.", f"现有：{near.zh}。"),
        )
    places = [listed.index(name) for name in layout.indicators]
    found: Numbers = matrix[np.ix_(places, places)]
    sound = np.isfinite(found).all() and np.allclose(found, found.T, atol=1e-8)
    if not sound or not np.allclose(np.diagonal(found), 1, atol=1e-8) or (np.abs(found) > 1 + 1e-8).any():
        raise PathDataError(
            Text(
                "A correlation matrix is symmetric with 1 on its diagonal and nothing beyond ±1.",
                "相关矩阵应当对称，对角线为 1，且各元素不超出 ±1。",
            )
        )
    return found


def limits_of(scales: Scales | None, layout: Layout) -> Numbers | None:
    """(p, 2): lowest and highest score of each indicator; None without scales. Raises `PathDataError`."""
    if scales is None:
        return None
    if isinstance(scales, Mapping):
        _refuse(
            [name for name in layout.indicators if name not in scales],
            Text("These indicators have no scale: {}.", "以下题目没有量表：{}。"),
            "without_scale",
        )
        limits = np.array([scales[name] for name in layout.indicators], dtype=float)
    else:
        limits = np.tile(np.asarray(scales, dtype=float), (len(layout.indicators), 1))
    if limits.shape != (len(layout.indicators), 2) or not (limits[:, 1] > limits[:, 0]).all():
        raise PathDataError(
            Text(
                "A scale is a lowest and a highest score, the second above the first.",
                "量表由最低分与最高分组成，且后者高于前者。",
            )
        )
    return limits


def check_limits(scores: Numbers, limits: Numbers | None, layout: Layout) -> None:
    """Raise `PathDataError` where a score is outside its indicator's scale."""
    if limits is None:
        return
    outside = (scores < limits[:, 0]) | (scores > limits[:, 1])
    _refuse(
        _named(outside.any(axis=0), layout),
        Text("Scores lie outside the scale of: {}.", "以下题目的得分超出量表：{}。"),
        "outside",
        Text("Correct the scale, or the codes of missing answers.", "请更正量表，或缺失答案的编码。"),
    )


def _named(flags: ArrayLike, layout: Layout) -> list[str]:
    return [layout.indicators[place] for place in np.flatnonzero(flags)]


def _refuse(names: list[str], what: Text, key: str, do: Text | None = None) -> None:
    if not names:
        return
    listed = quoted(names)
    raise PathDataError(
        Text(what.en.format(listed.en), what.zh.format(listed.zh)),
        do or Text("Leave them out of the model.", "请将其从模型中去掉。"),
        **{key: names},
    )
