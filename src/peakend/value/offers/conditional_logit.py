"""The conditional logit model of choice: what value and cost weigh when one of several offers is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import expit, logit, ndtri

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.models.fitting import DidNotConvergeError, minimised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

NAME = "ConditionalLogitModel"

_SEPARATED = 1e-6
"""What a linear programme must gain to have found a separating direction, beyond its tolerance."""


class ChoiceSetError(PeakendError):
    """Choices cannot be read as given. `data`: problem, choices (how many)."""

    code: ClassVar[str] = "value.choice_set"


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices between options, one row an option, rows of a choice together.

    attributes: rows × k, in their own units. starts: first row of each of the n choices. chosen: row (n) that
    was taken.
    """

    attributes: Floats
    starts: Codes
    chosen: Codes

    @property
    def of_row(self) -> Codes:
        """Number of the choice of every row."""
        return np.repeat(np.arange(len(self.starts)), self.sizes)

    @property
    def sizes(self) -> Codes:
        """Number of options of every choice."""
        return np.diff(np.append(self.starts, len(self.attributes)))

    def __len__(self) -> int:
        return len(self.starts)


def choices_of(attributes: ArrayLike, choice: ArrayLike, chosen: ArrayLike) -> Choices:
    """Choices from rows: attributes (rows × k or rows), whose choice a row is of, whether it was taken.

    Raises `ChoiceSetError` where a choice has one option, where none or several were taken, where an
    attribute is not a number, or where the rows of a choice do not stand together.
    """
    table = np.asarray(attributes, np.float64)
    table = table[:, None] if table.ndim == 1 else table
    key, taken = np.asarray(choice), np.asarray(chosen, bool)
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(key)))
    counts = np.add.reduceat(taken.astype(np.int64), starts) if len(key) else np.zeros(0, np.int64)
    finite = np.isfinite(table).all(axis=1)
    for problem, wrong in (
        (Text("rows of a choice that do not stand together", "同一次选择的行不相邻"),
         len(starts) - len(np.unique(key))),
        (Text("choices with a single option", "只有一个选项的选择"), int((sizes < 2).sum())),
        (Text("choices with none or several taken", "未选或多选的选择"), int((counts != 1).sum())),
        (Text("options with an attribute that is no number", "属性不是数字的选项"), int((~finite).sum())),
    ):  # fmt: skip
        if wrong:
            raise ChoiceSetError(
                Text(
                    f"Choices cannot be used as given: {problem.en} ({wrong}).",
                    f"选择数据不可用：{problem.zh}（{wrong}）。",
                ),
                Text(
                    "Leave them out or correct them; each choice needs one option taken of two or more.",
                    "请剔除或更正；每次选择须有两个以上选项且恰选其一。",
                ),
                problem=problem.en,
                choices=wrong,
            )
    return Choices(table, starts.astype(np.int64), np.flatnonzero(taken).astype(np.int64))


@dataclass(frozen=True, eq=False)
class ConditionalLogitModel:
    """P(j of C) = exp(x_j'β) / Σ_{i in C} exp(x_i'β).

    names: of the k attributes. coefficients (k): log odds a unit of the attribute. covariance (k × k):
    inverse of the negative Hessian. log_likelihood: at β; null_log_likelihood: where all options are as
    likely.
    Source: McFadden 1974, "Conditional logit analysis of qualitative choice behavior".
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    choices: int

    @classmethod
    def fit(cls, choices: Choices, names: Sequence[str]) -> ConditionalLogitModel:
        """The most likely β, by Newton's method with exact gradient and Hessian.

        Raises `DidNotConvergeError` where attributes separate what was taken from what was not (β would be
        infinite), where an attribute is the same for all options of every choice, or where there is none.
        """
        if not len(choices):
            raise DidNotConvergeError(NAME, 1, Text("there is no choice", "没有选择记录"))
        behind = choices.attributes[choices.chosen][choices.of_row] - choices.attributes
        # Money in cents or in millions: each attribute on the scale of its differences within choices.
        scale = np.sqrt((behind**2).mean(axis=0))
        if not (scale > 0).all():
            still = ", ".join(name for name, s in zip(names, scale, strict=True) if not s > 0)
            raise DidNotConvergeError(
                NAME,
                1,
                Text(
                    f"{still}: the same for all options of every choice",
                    f"{still} 在每次选择的各选项间均无差别",
                ),
            )
        if separated(behind / scale):
            raise DidNotConvergeError(
                NAME,
                1,
                Text(
                    f"{' and '.join(names)} tell every choice apart without exception, "
                    "so coefficients run off to infinity",
                    f"{'、'.join(names)} 无一例外地区分了每次选择，系数趋于无穷",
                ),
            )
        scaled = Choices(choices.attributes / scale, choices.starts, choices.chosen)
        found = minimised(
            lambda beta: _negative_log_likelihood(scaled, beta),
            [np.zeros(len(names))],
            model=NAME,
            names=names,
        )
        return cls(
            names=tuple(names),
            coefficients=np.asarray(found.theta / scale, np.float64),
            covariance=np.asarray(found.covariance / np.outer(scale, scale), np.float64),
            log_likelihood=-found.value,
            null_log_likelihood=-float(np.log(choices.sizes).sum()),
            choices=len(choices),
        )

    def probabilities(self, choices: Choices) -> Floats:
        """Probability of every row (option) within its choice."""
        return _probabilities(choices, self.coefficients)

    def standard_error(self, name: str) -> float:
        place = self.names.index(name)
        return float(np.sqrt(self.covariance[place, place]))

    def interval(self, name: str, confidence: float = 0.95) -> tuple[float, float]:
        """Interval of a coefficient, symmetric."""
        half = float(ndtri(0.5 + confidence / 2)) * self.standard_error(name)
        value = float(self.coefficients[self.names.index(name)])
        return value - half, value + half


@dataclass(frozen=True, slots=True)
class OptionShares:
    """Expected share of every option (m) with interval, and how it moves with β (m × k)."""

    options: tuple[str, ...]
    share: Floats
    low: Floats
    high: Floats
    slopes: Floats


def choice_shares(
    model: ConditionalLogitModel,
    choices: Choices,
    option: Sequence[str] | NDArray[Any],
    *,
    confidence: float = 0.95,
) -> OptionShares:
    """What share of `choices` falls to every option: the mean of its probabilities, 0 where not offered.

    option: name of every row. To see what a change would bring, give choices with changed attributes. The
    interval is that of β (delta method, on the logit scale): the choices themselves are taken as they are.
    """
    names, codes = np.unique(np.asarray(option, dtype=object).astype(str), return_inverse=True)
    p = model.probabilities(choices)
    of_row, n = choices.of_row, max(len(choices), 1)
    share = np.bincount(codes, p, len(names)) / n
    centred = choices.attributes - _within(choices, p[:, None] * choices.attributes)[of_row]
    slopes = np.stack(
        [np.bincount(codes, p * centred[:, k], len(names)) / n for k in range(len(model.names))], axis=1
    )
    se = np.sqrt(np.maximum(np.einsum("mi,ij,mj->m", slopes, model.covariance, slopes), 0.0))
    inside = (share > 0) & (share < 1)
    middle = logit(np.where(inside, share, 0.5))
    half = float(ndtri(0.5 + confidence / 2)) * se / np.where(inside, share * (1 - share), 1.0)
    return OptionShares(
        tuple(names.tolist()),
        share,
        np.where(inside, expit(middle - half), share),
        np.where(inside, expit(middle + half), share),
        slopes,
    )


def hits(model: ConditionalLogitModel, choices: Choices) -> tuple[float, float]:
    """(choices whose likeliest option was taken, how many chance would give); m as likely: 1/m each."""
    p = model.probabilities(choices)
    best = np.maximum.reduceat(p, choices.starts)
    tied = p >= best[choices.of_row] * (1 - 1e-12)
    taken = tied[choices.chosen] / np.add.reduceat(tied.astype(np.float64), choices.starts)
    return float(taken.sum()), float((1 / choices.sizes).sum())


def separated(behind: Floats) -> bool:
    """Whether some β ranks what was taken at least as high as every other option, and higher than one.

    behind: rows × k, chosen less other attributes, each on a scale of its own (rows of zeros do not matter).
    The likelihood then has no maximum (Albert & Anderson 1984, Biometrika 71(1)). By a linear programme:
    the largest sum of behind·β with every behind·β ≥ 0 and |β| ≤ 1.
    """
    from scipy.optimize import linprog

    moved = behind[(behind != 0).any(axis=1)]
    if not len(moved):
        return False
    # Each difference is a direction: how long it is does not matter.
    moved = moved / np.abs(moved).max(axis=1, keepdims=True)
    found = linprog(-moved.sum(axis=0), A_ub=-moved, b_ub=np.zeros(len(moved)), bounds=(-1, 1))
    return bool(found.status == 0 and -found.fun > _SEPARATED)


def likelihood_ratio(full: ConditionalLogitModel, restricted: ConditionalLogitModel) -> tuple[float, float]:
    """(2 (log L − log L restricted), p by χ² with the difference in parameters as degrees of freedom)."""
    from scipy.stats import chi2

    statistic = max(2 * (full.log_likelihood - restricted.log_likelihood), 0.0)
    return statistic, float(chi2.sf(statistic, len(full.names) - len(restricted.names)))


def coefficients_by_name(model: ConditionalLogitModel) -> Mapping[str, float]:
    """Coefficients by the name of their attribute."""
    return dict(zip(model.names, model.coefficients.tolist(), strict=True))


def _within(choices: Choices, values: Floats) -> Floats:
    return np.asarray(np.add.reduceat(values, choices.starts, axis=0), np.float64)


def _probabilities(choices: Choices, beta: Floats) -> Floats:
    if not len(choices):
        return np.zeros(0)
    utility = choices.attributes @ beta
    of_row = choices.of_row
    weight = np.exp(utility - np.maximum.reduceat(utility, choices.starts)[of_row])
    return np.asarray(weight / np.add.reduceat(weight, choices.starts)[of_row], np.float64)


def _negative_log_likelihood(choices: Choices, beta: Floats) -> tuple[float, Floats, Floats]:
    """−log L with its gradient and Hessian: Σ over choices of the covariance of x under P."""
    p = _probabilities(choices, beta)
    x = choices.attributes
    mean = _within(choices, p[:, None] * x)
    centred = x - mean[choices.of_row]
    return (
        -float(np.log(p[choices.chosen]).sum()),
        np.asarray((mean - x[choices.chosen]).sum(axis=0), np.float64),
        np.asarray((p[:, None] * centred).T @ centred, np.float64),
    )
