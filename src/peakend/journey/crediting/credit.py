"""Credit of touchpoints for an outcome by five methods, with what presence alone would give and intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import t_quantile
from peakend.journey.crediting.chain import chain_effects
from peakend.journey.crediting.counting import (
    OTHER,
    Numbers,
    TouchCounts,
    attributed_steps,
    numbered,
    replicate_weights,
    set_counts,
    touch_counts,
)
from peakend.journey.crediting.errors import AttributionError
from peakend.journey.crediting.outcomes import outcome_frame
from peakend.journey.crediting.shapley import (
    EXACT,
    PSEUDO,
    SetCounts,
    Worth,
    affordable,
    exact_values,
    sampled_values,
)
from peakend.journey.interactions import relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peakend.engine import Relation
    from peakend.journey.interactions import Interactions

Method = Literal["last_touch", "first_touch", "linear", "removal", "shapley"]
METHODS: tuple[Method, ...] = get_args(Method)
DRAWS = 300
PERMUTATIONS = 400
FEWEST_GROUPS = 20
"""Fewer groups of customers than this give no interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure a touchpoint with its interval; p two-sided against 0, NaN without a test."""

    value: Numbers
    low: Numbers
    high: Numbers
    p: Numbers


@dataclass(frozen=True, slots=True)
class Credit:
    """What one method says; arrays in the order of the touchpoints.

    share: part of the outcome. expected: the share the method would give had every journey the same chance of
    the outcome: what presence and place alone bring. lift: share − expected. beside_last: share minus the
    share by last touch. adjusted_p, beside_last_p: of lift and of beside_last, after Holm over touchpoints.
    error: largest standard error of a share from sampled permutations, 0 where nothing was sampled.
    """

    share: Estimate
    expected: Numbers
    lift: Estimate
    adjusted_p: Numbers
    beside_last: Estimate
    beside_last_p: Numbers
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Attribution:
    """touchpoints: most met first, "" for the rare ones together. journeys, converted: all that counted.

    met, met_converted: journeys that met each touchpoint, and those of them with the outcome. groups: of
    customers that were resampled.
    """

    touchpoints: tuple[str, ...]
    journeys: int
    converted: int
    met: NDArray[np.int64]
    met_converted: NDArray[np.int64]
    groups: int
    methods: dict[Method, Credit] = field(default_factory=dict)

    def of(self, touchpoint: str, method: Method = "shapley") -> tuple[float, float, float]:
        """(share, low, high) of one touchpoint."""
        place, credit = self.touchpoints.index(touchpoint), self.methods[method]
        return (
            float(credit.share.value[place]),
            float(credit.share.low[place]),
            float(credit.share.high[place]),
        )


def attribution(
    steps: Interactions,
    outcome: Interactions,
    *,
    minimum: int = 10,
    confidence: float = 0.95,
    worth: Worth = "rate",
    draws: int = DRAWS,
    seed: int = 1,
) -> Attribution:
    """Credit of touchpoints for an outcome: last touch, first touch, linear, removal effect, Shapley value.

    steps: journey_id, place (from 1), event_id, at, touchpoint_id, as the analysis `journeys` gives them.
    outcome: journey_id, customer_id, converted (1 or 0) and, where the outcome may fall into the journey,
    cut_at: steps from then on are left out. Touchpoints with fewer than `minimum` steps are taken together.
    worth: of coalitions, see `shapley_values`; "total" where the outcome cuts journeys short.
    Only counts by groups of customers leave the engine. Intervals are from a bootstrap of these groups, with
    their standard errors and Student's t. It is association: who meets a touchpoint may differ from who does
    not. Raises `AttributionError` where no journey, or every one, has the outcome.
    Source: see `removal_effects` and `shapley_values`; first and last touch, linear: Shao & Li
    (2011), KDD, section 2.
    """
    relation = relation_of(steps, ("journey_id", "place", "event_id", "at", "touchpoint_id"))
    judged = judged_beside(relation, outcome)
    names = numbered(relation, minimum)
    size = len(names.names)
    other = size - 1 if names.names and names.names[-1] == OTHER else -1
    attributed = attributed_steps(relation, judged, names.relation(relation), other)
    touches, occurring = touch_counts(attributed, size)
    sets = set_counts(attributed, size, occurring)
    journeys, converted = int(sets.n.sum()), int(sets.won.sum())
    if not 0 < converted < journeys:
        raise AttributionError(
            Text(
                f"{converted} of {journeys} journeys have the outcome: nothing can be told apart.",
                f"{journeys} 段旅程中有 {converted} 段出现该结果，无从比较。",
            ),
            Text("Take another horizon or more journeys.", "请调整时限，或增加旅程。"),
            journeys=journeys,
            converted=converted,
        )
    inside = (sets.bits[:, None] >> np.arange(size)) & 1
    found = Attribution(
        names.names,
        journeys,
        converted,
        (inside.T @ sets.n).astype(np.int64),
        (inside.T @ sets.won).astype(np.int64),
        touches.groups,
    )
    weights = replicate_weights(touches.groups, draws if touches.groups >= FEWEST_GROUPS else 0, seed)
    return _with_methods(found, touches, sets, weights, confidence, _Game(worth, seed))


@dataclass(frozen=True, slots=True)
class _Game:
    """How coalitions are valued, and the seed of permutations."""

    worth: Worth
    seed: int


def judged_beside(steps: Relation, outcome: Interactions) -> Relation:
    """The outcome as a relation on the engine of the steps."""
    given = relation_of(outcome)
    if given.engine is steps.engine:
        return given
    return steps.engine.from_arrow(outcome_frame(given.to_arrow()))


def _with_methods(
    found: Attribution,
    touches: TouchCounts,
    sets: SetCounts,
    weights: Numbers,
    confidence: float,
    game: _Game,
) -> Attribution:
    shapley, null, error = _shapley(sets, len(found.touchpoints), weights, game)
    shares: dict[Method, tuple[Numbers, Numbers]] = {
        "last_touch": (_parts(touches.last_won, weights), _parts(touches.last, weights)),
        "first_touch": (_parts(touches.first_won, weights), _parts(touches.first, weights)),
        "linear": (_parts(touches.even_won, weights), _parts(touches.even, weights)),
        "removal": _removal(touches, weights),
        "shapley": (shapley, null),
    }
    last = shares["last_touch"][0]
    for method, (share, expected) in shares.items():
        lift = _estimate(share - expected, found.groups, confidence)
        beside = _estimate(share - last, found.groups, confidence)
        bounded = _estimate(share, found.groups, confidence)
        if method != "shapley":
            bounded = Estimate(
                bounded.value, np.maximum(bounded.low, 0), np.minimum(bounded.high, 1), bounded.p
            )
        found.methods[method] = Credit(
            bounded,
            expected[0],
            lift,
            holm(lift.p)[0],
            beside,
            holm(beside.p)[0],
            error if method == "shapley" else 0.0,
        )
    return found


def _parts(counts: Numbers, weights: Numbers) -> Numbers:
    """(draws, touchpoints): each column of counts as parts of its sum."""
    summed = counts @ weights
    total = summed.sum(axis=0)
    return np.asarray((summed / np.where(total > 0, total, np.nan)).T)


def _removal(touches: TouchCounts, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Normalised removal effects, and what they would be if every last step had the same chance."""
    size, groups = touches.first.shape
    edges, edge = np.unique(touches.move_from * size + touches.move_to, return_inverse=True)
    table = np.zeros((len(edges), groups))
    np.add.at(table, (edge, touches.move_group), touches.move_n)
    moves = np.zeros((weights.shape[1], size * size))
    moves[:, edges] = (table @ weights).T
    moves = moves.reshape(-1, size, size)
    starts, won, ends = ((counts @ weights).T for counts in (touches.first, touches.last_won, touches.last))
    rate = won.sum(axis=1, keepdims=True) / np.maximum(ends.sum(axis=1, keepdims=True), 1e-300)
    effect, _ = chain_effects(starts, moves, won, ends - won)
    null, _ = chain_effects(starts, moves, ends * rate, ends * (1 - rate))
    return effect / effect.sum(axis=1, keepdims=True), null / null.sum(axis=1, keepdims=True)


def _shapley(sets: SetCounts, size: int, weights: Numbers, game: _Game) -> tuple[Numbers, Numbers, float]:
    """Shares by Shapley value, those with one chance for all, and the sampling error of a share."""
    draws, error = weights.shape[1], 0.0
    # With one chance for all, a coalition's worth is proportional to this game's.
    level = SetCounts(sets.bits, sets.group, sets.n, sets.n)
    if game.worth == "rate":
        # There, only where journeys met nobody else matters: no draw changes that.
        kinds = np.unique(sets.bits)
        ones = np.ones(len(kinds))
        level, weights_null = SetCounts(kinds, np.zeros_like(kinds), ones, ones), np.ones((1, 1))
    else:
        weights_null = weights
    if size <= EXACT:
        value = exact_values(sets, size, weights, game.worth, PSEUDO)
        null = exact_values(level, size, weights_null, game.worth, PSEUDO)
    else:
        # The same permutations for both, so that what sampling does to one it does to the other.
        drawn = affordable(sets, size, PERMUTATIONS)
        value, spread = sampled_values(sets, size, weights, game.worth, PSEUDO, drawn, game.seed)
        null, _ = sampled_values(level, size, weights_null, game.worth, PSEUDO, drawn, game.seed)
        error = float(spread.max() / value[0].sum())
    total = value.sum(axis=1, keepdims=True)
    share = value / np.where(total > 0, total, np.nan)
    expected = null / null.sum(axis=1, keepdims=True)
    return share, np.broadcast_to(expected, (draws, size)), error


def _estimate(values: Numbers, groups: int, confidence: float) -> Estimate:
    """Row 0 is the estimate, the others draws; no interval where there are none."""
    value = values[0]
    if len(values) < 2:
        none = np.full(len(value), np.nan)
        return Estimate(value, none, none, none)
    se = np.nanstd(values[1:], axis=0, ddof=1)
    half = t_quantile(confidence, groups - 1) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(se > 1e-12, value / se, np.nan)
    return Estimate(value, value - half, value + half, 2 * stdtr(groups - 1, -np.abs(t)))
