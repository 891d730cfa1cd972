"""Expectation and perception, what ratings measure, the questionnaire: sentences that numbers allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.declaration import Analysis, Inputs
from peakend.feedback.expectation.analyses import EXPECTATION_GAPS, QUESTIONNAIRE, RELIABILITY
from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts import expectation_gaps as gaps
from peakend.report.charts import questionnaire as form
from peakend.report.charts import reliability as groups
from peakend.report.draw import svg

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Exhibit

Row = dict[str, Any]
Build = Callable[..., Inputs]
Table = dict[str, np.ndarray]


def question(name: str, metric: str = "rating", **columns: object) -> Row:
    words = {"label_en": name.capitalize(), "label_zh": f"{name}（中）", "text_en": f"How clean is {name}?"}
    return {"question_id": name, "metric": metric, "scale_low": 0.0, "scale_high": 100.0} | words | columns


def basis_of(build: Build, analysis: Analysis, questions: list[Row], waves: dict[str, Table]) -> Basis:
    responses, answers = [], []
    for wave, columns in waves.items():
        size = len(next(iter(columns.values())))
        responses += [{"response_id": f"{wave}-{i:05d}", "survey_id": wave} for i in range(size)]
        answers += [
            {
                "response_id": f"{wave}-{i:05d}",
                "question_id": name,
                "state": "answered",
                "score": float(scores[i]),
            }
            for name, scores in columns.items()
            for i in range(size)
        ]
    inputs = build(
        surveys=[{"survey_id": wave, "programme": "P", "wave": wave} for wave in waves],
        questions=questions,
        responses=responses,
        answers=answers,
    )
    return Basis(dict(analysis.compute(inputs)))  # type: ignore[arg-type]


def drawn(exhibit: Exhibit, basis: Basis) -> None:
    for language in LANGUAGES:
        found = exhibit.finding(basis, language)
        assert found is not None
        for width in (328, 680):
            spec = exhibit.chart(basis, language, width)
            assert spec is not None
            assert svg(spec, found.headline, "c").startswith("<svg")
    name, rows = exhibit.behind(basis)
    assert name in exhibit.needs
    assert rows.num_rows


SERVICES = ("desk", "food")
PAIRS = [
    *(question(f"e_{name}", "expectation", touchpoint_id=name) for name in SERVICES),
    *(question(name, touchpoint_id=name) for name in SERVICES),
    question("all", overall=True),
]


def survey(shift: tuple[float, float], worth: float, n: int = 1500) -> Table:
    random = np.random.default_rng(61)
    expected = 50 + 10 * random.normal(0, 1, (n, 2))
    found = expected + np.array(shift) + 10 * random.normal(0, 1, (n, 2))
    surplus = np.maximum(found - expected, 0)
    overall = np.minimum(found, expected).mean(axis=1) + worth * surplus.mean(axis=1)
    columns = {f"e_{name}": expected[:, place] for place, name in enumerate(SERVICES)}
    columns |= {name: found[:, place] for place, name in enumerate(SERVICES)}
    columns["all"] = overall + 5 * random.normal(0, 1, n)
    return {name: np.clip(np.round(scores), 0, 100) for name, scores in columns.items()}


@pytest.mark.parametrize(
    ("shift", "worth", "headline"),
    [
        ((-8, -20), 0.4, "All 2 services fall short of what customers expect, most of all Food"),
        ((-8, 0), 0.4, "1 of 2 services falls short of what customers expect, most of all Desk"),
        ((0, 0), 0.4, "No service is clearly above or below what customers expect"),
        ((0, 15), 1.0, "1 of 2 services exceeds what customers expect"),
        (
            (0, 15),
            -0.1,
            "Food gives more than customers expect, and next to nothing of it shows in the overall score",
        ),
    ],
)
def test_the_headline_says_what_the_gaps_allow(
    inputs_of: Build, shift: tuple[float, float], worth: float, headline: str
) -> None:
    basis = basis_of(inputs_of, EXPECTATION_GAPS, PAIRS, {"2024": survey(shift, worth)})
    found = gaps.EXPECTATION_GAPS.finding(basis, "en")
    assert found is not None
    assert found.headline == headline
    drawn(gaps.EXPECTATION_GAPS, basis)


def test_groups_of_ratings_are_told(inputs_of: Build) -> None:
    random = np.random.default_rng(62)
    common = np.repeat(random.normal(0, 1, (600, 2)), 3, axis=1)
    scores = np.column_stack([common + 0.6 * random.normal(0, 1, (600, 6)), random.normal(0, 1, 600)])
    names = ["bus", "car", "lift", "tea", "rolls", "soup", "song"]
    questions = [question(name, dimension="odd" if name in {"bus", "tea", "song"} else "x") for name in names]
    table = {name: np.clip(np.round(50 + 12 * scores[:, i]), 0, 100) for i, name in enumerate(names)}
    basis = basis_of(inputs_of, RELIABILITY, questions, {"2024": table})
    found = groups.RELIABILITY.finding(basis, "en")
    assert found is not None
    assert found.headline == "7 ratings measure 2 different things, and 1 stands alone"
    assert "The questions under “odd and x” do not measure one thing" in found.lede
    drawn(groups.RELIABILITY, basis)


def test_unrelated_ratings_draw_nothing(inputs_of: Build) -> None:
    random = np.random.default_rng(63)
    table = {name: random.integers(0, 101, 300).astype(float) for name in ("a", "b", "c", "d")}
    basis = basis_of(inputs_of, RELIABILITY, [question(name) for name in table], {"2024": table})
    assert groups.RELIABILITY.finding(basis, "en") is None
    assert groups.RELIABILITY.chart(basis, "en", 680) is None


def test_the_questionnaire_is_told(inputs_of: Build) -> None:
    random = np.random.default_rng(64)
    five = {name: random.integers(1, 6, 200).astype(float) for name in ("a", "b")}
    questions = [question(name, scale_low=None, scale_high=None) for name in five]
    calm = basis_of(inputs_of, QUESTIONNAIRE, questions, {"2023": five, "2024": five})
    found = form.QUESTIONNAIRE.finding(calm, "en")
    assert found is not None
    assert found.headline == "None of the 2 questions asks what customers feel"
    assert "2 of 2 scored questions were asked in all 2 periods" in found.lede
    drawn(form.QUESTIONNAIRE, calm)
    broken = basis_of(
        inputs_of, QUESTIONNAIRE, questions, {"2023": five, "2024": five | {"b": five["b"] * 2}}
    )
    found = form.QUESTIONNAIRE.finding(broken, "en")
    assert found is not None
    assert found.headline == "1 question can no longer be compared with earlier periods"
    assert "B (in 2024 other scores are used than before)" in found.lede
    zh = form.QUESTIONNAIRE.finding(broken, "zh")
    assert zh is not None
    assert zh.headline == "1 道题已无法与以前各期比较"
