"""What a poor experience takes away and an excellent one adds: bars to the left and to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import LANGUAGES, Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.diverging import Pair, diverging
from peakend.report.charts.driver_words import (
    not_cause,
    outcome_name,
    outcomes,
    owners_of,
    part_name,
    part_names,
    quoted,
    sentences,
    together,
)
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, signed

if TYPE_CHECKING:
    from peakend.report.charts.driver_words import Row
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "driver_roles"
ROLE_WORDS = {
    "basic": Text("basic", "基本型"),
    "excitement": Text("excitement", "兴奋型"),
    "performance": Text("both ways", "双向"),
}


@dataclass(frozen=True, slots=True)
class _View:
    """The parts of one overall question whose ends matter beyond chance, widest first; how many do not."""

    shown: list[Row]
    others: int

    @property
    def surest(self) -> list[Row]:
        """The rows with the clearest effect first."""
        return sorted(self.shown, key=lambda row: (row["effect_p"], row["question_id"]))

    def of(self, role: str) -> list[Row]:
        return [row for row in self.surest if row["role"] == role]

    def at(self, end: str) -> list[Row]:
        return [row for row in self.surest if row["end"] == end]


class Asymmetry:
    """Penalty and reward of the parts of the overall question that is nearest to them."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        for rows in outcomes(basis[TABLE].to_pylist()):
            shown = [row for row in rows if _shown(row, basis.settings.alpha)]
            if shown:
                shown.sort(key=lambda row: (-_reach(row), row["question_id"]))
                return _View(shown, len(rows) - len(shown))
        return None

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=_reading(view, basis, language),
            caution=sentences(
                (not_cause(language), together(view.shown[0], language), _unclear(view, language)), language
            ),
            next_step=_next_step(view, basis, language),
            weight=35,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        rows = [
            Pair(
                part_name(row, language),
                (row["penalty"], row["penalty_low"], row["penalty_high"]),
                (row["reward"], row["reward_low"], row["reward_high"]),
                ROLE_WORDS[row["role"]].in_(language) if row["role"] in ROLE_WORDS else "",
            )
            for row in view.shown
        ]
        titles = Text("poor takes away", "差评减分"), Text("excellent adds", "优评加分")
        return diverging(rows, titles, width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        return TABLE, pa.Table.from_pylist(view.shown if view else [], schema=basis[TABLE].schema)


ASYMMETRY = Asymmetry()


def _shown(row: Row, alpha: float) -> bool:
    p = row["effect_adjusted_p"]
    return p is not None and p <= alpha


def _reach(row: Row) -> float:
    return float((row["reward"] or 0) - (row["penalty"] or 0))


def _headline(view: _View, language: Language) -> str:
    basic, exciting = view.of("basic"), view.of("excitement")
    if basic and exciting:
        return Text(
            f"{part_names(basic, 'en')} can only disappoint, {part_names(exciting, 'en')} can delight",
            f"{part_names(basic, 'zh')}只会让人失望，{part_names(exciting, 'zh')}能带来惊喜",
        ).in_(language)
    if basic:
        return Text(
            f"A poor {part_names(basic, 'en')} costs more than an excellent one gains",
            f"{part_names(basic, 'zh')}做差的损失大于做好的收益",
        ).in_(language)
    if exciting:
        return Text(
            f"An excellent {part_names(exciting, 'en')} gains more than a poor one costs",
            f"{part_names(exciting, 'zh')}做好的收益大于做差的损失",
        ).in_(language)
    both = view.of("performance")
    if both:
        names = {each: part_names(both, each, 2) for each in LANGUAGES}
        verb = "works" if len(both) == 1 else "work"
        return Text(
            f"{names['en']} {verb} both ways: poor takes away, excellent adds",
            f"{names['zh']}双向起作用：差则减分，优则加分",
        ).in_(language)
    name = quoted(part_name(view.surest[0], language, 40))
    return Text(
        f"{name} matters most at its ends, but which end cannot be told",
        f"{name}在两端影响最大，但偏重哪一端尚不能断定",
    ).in_(language)


def _lede(view: _View, language: Language) -> str:
    top = view.surest[0]
    name, whole = quoted(part_name(top, language, 40)), outcome_name(top, language)
    head = ""
    if top["penalty"] is not None and top["reward"] is not None:
        told = Text(
            f"those who found {name} poor rated {whole} {_moved(top['penalty'], 'en')} than those who "
            "found "
            f"it middling, other parts alike; those who found it excellent, {_moved(top['reward'], 'en')}.",
            f"其他部分评价相同时，认为{name}差的人，"
            f"给{whole}的分数比认为一般的人"
            f"{_moved(top['penalty'], 'zh')}；认为优的人{_moved(top['reward'], 'zh')}。",
        )
        head = rows_of.opening(top, told, language)
    straight = ""
    if not view.of("basic") and not view.of("excitement"):
        straight = Text(
            "No part is shown only to disappoint or only to delight.", "没有哪一项被证实只会减分或只会加分。"
        ).in_(language)
    return sentences((head, straight, _ends(view, language)), language)


def _moved(points: float, language: Language) -> str:
    size = number(abs(points), 2)
    if language == "zh":
        return f"{'高' if points > 0 else '低'} {size} 分"
    return f"{size} points {'higher' if points > 0 else 'lower'}"


def _ends(view: _View, language: Language) -> str:
    """What the two models of the ends add, where they differ."""
    low, high = view.at("more_detractors"), view.at("more_promoters")
    words = []
    if low:
        names = {each: part_names(low, each) for each in LANGUAGES}
        words.append(
            Text(
                f"{names['en']} has more to do with who is unhappy than with who is delighted.",
                f"{names['zh']}更关乎谁会不满，而不是谁会赞赏。",
            ).in_(language)
        )
    if high:
        names = {each: part_names(high, each) for each in LANGUAGES}
        words.append(
            Text(
                f"{names['en']} has more to do with who is delighted than with who is unhappy.",
                f"{names['zh']}更关乎谁会赞赏，而不是谁会不满。",
            ).in_(language)
        )
    return sentences(words, language)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    figures = []
    worst = min(view.shown, key=lambda row: row["penalty"] if row["penalty"] is not None else 0.0)
    best = max(view.shown, key=lambda row: row["reward"] if row["reward"] is not None else 0.0)
    for row, what, count, words in (
        (worst, "penalty", "poor_n", Text("{name}, poor", "{name}：差评")),
        (best, "reward", "top_n", Text("{name}, excellent", "{name}：优评")),
    ):
        if row[what] is None:
            continue
        ends = interval(row[f"{what}_low"], row[f"{what}_high"], language, 2)
        base = f" · n = {number(row[count])}" if row[count] is not None else ""
        label = words.in_(language).format(name=part_name(row, language, 40))
        figures.append(Figure(label, signed(row[what], 2), f"{named} {ends}{base}"))
    return tuple(figures)


def _reading(view: _View, basis: Basis, language: Language) -> str:
    confidence = f"{basis.settings.confidence * 100:g}"
    row = view.shown[0]
    poor, top = f"{row['poor_to']:g}", f"{row['top_from']:g}"
    return Text(
        "Points of the overall score against a middling experience, other parts equal: left where the "
        "part was "
        f"poor ({poor} or less), right where it was excellent ({top} or more). The thin lines are "
        f"{confidence} % "
        "intervals; no bar: too few such answers.",
        f"与体验一般者相比，总体评分相差的分数（其他部分相同）：左为差（不高于 {poor}），右为优（不低于 "
        f"{top}）。"
        f"细线为 {confidence}% 区间；无条形表示此类答案太少。",
    ).in_(language)


def _unclear(view: _View, language: Language) -> str:
    if not view.others:
        return ""
    return Text(
        f"For {view.others} other parts neither end is shown to matter beside the rest.",
        f"另有 {view.others} 项，在其余各项之外未见任何一端有关联。",
    ).in_(language)


def _next_step(view: _View, basis: Basis, language: Language) -> NextStep:
    basic = view.of("basic")
    if basic:
        what = Text(
            f"Bring {part_names(basic, 'en')} to a reliable middle first; excellence there adds little.",
            f"先把{part_names(basic, 'zh')}稳定在一般水平；在此处追求卓越收益不大。",
        )
        targets = basic
    else:
        targets = sorted(view.shown, key=lambda row: row["penalty"] if row["penalty"] is not None else 0.0)[
            :1
        ]
        what = Text(
            f"Find out what made {part_names(targets, 'en')} poor for those who said so, and remove one "
            "cause.",
            f"弄清给{part_names(targets, 'zh')}差评的人遇到了什么，先消除其中一个原因。",
        )
    return NextStep(
        who=owners_of(targets, basis, language),
        what=what.in_(language),
        check=Text(
            "Fewer poor scores in the next period, and a better verdict on the whole.",
            "下一期差评减少，且总体评分的结论为“变好”。",
        ).in_(language),
    )
