"""Attribution, sequences and next steps: the sentences that numbers allow, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.attribution import CHURN, COMPLAINT, REPURCHASE
from peakend.report.charts.next_steps import NEXT_STEPS
from peakend.report.charts.sequences import SEQUENCES
from peakend.report.draw import svg

Make = Callable[..., Basis]
Row = dict[str, Any]


@pytest.fixture
def make(basis: Make) -> Make:
    """`basis` by a name that leaves its own free."""
    return basis


def rate(outcome: str, cut_short: float = 0.0) -> Row:
    return {
        "outcome": outcome,
        "days": 90.0,
        "n": 5000,
        "n_converted": 1000,
        "rate": 0.2,
        "rate_low": 0.18,
        "rate_high": 0.22,
        "cut_short": cut_short,
        "hidden": False,
    }


def credit(outcome: str, touchpoint: str, shares: tuple[float, float, float], verdict: str) -> list[Row]:
    """The rows of one touchpoint by last touch, removal and Shapley; the verdict is the last one's."""
    found = []
    for method, share in zip(("last_touch", "removal", "shapley"), shares, strict=True):
        last = method == "last_touch"
        told = verdict if method == "shapley" or verdict == "not_tested" else "cannot_tell"
        lift = {"more": 0.1, "less": -0.1}.get(told, 0.0)
        found.append(
            {
                "outcome": outcome,
                "method": method,
                "touchpoint_id": touchpoint,
                "touchpoint_en": touchpoint.capitalize(),
                "touchpoint_zh": f"{touchpoint}（中）",
                "n": 2000,
                "n_converted": 400,
                "share": share,
                "share_low": share - 0.03,
                "share_high": share + 0.03,
                "expected": share - lift,
                "lift": lift,
                "lift_low": lift - 0.03,
                "lift_high": lift + 0.03,
                "p_value": None if told == "not_tested" else 0.5,
                "verdict": told,
                "beside_last": share - shares[0],
                "beside_last_p": None if last else (0.001 if abs(share - shares[0]) > 0.1 else 0.9),
                "sampling_error": 0.0,
                "hidden": False,
            }
        )
    return found


def attributed(make: Make, outcome: str, verdicts: tuple[str, str, str], cut_short: float = 0.0) -> Basis:
    rows = [
        *credit(outcome, "demo", (0.0, 0.2, 0.3), verdicts[0]),
        *credit(outcome, "till", (0.9, 0.5, 0.4), verdicts[1]),
        *credit(outcome, "web", (0.1, 0.3, 0.15), verdicts[2]),
    ]
    return make(touchpoint_attribution=rows, outcome_rates=[rate(outcome, cut_short)])


def sequence(**more: object) -> Row:
    return {
        "outcome": "repurchase",
        "link": "eventual",
        "first_id": "web",
        "first_en": "Website",
        "first_zh": "网站",
        "second_id": "shop",
        "second_en": "Shop",
        "second_zh": "门店",
        "n": 400,
        "n_converted": 160,
        "rate": 0.4,
        "rate_low": 0.35,
        "rate_high": 0.45,
        "expected": 0.25,
        "lift": 0.15,
        "lift_low": 0.1,
        "lift_high": 0.2,
        "p_value": 0.0001,
        "adjusted_p": 0.004,
        "tested": 40,
        "verdict": "more",
    } | more


def quality(memory: int, **more: object) -> Row:
    accuracy = 0.2 if memory == 0 else 0.7
    row: Row = {
        "memory": memory,
        "chosen": memory == 1,
        "n": 3000,
        "calibration_error": 0.02,
        "verdict": "better" if memory else "base_rate",
    }
    for name, value in (("accuracy", accuracy), ("top_3", 0.9), ("log_loss", 1.0)):
        row |= {name: value, f"{name}_low": value - 0.02, f"{name}_high": value + 0.02}
    return row | more


def following(context: str, follower: str, place: int, probability: float) -> Row:
    return {
        "context": context,
        "context_en": context,
        "context_zh": context,
        "next_id": follower,
        "next_en": follower,
        "next_zh": follower,
        "n_context": 500,
        "n_customers": 300,
        "n": 200,
        "probability": probability,
        "place": place,
    }


def test_last_touch_is_said_to_overstate_only_where_intervals_say_so(make: Make) -> None:
    basis = attributed(make, "repurchase", ("more", "cannot_tell", "cannot_tell"))
    found = REPURCHASE.finding(basis, "en")
    assert found is not None
    assert found.headline == "Last touch overstates Till; customers who met Demo buy again more often"
    assert "cause" not in found.headline
    assert "association, not effect" in found.caution
    chinese = REPURCHASE.finding(basis, "zh")
    assert chinese is not None
    assert chinese.headline == "末次触点法高估了till（中）；经过demo（中）的客户更常再次购买"
    # What stands out by the fair methods is not overstated, however large its last-touch share.
    fair = REPURCHASE.finding(attributed(make, "repurchase", ("cannot_tell", "more", "cannot_tell")), "en")
    assert fair is not None
    assert fair.headline == "Customers who met Till buy again more often"


def test_where_nothing_stands_out_that_is_said(make: Make) -> None:
    rows = credit("repurchase", "demo", (0.3, 0.3, 0.3), "cannot_tell")
    found = REPURCHASE.finding(make(touchpoint_attribution=rows, outcome_rates=[rate("repurchase")]), "en")
    assert found is not None
    assert found.headline == "No touchpoint stands out for repurchases"
    assert REPURCHASE.finding(make(touchpoint_attribution=[], outcome_rates=[]), "en") is None


def test_leaving_is_worded_as_what_it_is(make: Make) -> None:
    found = CHURN.finding(attributed(make, "churn", ("less", "cannot_tell", "more")), "en")
    assert found is not None
    assert found.headline.endswith(
        "customers who met Web leave more often, customers who met Demo leave less often"
    )
    values = CHURN.chart(attributed(make, "churn", ("less", "cannot_tell", "more")), "en", 680)
    assert values is not None
    drawn = [row for row in values["data"]["values"] if row.get("written")]
    tones = {row["written"].partition(" ")[2]: row["colour"] for row in drawn}
    assert tones["stands out"] != tones["less than expected"]


def test_complaints_on_the_way_are_told_but_not_tested(make: Make) -> None:
    basis = attributed(make, "complaint", ("not_tested",) * 3, cut_short=0.8)
    found = COMPLAINT.finding(basis, "en")
    assert found is not None
    assert found.headline == "90\u00a0% of complaints come right after Till"
    assert "no share is tested" in found.caution
    assert "anyway" in found.lede


def test_a_sequence_is_told_with_its_outcome(make: Make) -> None:
    basis = make(touchpoint_sequences=[sequence(), sequence(link="direct", p_value=0.001)])
    found = SEQUENCES.finding(basis, "en")
    assert found is not None
    assert found.headline == "After Website → Shop, customers buy again more often than either explains"
    assert len(SEQUENCES.behind(basis)[1]) == 1
    chinese = SEQUENCES.finding(basis, "zh")
    assert chinese is not None
    assert "网站 → 门店" in chinese.headline
    none = SEQUENCES.finding(make(touchpoint_sequences=[sequence(verdict="cannot_tell")]), "en")
    assert none is not None
    assert none.headline.startswith("No two touchpoints")
    assert SEQUENCES.chart(make(touchpoint_sequences=[sequence(verdict="cannot_tell")]), "en", 680) is None
    untested = sequence(verdict="not_tested", tested=0, p_value=None)
    assert SEQUENCES.finding(make(touchpoint_sequences=[untested]), "en") is None


def test_the_next_step_is_told_beside_the_plainest_guess(make: Make) -> None:
    table = [following("a", "b", 1, 0.8), following("a", "c", 2, 0.2)]
    basis = make(next_step_quality=[quality(n) for n in range(4)], next_step_table=table)
    found = NEXT_STEPS.finding(basis, "en")
    assert found is not None
    assert "70\u00a0%" in found.headline
    assert "20\u00a0%" in found.headline
    assert len(NEXT_STEPS.behind(basis)[1]) == 1
    flat = [quality(n, chosen=n == 0) for n in range(4)]
    cannot = NEXT_STEPS.finding(make(next_step_quality=flat, next_step_table=table), "en")
    assert cannot is not None
    assert "cannot be told" in cannot.headline
    assert NEXT_STEPS.finding(make(next_step_quality=[], next_step_table=[]), "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [328, 680])
def test_every_chart_draws(make: Make, language: Any, width: int) -> None:  # noqa: ANN401 - a language
    bases = (
        (REPURCHASE, attributed(make, "repurchase", ("more", "less", "cannot_tell"))),
        (
            SEQUENCES,
            make(touchpoint_sequences=[sequence(), sequence(outcome="churn", verdict="less", lift=-0.1)]),
        ),
        (
            NEXT_STEPS,
            make(
                next_step_quality=[quality(n) for n in range(4)],
                next_step_table=[following("a", "b", 1, 0.8)],
            ),
        ),
    )
    for exhibit, basis in bases:
        spec = exhibit.chart(basis, language, width)
        assert spec is not None
        assert svg(spec, "x", "c").startswith("<svg")
