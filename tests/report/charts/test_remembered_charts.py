"""What is remembered: the sentences that the verdict allows, and no stronger ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.memory_roles import MEMORY_ROLES
from peakend.report.charts.moments import MOMENTS
from peakend.report.charts.remembered import NEAREST, REMEMBERED
from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH, svg

if TYPE_CHECKING:
    from peakend.language import Language

Make = Callable[..., Basis]
Row = dict[str, Any]
MODELS = ("peak_end", "worst_last", "end", "peak", "mean", "recency")


def model(name: str, error: float, standing: str) -> Row:
    share = 1 - error / 0.3
    return {
        "segmentation": "all",
        "segment": "all",
        "model": name,
        "n": 400,
        "error": error,
        "r_squared": share,
        "r_squared_low": share - 0.05,
        "r_squared_high": share + 0.05,
        "standing": standing,
        "hidden": False,
    }


def verdict(**more: object) -> Row:
    return {
        "segmentation": "all",
        "segment": "all",
        "verdict": "told",
        "reason": None,
        "model": "peak_end",
        "runner_up": "worst_last",
        "n": 800,
        "customers": 700,
        "earlier_journeys": 400,
        "later_journeys": 400,
        "ahead": 0.02,
        "ahead_low": 0.01,
        "ahead_high": 0.03,
        "ahead_of_mean": 0.05,
        "ahead_of_mean_low": 0.03,
        "ahead_of_mean_high": 0.07,
        "peak_weight": 0.45,
        "peak_weight_low": 0.36,
        "peak_weight_high": 0.54,
        "asked_together": 0.0,
        "hidden": False,
    } | more


def memory(make: Make, *, standing: str = "worse", **more: object) -> Basis:
    said = verdict(**more)
    rows = [
        model(name, 0.1 + 0.02 * place, "best" if name == said["model"] else standing)
        for place, name in enumerate(MODELS)
    ]
    return make(memory_verdict=[said], memory_models=[] if said["reason"] == "too_few" else rows)


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        (
            "peak_end",
            "the strongest moment and the end, not the average",
            "客户记住的是峰值与终值，而不是全程平均",
        ),
        ("worst_last", "the worst moment and the end, not the average", "最差的时刻与终值，而不是全程平均"),
        ("end", "how it ended, not the average", "客户记住的是终值"),
        ("mean", "the average: every moment counts alike", "客户记住的是全程平均"),
    ],
)
def test_what_is_told_is_said_as_a_sentence(basis: Make, name: str, en: str, zh: str) -> None:
    made = memory(basis, model=name, runner_up="recency")
    for language, words in (("en", en), ("zh", zh)):
        found = REMEMBERED.finding(made, language)
        assert found is not None
        assert words in found.headline
        assert found.weight > 50


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("runner_up", "cannot tell"),
        ("unrelated", "No tie can be shown"),
        ("too_few", "Too few customers"),
        ("no_variance", "the same score"),
        ("alike", "felt alike"),
    ],
)
def test_what_cannot_be_told_is_not(basis: Make, reason: str, words: str) -> None:
    made = memory(basis, verdict="cannot_tell", reason=reason, standing="cannot_tell")
    for language in LANGUAGES:
        found = REMEMBERED.finding(made, language)
        assert found is not None
        assert language == "zh" or words in found.headline
        assert not found.headline.startswith(("Your customers remember", "客户记住的是峰值与终值，而"))
        assert found.next_step is not None
        assert found.weight <= 30


def test_the_average_is_only_ruled_out_where_that_is_shown(basis: Make) -> None:
    open_ = {"verdict": "cannot_tell", "reason": "runner_up", "standing": "cannot_tell"}
    ruled_out = REMEMBERED.finding(memory(basis, **open_), "en")
    possible = REMEMBERED.finding(memory(basis, **open_, ahead_of_mean_low=-0.01), "en")
    assert ruled_out is not None
    assert possible is not None
    assert ruled_out.headline.startswith("It is not the average")
    assert possible.headline == (
        "Whether your customers remember the strongest moment and the end or the worst moment and the end "
        "cannot be told yet"
    )


def test_moments_asked_with_the_whole_are_called_so(basis: Make) -> None:
    found = REMEMBERED.finding(memory(basis, asked_together=0.98), "zh")
    assert found is not None
    assert "98%与总体题在同一份问卷中" in found.caution


def test_a_hidden_verdict_is_not_reported(basis: Make) -> None:
    assert REMEMBERED.finding(basis(memory_verdict=[verdict(hidden=True)]), "en") is None


def near(name: str, place: int, standing: str) -> Row:
    value = 0.2 + 0.1 * place
    return {
        "candidate": name,
        "place": place,
        "n": 800,
        "distance": value,
        "distance_low": value - 0.02,
        "distance_high": value + 0.02,
        "standing": standing,
    }


def test_the_nearest_is_named_only_when_it_is_shown(basis: Make) -> None:
    told = basis(memory_distances=[near("end", 1, "nearest"), near("mean", 2, "farther")])
    open_ = basis(memory_distances=[near("end", 1, "nearest"), near("mean", 2, "cannot_tell")])
    assert NEAREST.finding(told, "zh").headline == "总体评分最接近终值"  # type: ignore[union-attr]
    assert NEAREST.finding(open_, "en").headline.endswith("cannot be told")  # type: ignore[union-attr]


def touchpoint(name: str, place: int, **more: object) -> Row:
    row: Row = {
        "touchpoint_id": name,
        "touchpoint_en": name.title(),
        "touchpoint_zh": f"{name}（中）",
        "touchpoint_position": place,
        "n": 300,
        "score": 0.1,
        "score_low": 0.05,
        "score_high": 0.15,
        "bad_peaks": 0.1,
        "memory_weight": 0.1,
        "even_weight": 0.2,
        "model": "peak_end",
        "settled": True,
        "hidden": False,
    }
    for share in ("peak_share", "end_share", "worst_share"):
        row |= {share: 0.2, f"{share}_low": 0.15, f"{share}_high": 0.25}
    return row | more


def roles(make: Make) -> Basis:
    return make(
        memory_roles=[
            touchpoint("baggage", 4, role="end", score=-0.4, memory_weight=0.5),
            touchpoint("checkin", 1, valley="tolerated", score=-0.2),
            touchpoint("lounge", 2, role="peak", designed_role="end", as_designed=False),
            touchpoint("secret", 3, hidden=True),
        ]
    )


def test_touchpoints_are_named_for_what_they_are_to_memory(basis: Make) -> None:
    found = MEMORY_ROLES.finding(roles(basis), "en")
    assert found is not None
    assert found.headline == "The good peak is Lounge, the end Baggage"
    assert "Checkin is a low point that memory tolerates" in found.lede
    assert "not lived so: Lounge" in found.lede
    assert found.next_step is not None
    assert found.next_step.what == "Take the sting out of Baggage: journeys end there; Checkin can wait."
    assert "secret" not in str(MEMORY_ROLES.behind(roles(basis))[1].to_pylist())


def test_without_a_rule_nothing_is_said_to_be_remembered(basis: Make) -> None:
    none = {"model": None, "settled": False, "memory_weight": None}
    made = basis(memory_roles=[touchpoint("a", 1, role="end", **none), touchpoint("b", 2, **none)])
    found = MEMORY_ROLES.finding(made, "en")
    assert found is not None
    assert "cannot be told yet" in found.lede
    assert "not known" in found.caution
    assert "remembered score" not in found.reading
    assert MEMORY_ROLES.chart(made, "en", DESKTOP_WIDTH) is not None


def test_moments_tell_how_much_is_known(basis: Make) -> None:
    made = basis(
        moment_sources=[
            {"source": "sensed", "events": 200, "share": 0.2, "score": 0.1},
            {"source": "unknown", "events": 800, "share": 0.8, "score": None},
        ]
    )
    found = MOMENTS.finding(made, "zh")
    assert found is not None
    assert found.headline == "客户旅程中有 20%的时刻知道其感受"
    only = [{"source": "unknown", "events": 8, "share": 1.0, "score": None}]
    assert MOMENTS.finding(basis(moment_sources=only), "en") is None


@pytest.mark.parametrize("width", [PHONE_WIDTH, DESKTOP_WIDTH])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_drawn(basis: Make, language: Language, width: int) -> None:
    distances = basis(memory_distances=[near("end", 1, "nearest"), near("mean", 2, "farther")])
    for exhibit, made in ((REMEMBERED, memory(basis)), (NEAREST, distances), (MEMORY_ROLES, roles(basis))):
        spec = exhibit.chart(made, language, width)
        assert spec is not None
        assert svg(spec, "a sentence", "c").startswith("<svg")
        assert exhibit.behind(made)[1].num_rows
