"""Who recommends: promoters, passives and detractors of the last period in one bar, and the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.score_rows import NPS, Row
from peakend.report.draw import LABEL_SIZE, Spec, colour, is_phone
from peakend.report.finding import Figure, Finding, NextStep, tone_of
from peakend.report.lettering import width as text_width
from peakend.report.numbers import interval, level, number, percent
from peakend.report.standing import VERDICT_WORDS

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis

GROUPS = (
    ("detractors", "detractor", Text("Detractors (0–6)", "贬损者（0–6 分）")),
    ("passives", "passive", Text("Passives (7–8)", "中立者（7–8 分）")),
    ("promoters", "promoter", Text("Promoters (9–10)", "推荐者（9–10 分）")),
)


class Shares:
    """The bar of the question that asks about the whole (of each programme)."""

    needs = (NPS.table,)
    by_programme = True

    def _row(self, basis: Basis) -> Row | None:
        rows = rows_of.everybody(basis[NPS.table])
        _, of_period = rows_of.latest(rows, NPS)
        shown = [row for row in of_period if rows_of.reading(row, NPS)]
        return rows_of.whole(shown) or max(shown, key=lambda row: row["n"], default=None)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        row = self._row(basis)
        if row is None:
            return None
        return Finding(
            headline=_headline(row, language),
            lede=_lede(row, language),
            figures=_figures(row, basis, language),
            reading=Text(
                "Share of answers on the scale 0 to 10, every answer counting once. The score is "
                "promoters minus "
                "detractors, from −100 to 100.",
                "0 至 10 分各档答案占比，每份答案权重相同。净推荐值为推荐者占比减贬损者占比，范围 −100 至 "
                "100。",
            ).in_(language),
            next_step=_next_step(row, language),
            weight=_weight(row),
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        row = self._row(basis)
        return None if row is None else _bar(row, language, width)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        row = self._row(basis)
        rows = [
            other
            for other in rows_of.everybody(basis[NPS.table])
            if row and other["question_id"] == row["question_id"]
        ]
        order = rows_of.period_order(rows)
        rows.sort(key=lambda one: (-order.index(one["period"] or ""), one["touchpoint_id"] or ""))
        return NPS.table, pa.Table.from_pylist([dict(one) for one in rows], schema=basis[NPS.table].schema)


SHARES = Shares()


def _weight(row: Row) -> int:
    """More for a fall, less where not even the sign can be told."""
    if row["verdict"] == "worse":
        return 85
    low, high = _best(row, "low"), _best(row, "high")
    return 40 if low is None or high is None or low <= 0 <= high else 70


def _headline(row: Row, language: Language) -> str:
    value, previous = number(row["value"], 1), rows_of.when(row["previous_period"] or "", language)
    if row["verdict"] in {"better", "worse"}:
        rose = row["verdict"] == "better"
        change = number(abs(row["difference"]), 1)
        return Text(
            f"The Net Promoter Score {'rose' if rose else 'fell'} by {change} points since {previous}: "
            f"{VERDICT_WORDS[row['verdict']].en}",
            f"净推荐值较{previous}{'上升' if rose else '下降'} {change} 分："
            f"{VERDICT_WORDS[row['verdict']].zh}",
        ).in_(language)
    low, high = _best(row, "low"), _best(row, "high")
    if low is not None and low > 0:
        words = Text(
            f"Promoters outnumber detractors: the Net Promoter Score is {value}",
            f"推荐者多于贬损者，净推荐值为 {value}",
        )
    elif high is not None and high < 0:
        words = Text(
            f"Detractors outnumber promoters: the Net Promoter Score is {value}",
            f"贬损者多于推荐者，净推荐值为 {value}",
        )
    else:
        words = Text(
            f"Whether promoters outnumber detractors cannot be told: the Net Promoter Score is {value}",
            f"推荐者是否多于贬损者尚不能断定，净推荐值为 {value}",
        )
    return words.in_(language)


def _best(row: Row, what: str) -> float | None:
    weighted: float | None = row[f"weighted_{what}"]
    return row[what] if weighted is None else weighted


def _lede(row: Row, language: Language) -> str:
    when = rows_of.when(row, language)
    shares = {name: percent(row[name], language, 1) for name, _, _ in GROUPS}
    first = Text(
        f"{f'In {when}, ' if when else ''}{shares['promoters']} would recommend us gladly, "
        f"{shares['passives']} are "
        f"indifferent and {shares['detractors']} would advise against or hesitate.",
        f"{f'{when}，' if when else ''}{shares['promoters']}乐于推荐，{shares['passives']}态度中立，"
        f"{shares['detractors']}不愿推荐或有所保留。",
    )
    if not row["previous_period"]:
        second = Text(
            "No earlier period asked this question, so nothing is said about a change.",
            "此前没有一期问过这道题，因此不谈变化。",
        )
    elif row["verdict"] == "cannot_tell":
        previous = row["previous_period"]
        second = Text(
            f"Whether it changed since {rows_of.when(previous, 'en')} cannot be told.",
            f"与{rows_of.when(previous, 'zh')}相比是否变化尚不能断定。",
        )
    else:
        second = Text("The difference stands after correction.", "该差异经校正后仍成立。")
    return f"{first.in_(language)}{' ' if language == 'en' else ''}{second.in_(language)}"


def _figures(row: Row, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    verdict = VERDICT_WORDS.get(row["verdict"] or "")
    figures = [
        Figure(
            label=NPS.name.in_(language),
            value=number(row["value"], 1),
            note=f"{named} {interval(row['low'], row['high'], language, 1)} · n = {number(row['n'])}"
            + (f" · {verdict.in_(language)}" if verdict else ""),
            tone=tone_of(row["verdict"]),
        )
    ]
    if row["weighted_value"] is not None:
        note = f"{named} {interval(row['weighted_low'], row['weighted_high'], language, 1)}"
        note += Text(
            f" · effective n = {number(row['effective_n'])}", f" · 有效样本量 {number(row['effective_n'])}"
        ).in_(language)
        if row["clusters"]:
            note += Text(
                f" · {number(row['clusters'])} clusters", f" · {number(row['clusters'])} 个抽样群"
            ).in_(language)
        label = Text("Weighted to all customers", "按总体加权").in_(language)
        figures.append(Figure(label, number(row["weighted_value"], 1), note))
    return tuple(figures)


def _next_step(row: Row, language: Language) -> NextStep:
    asked = rows_of.when(row, language)
    if not row["previous_period"]:
        check = Text(
            "Ask the same question in the next period: from then on Peakend gives a verdict.",
            "下一期沿用同一题目：自此 Peakend 即可给出变化的结论。",
        )
    else:
        check = Text("The verdict of the next period.", "看下一期的结论。")
    return NextStep(
        who=Text("The owner of the survey", "调查负责人").in_(language),
        what=Text(
            f"Read the reasons the detractors{f' of {asked}' if asked else ''} gave, sort them by "
            "touchpoint, and give the "
            "largest heap an owner.",
            f"阅读{asked}贬损者给出的理由，按接触点归类，为最集中的一类指定负责人。",
        ).in_(language),
        check=check.in_(language),
    )


def _bar(row: Row, language: Language, width: int) -> Spec:
    """One stacked bar; the outer labels above their ends, the middle one below, so that none can meet."""
    tall, top = (44, 30) if not is_phone(width) else (40, 30)
    values, start = [], 0.0
    labels: list[Spec] = []
    for name, token, words in GROUPS:
        share = float(row[name] or 0)
        end = start + share * width
        values.append({"group": name, "share": share, "x": start, "x2": end, "colour": colour(token)})
        text = f"{words.in_(language)} {percent(share, language, 1)}"
        room = text_width(text, LABEL_SIZE)
        if name == "detractors":
            labels.append({"t": text, "x": 0, "y": 14, "align": "left"})
        elif name == "promoters":
            labels.append({"t": text, "x": width, "y": 14, "align": "right"})
        else:
            middle = min(max((start + end) / 2, room / 2), width - room / 2)
            labels.append({"t": text, "x": middle, "y": top + tall + 18, "align": "center"})
        start = end
    return _layers(values, labels, width, top, tall)


def _layers(values: list[Spec], labels: list[Spec], width: int, top: float, tall: float) -> Spec:
    height = top + tall + 30
    x = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, width], "range": [0, width], "nice": False},
    }
    y = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, height], "range": [0, height], "nice": False},
    }
    bars: Spec = {
        "data": {"values": values},
        "mark": {"type": "rect", "stroke": colour("paper"), "strokeWidth": 1.5},
        "encoding": {
            "x": {"field": "x", **x},
            "x2": {"field": "x2"},
            "y": {"value": top},
            "y2": {"value": top + tall},
            "fill": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
    words: list[Spec] = [
        {
            "data": {"values": [label]},
            "mark": {
                "type": "text",
                "align": label["align"],
                "baseline": "middle",
                "fontSize": LABEL_SIZE,
                "fontWeight": 600,
                "color": colour("ink"),
            },
            "encoding": {
                "x": {"field": "x", **x},
                "y": {"field": "y", **y},
                "text": {"field": "t", "type": "nominal"},
            },
        }
        for label in labels
    ]
    return {
        "width": width,
        "height": height,
        "autosize": "none",
        "padding": 0,
        "layer": [bars, *words],
    }
