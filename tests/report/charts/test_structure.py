"""Charts of the structural index: what they say follows the verdicts, in both languages and widths."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pytest

from peakend.feedback.structure.mediation_columns import MEDIATION as MEDIATION_TABLE
from peakend.feedback.structure.structure_columns import EFFECTS, INDEX
from peakend.language import LANGUAGES, Language
from peakend.report.charts.exhibit import Basis
from peakend.report.charts.index_trends import INDEX_TRENDS
from peakend.report.charts.mediation import MEDIATION
from peakend.report.charts.structure import STRUCTURE

Row = dict[str, Any]
WHERE = {"programme": "P", "period_kind": "wave"}


def effect(
    cause: str, rise: float, verdict: str = "higher", half: float = 0.4, outcome: str = "satisfaction"
) -> Row:
    ends = {"rise": rise, "rise_low": rise - half, "rise_high": rise + half}
    name = cause.removeprefix("experience:").capitalize()
    return {
        **WHERE,
        **ends,
        "period": "2024",
        "cause": cause,
        "cause_en": name,
        "cause_zh": f"维度{name}",
        "outcome": outcome,
        "n": 900,
        "verdict": verdict,
    }


def index(
    block: str, value: float, period: str = "2024", verdict: str = "cannot_tell", skipped: float = 0.1
) -> Row:
    role = block.partition(":")[0]
    name = block.removeprefix("experience:").capitalize()
    return {
        **WHERE,
        "period": period,
        "block": block,
        "block_en": name,
        "block_zh": f"维度{name}",
        "role": role,
        "n": 880,
        "index": value,
        "index_low": value - 1,
        "index_high": value + 1,
        "r2": 0.6 if role == "satisfaction" else None,
        "skipped": skipped,
        "previous_period": "2023" if period == "2024" else None,
        "difference": -3.0,
        "difference_low": -4.0,
        "difference_high": -2.0,
        "verdict": verdict if period == "2024" else "no_previous_period",
    }


def part(experience: str, indirect: float, direct: float, verdict: str, direct_p: float = 0.001) -> Row:
    found = {"indirect": indirect, "direct": direct, "whole": indirect + direct}
    ends = {f"{k}{end}": v + d for k, v in found.items() for end, d in (("_low", -0.05), ("_high", 0.05))}
    return {
        **WHERE,
        **found,
        **ends,
        "period": "2024",
        "experience": experience,
        "experience_en": experience.removeprefix("experience:").capitalize(),
        "experience_zh": "体验",
        "outcome": "loyalty",
        "adjusted_for": "",
        "n": 850,
        "unit": "index points",
        "adjusted_direct_p": direct_p,
        "proportion": indirect / (indirect + direct) if verdict != "none" else None,
        "verdict": verdict,
    }


def basis(effects: list[Row] = [], rows: list[Row] = [], parts: list[Row] = []) -> Basis:  # noqa: B006
    tables = ((EFFECTS, effects), (INDEX, rows), (MEDIATION_TABLE, parts))
    return Basis({t.name: pa.Table.from_pylist(listed, schema=t.schema()) for t, listed in tables})


CLEAR = basis(
    [
        effect("experience:staff", 5.0),
        effect("experience:price", 1.0),
        effect("experience:rooms", 0.1, "cannot_tell"),
        effect("satisfaction", 4.0, outcome="loyalty"),
        effect("experience:staff", 2.0, outcome="loyalty"),
    ],
    [
        index("experience:staff", 70),
        index("experience:price", 60, skipped=0.6),
        index("experience:rooms", 65),
        index("satisfaction", 75),
        index("loyalty", 80),
    ],
)


def test_a_dimension_that_leads_is_named() -> None:
    finding = STRUCTURE.finding(CLEAR, "en")
    assert finding is not None
    assert finding.headline == "Staff goes with satisfaction more than anything else asked"
    assert "satisfaction is 5.0 points higher" in finding.lede
    assert "Many could not judge Price" in finding.caution
    assert finding.next_step is not None


def test_nothing_is_named_that_chance_could_explain() -> None:
    none = basis([effect(f"experience:{k}", 0.2, "cannot_tell") for k in "abc"], [index("satisfaction", 75)])
    finding = STRUCTURE.finding(none, "en")
    assert finding is not None
    assert finding.headline.startswith("No dimension clearly goes")
    assert finding.next_step is None
    some = basis([effect(f"experience:{k}", 2.0) for k in "abcd"], [index("satisfaction", 75)])
    finding = STRUCTURE.finding(some, "en")
    assert finding is not None
    assert finding.headline == "All 4 dimensions go with satisfaction, and none clearly leads"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_cause_is_said_without_its_denial(language: Language) -> None:
    finding = STRUCTURE.finding(CLEAR, language)
    assert finding is not None
    claims = f"{finding.headline} {finding.lede} {finding.reading}"
    assert not re.search(r"caus|driv|lead to|导致|造成|驱动", claims)


@pytest.mark.parametrize(
    ("verdict", "direct", "start"),
    [
        ("full", 0.01, "What goes from experience to recommendation goes by way of satisfaction"),
        ("partial", 0.4, "Staff goes with recommendation beyond what satisfaction says"),
        ("none", 0.4, "Nothing shows that satisfaction stands between"),
    ],
)
def test_the_sentence_on_mediation_follows_its_verdict(verdict: str, direct: float, start: str) -> None:
    rows = [part("all", 0.3, direct, verdict), part("experience:staff", 0.2, direct, verdict)]
    finding = MEDIATION.finding(basis(parts=rows), "en")
    assert finding is not None
    assert finding.headline.startswith(start)


def test_a_trend_is_named_by_its_verdict_and_needs_two_periods() -> None:
    now = [index("satisfaction", 75), index("experience:staff", 70, verdict="worse")]
    assert INDEX_TRENDS.finding(basis(rows=now), "en") is None
    then = [index("satisfaction", 78, "2023"), index("experience:staff", 73, "2023")]
    finding = INDEX_TRENDS.finding(basis(rows=[*then, *now]), "en")
    assert finding is not None
    assert finding.headline == "Staff fell since 2023"
    assert finding.next_step is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [328, 680])
def test_every_exhibit_draws_and_shows_its_rows(language: Language, width: int) -> None:
    rows = [index("satisfaction", 75), index("satisfaction", 78, "2023"), index("experience:staff", 70)]
    parts = [part("all", 0.3, -0.1, "full"), part("experience:staff", 0.2, 0.3, "partial")]
    for exhibit, given in (
        (STRUCTURE, CLEAR),
        (MEDIATION, basis(parts=parts)),
        (INDEX_TRENDS, basis(rows=rows)),
    ):
        spec = exhibit.chart(given, language, width)
        assert spec is not None
        assert spec["width"] == width
        assert exhibit.behind(given)[1].num_rows > 0


def test_without_results_there_is_nothing_to_show() -> None:
    missing = part("all", 0, 0, "none") | {
        "verdict": None,
        "reason": "no_linked_revenue",
        "outcome": "revenue",
    }
    for exhibit in (STRUCTURE, MEDIATION, INDEX_TRENDS):
        assert exhibit.finding(basis(parts=[missing]), "en") is None
        assert exhibit.chart(basis(), "en", 680) is None
        assert exhibit.behind(basis())[1].num_rows == 0
