"""How much care a market asks for (ACT-11): from product differentiation, competition and expectation.

Where a product is one of its kind, nobody competes and nothing is expected, the least care satisfies. Where
products are alike, everybody competes and much is expected, care is what is bought. The table is the rule:
a row for differentiation and competition, a column for expectation.
"""

from __future__ import annotations

from dataclasses import dataclass

from peakend.language import Text
from peakend.server.care.words import GRADES, LEVELS

GRADE_CODES = ("low", "medium", "high")
LEVEL_CODES = ("minimal", "standard", "extended", "core")
# (differentiation, competition): level at low, medium and high expectation.
TABLE: dict[tuple[str, str], tuple[str, str, str]] = {
    ("high", "low"): ("minimal", "minimal", "standard"),
    ("high", "medium"): ("minimal", "standard", "standard"),
    ("high", "high"): ("standard", "standard", "extended"),
    ("medium", "low"): ("minimal", "standard", "standard"),
    ("medium", "medium"): ("standard", "standard", "extended"),
    ("medium", "high"): ("standard", "extended", "core"),
    ("low", "low"): ("standard", "standard", "extended"),
    ("low", "medium"): ("standard", "extended", "core"),
    ("low", "high"): ("extended", "core", "core"),
}
_ADVICE = {
    "minimal": Text("minimal care is enough to satisfy", "最小程度的关怀即可使客户满意"),
    "standard": Text("an even, standard level of care is needed", "需要稳定的标准化关怀"),
    "extended": Text("care has to go beyond the standard", "关怀须高于标准水平"),
    "core": Text("the best care is the core of what is offered", "最佳关怀本身就是核心竞争力"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """A level of care and why."""

    level: str
    reason: Text


def care_level(differentiation: str, competition: str, expectation: str) -> Level:
    """The level for three grades of low, medium, high. KeyError or ValueError for any other grade."""
    level = TABLE[differentiation, competition][GRADE_CODES.index(expectation)]
    return Level(level, _reason(differentiation, competition, expectation, level))


def _reason(differentiation: str, competition: str, expectation: str, level: str) -> Text:
    given = [GRADES[one] for one in (differentiation, competition, expectation)]
    advice = _ADVICE[level]
    return Text(
        f"Product differentiation is {given[0].en.lower()}, competition {given[1].en.lower()}, expectation "
        f"{given[2].en.lower()}: {advice.en} ({LEVELS[level].en.lower()}).",
        f"产品差异化程度{given[0].zh}，竞争程度{given[1].zh}，客户期望{given[2].zh}：{advice.zh}"
        f"（{LEVELS[level].zh}）。",
    )


def whole_table() -> list[tuple[str, str, str, str]]:
    """All 27 rows: differentiation, competition, expectation, level; from the least care to the most."""
    rows = [
        (differentiation, competition, expectation, levels[place])
        for (differentiation, competition), levels in TABLE.items()
        for place, expectation in enumerate(GRADE_CODES)
    ]
    return sorted(rows, key=lambda row: LEVEL_CODES.index(row[3]))
