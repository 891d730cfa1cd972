"""What the charts of drivers say alike: which overall question is shown, names of parts, warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.lettering import shortened_to
from peakend.report.numbers import listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peakend.report.charts.exhibit import Basis

Row = dict[str, Any]

# Parts are ratings of experiences, and a rating of the whole is nearest to them.
_ORDER = ("rating", "csat", "nps", "ces")


def outcomes(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each overall question in its period, the one to show first in front."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["programme"], row["period"], row["outcome_id"]), []).append(row)
    return sorted(
        found.values(),
        key=lambda own: (_ORDER.index(own[0]["outcome_metric"]), own[0]["outcome_id"], own[0]["programme"]),
    )


def outcome_name(row: Row, language: Language) -> str:
    """The overall question in quotation marks."""
    return quoted(_label(row, "outcome", row["outcome_id"], language))


def part_name(row: Row, language: Language, letters: int = 60) -> str:
    """What a part is called, short."""
    return shortened_to(_label(row, "label", row["question_id"], language), letters)


def part_names(rows: Sequence[Row], language: Language, most: int = 3) -> str:
    """The names of some parts; a count for those beyond `most`."""
    names = [quoted(part_name(row, language, 40)) for row in rows[:most]]
    if len(rows) > most:
        names.append(Text(f"{len(rows) - most} more", f"另外 {len(rows) - most} 项").in_(language))
    return listing(names, language)


def quoted(name: str) -> str:
    """A name in the quotation marks that both languages use."""
    return f"“{name}”"


def _label(row: Row, what: str, key: str, language: Language) -> str:
    both = (row[f"{what}_zh"], row[f"{what}_en"])
    first, second = both if language == "zh" else both[::-1]
    return str(first or second or key)


def owners_of(rows: Sequence[Row], basis: Basis, language: Language) -> str:
    """Who answers for the touchpoints of the parts; "whoever answers for …" where nobody is named."""
    owners = sorted({basis.owners[t] for row in rows if (t := row["touchpoint_id"]) in basis.owners})
    if owners:
        return listing(owners, language)
    names = part_names(rows, language)
    return Text(f"Whoever answers for {names}", f"{names}的负责人").in_(language)


def not_cause(language: Language) -> str:
    """That all this is association."""
    return Text(
        "This says what goes together, not that changing one moves the other.",
        "这里说的是相伴，并不等于改变其一就会带动另一。",
    ).in_(language)


def together(row: Row, language: Language) -> str:
    """What months taken together may hide; empty for a wave."""
    if row["period_kind"] != "months":
        return ""
    return Text(
        "The months are taken together: a question whose wording or scale changed in between would mix.",
        "这些月份合并计算：其间若有题目改了措辞或量表，新旧答案会混在一起。",
    ).in_(language)


def sentences(parts: Iterable[str], language: Language) -> str:
    """Sentences one after the other, as each language sets them."""
    return ("" if language == "zh" else " ").join(part for part in parts if part)
