"""Nothing is claimed that was not planted: verdicts under null and planted effects, and what they cost."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from peakend.evidence import (
    Counted,
    Effect,
    EvidenceError,
    Sample,
    effect_on_means,
    effect_on_proportions,
    judged,
    returned,
    sample,
)

RUNS = 1000


def verdicts(p: float, control: float, n: int, margin: float) -> Counter[str]:
    rng = np.random.default_rng(4711)
    drawn = zip(rng.binomial(n, p, RUNS), rng.binomial(n, control, RUNS), strict=True)
    return Counter(
        judged(effect_on_proportions(Counted(int(a), n), Counted(int(b), n)), margin).verdict
        for a, b in drawn
    )


def test_a_null_initiative_is_rarely_said_to_work() -> None:
    found = verdicts(0.1, 0.1, 300, 0.05)
    assert found["worked"] <= 0.04 * RUNS
    assert found["harmed"] <= 0.04 * RUNS


def test_a_null_initiative_has_no_effect_where_n_is_large_and_cannot_be_told_where_it_is_small() -> None:
    assert verdicts(0.1, 0.1, 3000, 0.05)["no_effect"] >= 0.98 * RUNS
    assert verdicts(0.1, 0.1, 60, 0.05)["cannot_tell"] >= 0.93 * RUNS


def test_a_planted_effect_works_as_often_as_the_power_says() -> None:
    found = verdicts(0.40, 0.25, 152, 0.05)
    assert found["worked"] / RUNS == pytest.approx(0.8, abs=0.05)
    assert verdicts(0.25, 0.40, 152, 0.05)["harmed"] / RUNS == pytest.approx(0.8, abs=0.05)


def test_no_effect_is_said_wrongly_at_most_as_often_as_alpha() -> None:
    # The truth lies on the margin: the worst case of equivalence.
    assert verdicts(0.15, 0.10, 800, 0.05)["no_effect"] <= 0.065 * RUNS


def test_means_before_and_after_against_a_control_hold_their_coverage() -> None:
    rng, held, worked = np.random.default_rng(7), 0, 0
    for _ in range(RUNS):
        cells = [sample(rng.normal(mean, sd, n)) for mean, sd, n in _WEATHER]
        effect = effect_on_means(cells[0], cells[1], (cells[2], cells[3]))
        assert effect.low is not None
        assert effect.high is not None
        held += effect.low <= 0 <= effect.high
        worked += judged(effect, 0.5).verdict == "worked"
    assert 0.93 <= held / RUNS <= 0.97
    assert worked <= 0.04 * RUNS


# Everybody rose by one: after, control after, before, control before.
_WEATHER = [(4.0, 1.0, 40), (3.5, 1.5, 25), (3.0, 1.0, 30), (2.5, 1.5, 60)]


def test_shares_before_and_after_against_a_control_hold_their_coverage() -> None:
    rng, held = np.random.default_rng(8), 0
    for a, b, c, d in rng.binomial(150, (0.5, 0.4, 0.4, 0.3), (RUNS, 4)):
        after, before = (
            (Counted(int(a), 150), Counted(int(b), 150)),
            (Counted(int(c), 150), Counted(int(d), 150)),
        )
        effect = effect_on_proportions(*after, before)
        held += effect.low <= 0 <= effect.high  # type: ignore[operator]
    assert 0.93 <= held / RUNS <= 0.975


def test_how_many_more_are_needed_is_enough_to_tell() -> None:
    small = judged(effect_on_proportions(Counted(6, 60), Counted(6, 60)), 0.05)
    assert small.verdict == "cannot_tell"
    assert small.more is not None
    each = 60 + small.more // 2
    settled = verdicts(0.1, 0.1, each, 0.05)
    assert settled["no_effect"] / RUNS >= 0.78


def test_what_is_certain_but_not_worth_it_is_no_effect() -> None:
    effect = effect_on_means(Sample(100_000, 4.02, 1), Sample(100_000, 4.00, 1))
    assert effect.low is not None
    assert effect.low > 0
    assert judged(effect, 0.1).verdict == "no_effect"
    assert judged(effect, 0.01).verdict == "worked"


def test_where_nothing_varies_nobody_can_tell() -> None:
    found = judged(effect_on_means(Sample(12, 5, 0), Sample(12, 4, 0)), 0.5)
    assert (found.verdict, found.more) == ("cannot_tell", None)


def test_cost_of_a_success_and_what_is_left() -> None:
    effect = Effect(0.1, 0.05, 0.15, 0.06, 0.14, 0.07, 2000)
    found = returned(effect, treated=1000, cost=500, worth=20)
    assert (found.gained, found.cost_each, found.net) == (100, 5, 1500)
    assert (found.cost_each_low, found.cost_each_high) == pytest.approx((500 / 150, 10))
    assert (found.net_low, found.net_high) == pytest.approx((500, 2500))


def test_a_gain_that_may_be_none_has_no_upper_cost_each() -> None:
    found = returned(Effect(0.01, -0.01, 0.03, -0.005, 0.025, 0.03, 2000), treated=1000, cost=500)
    assert found.cost_each == 50
    assert found.cost_each_high is None
    assert found.net is None
    assert returned(Effect(-0.01, -0.02, 0.0, 0, 0, 0.03, 20), 10, 5).cost_each is None


@pytest.mark.parametrize("margin", [0.0, -1.0, float("nan"), float("inf")])
def test_margins_that_are_none_are_refused(margin: float) -> None:
    effect = effect_on_proportions(Counted(6, 60), Counted(6, 60))
    with pytest.raises(EvidenceError):
        judged(effect, margin)
    with pytest.raises(EvidenceError):
        returned(effect, 0, 5)
    with pytest.raises(EvidenceError):
        returned(effect, 10, float("nan"))
