"""One touchpoint after another: does the sequence go with the outcome beyond what each goes with alone?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import t_quantile
from peakend.journey.crediting.counting import (
    OTHER,
    Numbers,
    attributed_steps,
    numbered,
    replicate_weights,
)
from peakend.journey.crediting.credit import DRAWS, FEWEST_GROUPS, judged_beside
from peakend.journey.interactions import relation_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peakend.engine import Relation
    from peakend.journey.interactions import Interactions

Link = Literal["direct", "eventual"]
LINKS: tuple[Link, ...] = get_args(Link)
MOST = 25
"""Sequences are sought among so many touchpoints, those met most."""
FEWEST = 30
"""Journeys each of the compared kinds must have; enough, too, to expect five with and without the outcome."""
_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Sequences:
    """One entry a pair and link that was tested. Rates are shares with the outcome.

    n, won: journeys where the second followed the first; n_first, n_second, n_neither and their rates: those
    that met only one of the two, or none. n_reversed: met both, but not in this way (rate NaN without any).
    expected: rate_first + rate_second − rate_neither, what both would bring side by side; lift: rate −
    expected, with interval. p: of the claim that the rate differs to one side from the expected one and from
    those of the first and of the second alone; adjusted_p after Holm over all entries.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    link: tuple[Link, ...]
    n: NDArray[np.int64]
    won: NDArray[np.int64]
    rate: Numbers
    rate_low: Numbers
    rate_high: Numbers
    n_first: NDArray[np.int64]
    rate_first: Numbers
    n_second: NDArray[np.int64]
    rate_second: Numbers
    n_neither: NDArray[np.int64]
    rate_neither: Numbers
    n_reversed: NDArray[np.int64]
    rate_reversed: Numbers
    expected: Numbers
    lift: Numbers
    low: Numbers
    high: Numbers
    p: Numbers
    adjusted_p: Numbers

    def __len__(self) -> int:
        return len(self.first)


def sequences(
    steps: Interactions,
    outcome: Interactions,
    *,
    minimum: int = 10,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> Sequences:
    """Ordered pairs of touchpoints, directly or eventually one after the other, and the outcome.

    steps, outcome: as for `attribution`. A pair is tested where journeys with the sequence, with either
    alone and with neither are each at least `FEWEST` (and `minimum`) and enough to expect five with and five
    without the outcome. The lift is the interaction on the additive scale, from a bootstrap of groups of
    customers; it is association. The claim needs the sequence to beat both alone as well, each by a test of
    its own (intersection–union: the largest p counts). Empty where no pair has the support.
    Source: interaction contrast: VanderWeele & Knol (2014), Epidemiologic Methods 3(1), section 2; claims of
    several tests: Berger (1982), Technometrics 24(4).
    """
    relation = relation_of(steps, ("journey_id", "place", "event_id", "at", "touchpoint_id"))
    pairs, singles, names, groups = _counts(relation, judged_beside(relation, outcome), minimum)
    weights = replicate_weights(groups, draws if groups >= FEWEST_GROUPS else 0, seed)
    return _tested(pairs, singles, names, weights, max(minimum, FEWEST), confidence)


def paired_steps(steps: Relation, judged: Relation, minimum: int) -> tuple[Relation, tuple[str, ...]]:
    """One row a journey and ordered pair (`pairs_met.sql`), and the names behind the numbers."""
    names = numbered(steps, minimum, MOST)
    known = tuple(name for name in names.names if name != OTHER)
    attributed = attributed_steps(steps, judged, names.relation(steps), len(known))
    return attributed, known


def _counts(
    steps: Relation, judged: Relation, minimum: int
) -> tuple[dict[str, Numbers], Numbers, tuple[str, ...], int]:
    """By group of customers: pairs (a, b, groups) by name, singles (touchpoints, others, all; 2; groups)."""
    attributed, names = paired_steps(steps, judged, minimum)
    size = len(names)
    met = attributed.query("journey/crediting/met_counts", name="attributed_steps").to_arrow()
    columns = {name: np.asarray(met[name].to_numpy(), dtype=np.int64) for name in met.column_names}
    occurring, group = np.unique(columns["customer_group"], return_inverse=True)
    singles = np.zeros((size + 2, 2, len(occurring)))
    # The last two places: other touchpoints, and all journeys (number −1).
    for place, name in enumerate(("n", "won")):
        singles[columns["number"], place, group] = columns[name]
    rows = attributed.query("journey/crediting/pairs_met", name="attributed_steps")
    counted = rows.query("journey/crediting/pair_counts", name="pairs_met").to_arrow()
    where = [
        np.asarray(counted[name].to_numpy(), dtype=np.int64) for name in ("first_number", "second_number")
    ]
    group = np.searchsorted(occurring, counted["customer_group"].to_numpy())
    pairs = {}
    for name in ("n", "won", "eventual_n", "eventual_won", "direct_n", "direct_won"):
        table = np.zeros((size + 1, size + 1, len(occurring)))
        table[where[0], where[1], group] = counted[name].to_numpy()
        pairs[name] = table[:size, :size]
    return pairs, singles, names, len(occurring)


def _tested(
    pairs: dict[str, Numbers],
    singles: Numbers,
    names: tuple[str, ...],
    weights: Numbers,
    fewest: int,
    confidence: float,
) -> Sequences:
    """Every supported pair and link with its contrast; the first column of the weights is the estimate."""
    everyone = singles[-1] @ weights
    overall = everyone[1, 0] / max(everyone[0, 0], 1.0)
    fewest_now = max(fewest, _EXPECTED / max(min(overall, 1 - overall), 1e-9))
    first, second, link, drawn = [], [], [], []
    for a in range(len(names)):
        for b in range(len(names)):
            both = np.stack([pairs["n"][a, b], pairs["won"][a, b]])
            if a == b or both[0].sum() < fewest_now:
                continue
            rest = [singles[a] - both, singles[b] - both, singles[-1] - singles[a] - singles[b] + both]
            if min(one[0].sum() for one in rest) < fewest_now:
                continue
            for kind in LINKS:
                found = np.stack([pairs[f"{kind}_n"][a, b], pairs[f"{kind}_won"][a, b]])
                if found[0].sum() < fewest_now:
                    continue
                first.append(names[a])
                second.append(names[b])
                link.append(kind)
                drawn.append(np.stack([found, *rest, both - found]) @ weights)
    counts = np.stack(drawn) if drawn else np.zeros((0, 5, 2, weights.shape[1]))
    return _contrasts(tuple(first), tuple(second), tuple(link), counts, weights.shape[0], confidence)


def _contrasts(
    first: tuple[str, ...],
    second: tuple[str, ...],
    link: tuple[Link, ...],
    counts: Numbers,
    groups: int,
    confidence: float,
) -> Sequences:
    """counts: (pairs, kinds of journey, n and won, draws)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = counts[:, :, 1] / counts[:, :, 0]
    expected = rates[:, 1] + rates[:, 2] - rates[:, 3]
    lift = rates[:, 0] - expected
    quantile = float(t_quantile(confidence, groups - 1))
    se, rate_se = _spread(lift), _spread(rates[:, 0])
    p = _claimed((lift, rates[:, 0] - rates[:, 1], rates[:, 0] - rates[:, 2]), groups)
    n, rate = counts[:, :, 0, 0].astype(np.int64), rates[:, :, 0]
    return Sequences(
        first,
        second,
        link,
        n[:, 0],
        counts[:, 0, 1, 0].astype(np.int64),
        rate[:, 0],
        np.maximum(rate[:, 0] - quantile * rate_se, 0),
        np.minimum(rate[:, 0] + quantile * rate_se, 1),
        n[:, 1],
        rate[:, 1],
        n[:, 2],
        rate[:, 2],
        n[:, 3],
        rate[:, 3],
        n[:, 4],
        rate[:, 4],
        expected[:, 0],
        lift[:, 0],
        lift[:, 0] - quantile * se,
        lift[:, 0] + quantile * se,
        p,
        holm(p)[0] if len(p) else p,
    )


def _spread(draws: Numbers) -> Numbers:
    """Standard deviation over the draws (the first column is the estimate); NaN without draws."""
    if draws.shape[1] < 3:
        return np.full(len(draws), np.nan)
    return np.asarray(np.nanstd(draws[:, 1:], axis=1, ddof=1))


def _claimed(contrasts: tuple[Numbers, ...], groups: int) -> Numbers:
    """p of the claim that all contrasts differ from 0 on the same side: the largest of theirs, else 1."""
    found = []
    for contrast in contrasts:
        se = _spread(contrast)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(se > 1e-12, contrast[:, 0] / se, np.nan)
        found.append(2 * stdtr(max(groups - 1, 1), -np.abs(t)))
    signs = np.sign(np.stack([contrast[:, 0] for contrast in contrasts]))
    p = np.max(np.stack(found), axis=0) if len(contrasts[0]) else np.zeros(0)
    return np.where(np.isnan(p) | (np.abs(signs.sum(axis=0)) == len(contrasts)), p, 1.0)
