"""With every mechanism off nothing is there to be found: tests at 5 % raise their false alarms at 5 %.

The same tests find each mechanism when it alone is on.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from peakend.demo.simulator.answering import score
from peakend.demo.simulator.mechanism import switchable, switched_off
from peakend.demo.simulator.run import blocks
from peakend.demo.simulator.world import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.demo.simulator.block import Block

ALPHA = 0.05
SEEDS = 40
CUSTOMERS = 400
EVERYTHING = tuple(mechanism.name for mechanism in switchable())


@cache
def simulated(seed: int, on: tuple[str, ...] = (), customers: int = CUSTOMERS) -> Block:
    off = switched_off(name for name in EVERYTHING if name not in on)
    return next(blocks(world("retailer", seed=seed, months=24, off=off), customers, customers))


def rated(block: Block) -> npt.NDArray[np.int64]:
    """A rating of 1 to 5 for every event, as if everybody were asked about everything."""
    return score(block.world, "rating", block.events["latent"])


def anova(scores: npt.NDArray[np.int64], by: npt.NDArray[np.int64]) -> float:
    """p-value of a one-way analysis of variance (negative groups: left out)."""
    scores, by = scores[by >= 0], np.unique(by[by >= 0], return_inverse=True)[1]
    sizes = np.bincount(by)
    means = np.bincount(by, scores) / sizes
    between = (sizes * (means - scores.mean()) ** 2).sum() / (len(sizes) - 1)
    within = ((scores - means[by]) ** 2).sum() / (len(scores) - len(sizes))
    return float(stats.f.sf(between / within, len(sizes) - 1, len(scores) - len(sizes)))


def touchpoints_differ(block: Block) -> float:
    return anova(rated(block), block.events["slot"])


def sites_differ(block: Block) -> float:
    return anova(rated(block), block.events["site"])


def tiers_differ(block: Block) -> float:
    return anova(rated(block), block.people["tier"][block.events["person"]])


def satisfaction_drifts(block: Block) -> float:
    return float(stats.linregress(block.events["at"].astype(float), rated(block)).pvalue)


def the_change_matters(block: Block) -> float:
    change = next(c for c in block.world.company.changes if c.size)
    tier = block.people["tier"][block.events["person"]]
    named = np.isin(tier, [n for n, name in enumerate(block.world.tier_names) if name in change.tiers])
    at = named & (block.events["slot"] == block.world.company.slots[change.touchpoint])
    after = block.events["at"] >= block.world.change_us(change.at)
    scores = rated(block)
    return float(stats.ttest_ind(scores[at & after], scores[at & ~after], equal_var=False).pvalue)


def customers_differ(block: Block) -> float:
    return anova(rated(block), block.events["person"])


def answering_depends_on_satisfaction(block: Block) -> float:
    asked = block.asked
    done = asked["completed"]
    return float(stats.ttest_ind(asked["overall"][done], asked["overall"][~done], equal_var=False).pvalue)


TESTS: dict[Callable[[Block], float], tuple[str, ...]] = {
    touchpoints_differ: ("touchpoint_quality",),
    sites_differ: ("site_quality",),
    tiers_differ: ("tier_gap",),
    satisfaction_drifts: ("trend",),
    the_change_matters: ("service_change",),
    customers_differ: ("attitude",),
    answering_depends_on_satisfaction: ("nonresponse",),
}


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.__name__)
def test_null_twins_raise_false_alarms_at_the_stated_rate(test: Callable[[Block], float]) -> None:
    found = sum(test(simulated(seed)) < ALPHA for seed in range(SEEDS))
    # Beyond this many of 40, five per cent are not believed any more (p < 0.001).
    assert found <= stats.binom.ppf(0.999, SEEDS, ALPHA)


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.__name__)
def test_the_mechanism_alone_is_found_by_the_same_test(test: Callable[[Block], float]) -> None:
    for seed in range(3):
        assert test(simulated(seed, TESTS[test], 4_000)) < ALPHA / 10


def test_spread_of_false_alarms_is_uniform() -> None:
    """The p-values of all tests over all seeds, pooled, are uniform: none is blind, none cries too often."""
    values = [test(simulated(seed)) for test in TESTS for seed in range(SEEDS)]
    assert stats.kstest(values, "uniform").pvalue > 1e-3
