"""Items as they come (lists, arrays, frames): n respondents by p items, NaN where there is no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.feedback.drivers.sample import cluster_codes
from peakend.feedback.expectation.errors import ItemsError, NothingVariesError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Labels = Sequence[Any] | NDArray[Any]

UNIT = (0.0, 100.0)
"""The scale on which expectation and perception are compared."""


@dataclass(frozen=True, slots=True)
class Items:
    """names: p; scores: n × p, NaN: no answer; weight: n, 1 without weights; cluster: n codes from 0."""

    names: tuple[str, ...]
    scores: Numbers
    weight: Numbers
    cluster: Codes
    design: bool

    @property
    def answered(self) -> Flags:
        return ~np.isnan(self.scores)


def read_items(
    items: object, names: Sequence[str] | None = None, weights: object = None, clusters: Labels | None = None
) -> Items:
    """The items behind `items` (n × p array or frame, or one list). Raises `ItemsError`.

    weights: one number ≥ 0 a respondent; clusters: one label a respondent (None: a cluster of its own).
    """
    scores = matrix(items)
    found = tuple(names) if names is not None else _names(items, scores.shape[1])
    if len(found) != scores.shape[1] or len(set(found)) < len(found):
        raise ItemsError(
            Text(
                f"{scores.shape[1]} items need as many different names, not {len(found)}.",
                f"{scores.shape[1]} 个题目需要同样多且互不相同的名称，而不是 {len(found)} 个。",
            )
        )
    weight = np.ones(len(scores)) if weights is None else matrix(weights).reshape(-1)
    sizes = {len(scores), len(weight), *([len(clusters)] if clusters is not None else [])}
    if len(sizes) > 1:
        raise lengths_differ(sizes)
    if not (np.isfinite(weight) & (weight >= 0)).all() or (len(weight) and weight.sum() == 0):
        raise ItemsError(
            Text(
                "Some weights are missing, infinite or negative, or all are 0.",
                "部分权重缺失、为无穷或为负，或全部为 0。",
            ),
            Text("Give every respondent a weight of 0 or more.", "请为每位应答者给出不小于 0 的权重。"),
        )
    design = weights is not None or clusters is not None
    return Items(found, scores, weight, cluster_codes(clusters, len(scores)), design)


def matrix(values: object) -> Numbers:
    """Two dimensions of numbers; None and NaN are no answers. Raises `ItemsError`."""
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as cause:
        raise ItemsError(Text(f"Not all answers are numbers: {cause}", f"存在非数值答案：{cause}")) from cause
    if found.ndim not in (1, 2) or np.isinf(found).any():
        raise ItemsError(
            Text(
                "Answers must be a table of finite numbers: one row a respondent, one column an item.",
                "答案应为有限数值组成的表：每行一位应答者，每列一道题。",
            ),
            Text("Leave answers that are none empty.", "没有答案的，请留空。"),
        )
    return found.reshape(len(found), -1)


def lengths_differ(sizes: set[int]) -> ItemsError:
    return ItemsError(
        Text(
            f"Items, weights and clusters have different lengths: {sorted(sizes)}.",
            f"题目、权重与抽样群的长度不一致：{sorted(sizes)}。",
        ),
        Text("Give one of each for every respondent.", "请为每位应答者各给一个。"),
    )


def on_unit_scale(scores: Numbers, low: ArrayLike, high: ArrayLike) -> Numbers:
    """Scores of a scale from `low` to `high` on 0–100; low and high are one number, or one an item."""
    bottom, top = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if not (np.isfinite(bottom) & np.isfinite(top) & (top > bottom)).all():
        raise ItemsError(
            Text(
                "A scale needs a lowest and a higher highest score to be put on 0–100.",
                "量表需有最低分与更高的最高分，才能换算为 0–100。",
            ),
            Text("Give scale_low and scale_high.", "请给出 scale_low 与 scale_high。"),
        )
    with np.errstate(invalid="ignore"):
        outside = (scores < bottom) | (scores > top)
    if outside.any():
        worst = float(scores[outside][0])
        raise ItemsError(
            Text(
                f"{int(outside.sum())} scores lie outside their scale, for example {worst:g}.",
                f"{int(outside.sum())} 个分值超出量表，例如 {worst:g}。",
            ),
            Text(
                "Correct the scale, or recode the answers of one half.", "请更正量表，或统一前后两段的编码。"
            ),
            count=int(outside.sum()),
        )
    return np.asarray(100.0 * (scores - bottom) / (top - bottom))


def check_varies(items: Items) -> None:
    """Raise `NothingVariesError` where an item has no answers, or only equal ones."""
    flat = [
        name
        for name, column in zip(items.names, items.scores.T, strict=True)
        if len(np.unique(column[~np.isnan(column)])) < 2
    ]
    if flat:
        listed = ", ".join(flat[:5])
        raise NothingVariesError(
            Text(
                f"These items have no answers, or all the same: {listed}.",
                f"这些题目没有答案，或答案全部相同：{listed}。",
            ),
            Text("Leave them out.", "请将其剔除。"),
            names=tuple(flat),
        )


def groups_of(
    dimensions: Mapping[str, Sequence[Any]] | Sequence[str], names: Sequence[str]
) -> tuple[tuple[str, ...], Codes]:
    """Dimension names in the order given, and the dimension (number) of each item.

    dimensions: one name an item; or a mapping from a name to its items (names, or positions from 0).
    """
    if isinstance(dimensions, Mapping):
        place = {name: number for number, name in enumerate(names)}
        code = np.full(len(names), -1, dtype=np.int64)
        labels = tuple(str(name) for name in dimensions)
        for number, members in enumerate(dimensions.values()):
            for member in members:
                found = place.get(member, member)
                if not isinstance(found, int) or not 0 <= found < len(names) or code[found] >= 0:
                    raise _bad_dimensions(f"{member!r}")
                code[found] = number
        if (code < 0).any() or not labels:
            raise _bad_dimensions(names[int(np.argmin(code))] if len(names) else "–")
        return labels, code
    listed = [str(name) for name in dimensions]
    if len(listed) != len(names):
        raise _bad_dimensions(f"{len(listed)} ≠ {len(names)}")
    labels = tuple(dict.fromkeys(listed))
    return labels, np.array([labels.index(name) for name in listed], dtype=np.int64)


def _bad_dimensions(what: str) -> ItemsError:
    return ItemsError(
        Text(
            f"Every item belongs to exactly one dimension; this one does not fit: {what}.",
            f"每个题目应恰好属于一个维度，以下不符：{what}。",
        ),
        Text(
            "Give one dimension name an item, or a mapping from each dimension to its items.",
            "请为每个题目给出一个维度名，或给出维度到题目的映射。",
        ),
    )


def _names(items: object, count: int) -> tuple[str, ...]:
    listed = getattr(items, "column_names", None)
    listed = getattr(items, "columns", None) if listed is None else listed
    if listed is None or len(listed) != count:
        return tuple(f"item {place + 1}" for place in range(count))
    return tuple(str(name) for name in listed)
