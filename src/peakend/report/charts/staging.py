"""The experience as it is staged: four stages of feeling, five senses, and how far customers take part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.feeling_curve import Stop, feeling_curve
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import capitalised, interval, level, listing, number, signed

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "staging"
Row = dict[str, Any]
_FEWEST = 2


@dataclass(frozen=True)
class Staged:
    """One aspect of `staging`, of the programme (or the checks) that scored it most often."""

    aspect: str
    what: Text
    most: Text
    advice: Text
    curve: bool = False

    needs = (TABLE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [
            r for r in basis[TABLE].to_pylist() if r["aspect"] == self.aspect and r["scope"] == "programme"
        ]
        groups: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            groups.setdefault((row["origin"], row["programme"] or ""), []).append(row)
        if not groups:
            return []
        _, chosen = max(groups.items(), key=lambda one: (sum(row["n"] or 0 for row in one[1]), one[0]))
        return sorted(chosen, key=lambda row: row["position"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        scored = [row for row in rows if row["value"] is not None]
        if len(scored) < _FEWEST:
            return None
        best, worst = (pick(scored, key=lambda row: row["value"]) for pick in (max, min))
        return Finding(
            headline=self._headline(best, worst, language),
            lede=self._lede(rows, scored, basis, language),
            figures=tuple(_figure(row, basis, language) for row in (best, worst)),
            reading=Text(
                "Scores from 0 (worst) to 100 (best); lines are "
                f"{level(basis.settings.confidence, 'en')} intervals.",
                f"得分 0 为最差、100 为最好；线段为{level(basis.settings.confidence, 'zh')}。",
            ).in_(language),
            caution=Text(
                "What goes with satisfaction need not cause it.", "与满意度同向变化，未必是其原因。"
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the experience", "体验负责人").in_(language),
                self._advice(best, worst).in_(language),
                Text(
                    "Its score after the next wave of the same questions.", "同样的题目再问一期，看其得分。"
                ).in_(language),
            ),
            weight=22,
        )

    def _headline(self, best: Row, worst: Row, language: Language) -> str:
        if _apart(best, worst):
            return Text(
                f"{_label(best, 'en')} {self.most.en} most, {_label(worst, 'en').lower()} least",
                f"{self.what.zh}中，{_label(best, 'zh')}最强，{_label(worst, 'zh')}最弱",
            ).in_(language)
        return Text(
            f"{capitalised(self.what.en)} cannot be told apart", f"{self.what.zh}各项之间尚不能分出高下"
        ).in_(language)

    def _advice(self, best: Row, worst: Row) -> Text:
        if not _apart(best, worst):
            return Text(
                "Ask the same questions of more customers before anything is changed.",
                "先以同样的题目多问一些客户，再作改动。",
            )
        return Text(
            self.advice.en.format(worst=_label(worst, "en").lower()),
            self.advice.zh.format(worst=_label(worst, "zh")),
        )

    def _lede(self, rows: list[Row], scored: list[Row], basis: Basis, language: Language) -> str:
        said = []
        if missing := [_label(row, language) for row in rows if row["missing"]]:
            names = listing([name.lower() for name in missing], language)
            said.append(Text(f"Nobody is asked about {names}.", f"尚无人问及{names}。").in_(language))
        alpha = basis.settings.alpha
        clear = [r for r in scored if r["adjusted_p"] is not None and r["adjusted_p"] <= alpha]
        if clear:
            top = max(clear, key=lambda row: abs(row["correlation"]))
            r = signed(top["correlation"], 2)
            ends = interval(top["correlation_low"], top["correlation_high"], language, 2)
            said.append(
                Text(
                    f"{_label(top, 'en')} goes most with overall satisfaction: correlation {r} ({ends}).",
                    f"与总体满意度关联最强的是{_label(top, 'zh')}：相关系数 {r}（{ends}）。",
                ).in_(language)
            )
        elif any(row["correlation"] is not None for row in scored):
            said.append(
                Text(
                    "None of them goes with overall satisfaction beyond chance.",
                    "没有哪一项与总体满意度的关联超出偶然。",
                ).in_(language)
            )
        return ("" if language == "zh" else " ").join(said) or self.what.in_(language)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        scored = [row for row in self._rows(basis) if row["value"] is not None]
        if len(scored) < _FEWEST:
            return None
        if self.curve:
            return feeling_curve(
                [_stop(row, language) for row in scored],
                width,
                language,
                (Text("← worse", "← 较差"), Text("50", "50"), Text("better →", "较好 →")),
            )
        drawn = [
            Dot(_label(row, language), row["value"], row["value_low"], row["value_high"], number(row["n"]))
            for row in sorted(scored, key=lambda row: (-row["value"], row["position"]))
        ]
        return dots(drawn, width, language, decimals=0, limits=(0, 100), base_title=Text("n", "n"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, pa.Table.from_pylist(
            [dict(row) for row in self._rows(basis)], schema=basis[TABLE].schema
        )


STAGES = Staged(
    "stages",
    Text("the stages from comfort to aftertaste", "从舒适到回味的心理过程"),
    Text("is felt", "最强"),
    Text(
        "Add one moment that serves {worst}, at the touchpoint customers already like.",
        "在客户本就喜欢的接触点，加一个能带来“{worst}”的时刻。",
    ),
    curve=True,
)
SENSES = Staged(
    "senses",
    Text("the five senses", "五感"),
    Text("is served", "最强"),
    Text(
        "Walk the site with {worst} in mind and remove the worst impression.",
        "专就{worst}走一遍现场，先去掉最差的一处。",
    ),
)
PARTICIPATION = Staged(
    "participation",
    Text("taking part with body, emotion and mind", "形体、情绪、知识上的参与"),
    Text("takes part", "最强"),
    Text("Give customers something to do that engages {worst}.", "给客户一件能调动{worst}的事去做。"),
)


def _apart(best: Row, worst: Row) -> bool:
    """Whether the interval of the worst ends below that of the best."""
    ends = worst["value_high"], best["value_low"]
    return None not in ends and bool(ends[0] < ends[1])


def _label(row: Row, language: Language) -> str:
    return str(row["label_zh"] if language == "zh" else row["label_en"])


def _stop(row: Row, language: Language) -> Stop:
    """0 to 100 on the curve's scale of −1 to 1."""
    value, low, high = (
        None if row[name] is None else row[name] / 50 - 1 for name in ("value", "value_low", "value_high")
    )
    return Stop(_label(row, language), value or 0.0, low, high, 1.0, number(row["value"]), strong=True)


def _figure(row: Row, basis: Basis, language: Language) -> Figure:
    ends = interval(row["value_low"], row["value_high"], language)
    return Figure(
        _label(row, language),
        number(row["value"]),
        f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['n'])}",
    )
