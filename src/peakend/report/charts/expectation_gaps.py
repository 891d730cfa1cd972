"""What customers expected and what they found, item by item: where it falls short, where it is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dumbbells import Dumbbell, dumbbells
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number, percent, share_interval, signed

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

TABLE = "expectation_gaps"
FEW = 3
MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class _View:
    """The latest wave with gaps that may be shown, or all months; largest shortfall first."""

    period: str
    items: list[Row]
    whole: Row | None

    def having(self, column: str, value: str) -> list[Row]:
        return [row for row in self.items if row[column] == value]

    @property
    def short(self) -> list[Row]:
        return self.having("verdict", "short_of_expectation")

    @property
    def above(self) -> list[Row]:
        return self.having("verdict", "above_expectation")

    @property
    def over(self) -> list[Row]:
        return self.having("service", "over_serviced")


class ExpectationGaps:
    """The items of the latest wave, or of all months together."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        rows: list[Row] = basis[TABLE].to_pylist()
        together = [row for row in rows if row["period_kind"] == "all"]
        rows = together or rows
        for period in reversed(rows_of.period_order(rows)):
            shown = [row for row in rows_of.of_period(rows, period) if not row["hidden"]]
            items = [row for row in shown if row["level"] == "item" and row["gap"] is not None]
            if items:
                whole = next((row for row in shown if row["level"] == "all"), None)
                return _View(period, sorted(items, key=lambda row: (row["gap"], row["item"])), whole)
        return None

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, basis, language),
            figures=_figures(view, basis, language),
            reading=_reading(basis, language),
            caution=Text(
                "Expectations asked after the visit are coloured by it, and who expects near the top can "
                "hardly be surpassed. What goes together with the overall score need not cause it.",
                "事后询问的期望会受体验影响；期望接近满分的人也很难再被超越。与总体评分相关，未必是其原因。",
            ).in_(language),
            next_step=_next_step(view, basis, language),
            weight=60 if view.short or view.over else 30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        rows = [
            Dumbbell(
                _label(row, language),
                row["expectation"],
                row["perception"],
                f"{signed(row['gap'], 1)} {_word(row, language)}".strip(),
                number(row["n"]),
                _tone(row),
                _end(row, "gap_low"),
                _end(row, "gap_high"),
            )
            for row in view.items[:MOST_ROWS]
        ]
        return dumbbells(
            rows,
            width,
            language,
            names=(Text("expected", "期望"), Text("found", "感知")),
            limits=(0.0, 100.0),
            base_title=Text("answers", "答案数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = [] if view is None else [*([view.whole] if view.whole else []), *view.items]
        return TABLE, pa.Table.from_pylist([dict(row) for row in rows], schema=basis[TABLE].schema)


EXPECTATION_GAPS = ExpectationGaps()


def _label(row: Row, language: Language) -> str:
    return str(row["label_zh"] if language == "zh" else row["label_en"])


def _names(rows: list[Row], language: Language) -> str:
    return listing([shortened_to(_label(row, language), 60) for row in rows], language)


def _end(row: Row, end: str) -> float | None:
    """Where the interval of the gap ends, seen from the expectation."""
    if row[end] is None:
        return None
    return min(max(float(row["expectation"] + row[end]), 0.0), 100.0)


def _tone(row: Row) -> Tone:
    if row["verdict"] == "short_of_expectation":
        return "act"
    return "good" if row["verdict"] == "above_expectation" else "plain"


def _word(row: Row, language: Language) -> str:
    if row["service"] == "over_serviced":
        return Text("more than pays", "超出却无回报").in_(language)
    words = {
        "short_of_expectation": Text("short", "不足"),
        "above_expectation": Text("above", "超出"),
        "cannot_tell": Text("cannot tell", "尚不能断定"),
    }
    return words[row["verdict"]].in_(language)


def _headline(view: _View, language: Language) -> str:
    count, short, above = len(view.items), view.short, view.above
    if short:
        worst = shortened_to(_label(short[0], language), 60)
        verb = "falls" if len(short) == 1 else "fall"
        some = Text(f"{len(short)} of {count} services {verb}", f"{count} 项服务中有 {len(short)} 项")
        if len(short) == count > 1:
            some = Text(f"All {count} services fall", f"{count} 项服务全部")
        elif count == 1:
            some = Text("The one service falls", "唯一的一项服务")
        return Text(
            f"{some.en} short of what customers expect, most of all {worst}",
            f"{some.zh}低于客户期望，差距最大的是{worst}",
        ).in_(language)
    if view.over:
        names = _names(view.over[:FEW], language)
        return Text(
            f"{names} {'gives' if len(view.over) == 1 else 'give'} more than customers expect, and next to "
            "nothing of it shows in the overall score",
            f"{names}超出客户期望，却几乎不见于总体评分",
        ).in_(language)
    if above:
        return Text(
            f"{len(above)} of {count} services {'exceeds' if len(above) == 1 else 'exceed'} what "
            "customers expect",
            f"{count} 项服务中有 {len(above)} 项超出客户期望",
        ).in_(language)
    return Text(
        "No service is clearly above or below what customers expect", "没有服务明显高于或低于客户期望"
    ).in_(language)


def _lede(view: _View, basis: Basis, language: Language) -> str:
    when = "" if view.period == "all" else rows_of.when(view.period, language)
    sentences = []
    if view.whole is not None:
        expected, found = number(view.whole["expectation"]), number(view.whole["perception"])
        sentences.append(
            Text(
                f"{f'In {when}, customers' if when else 'Customers'} expected {expected} of 100 points on "
                f"average and found {found}.",
                f"{f'{when}：' if when else ''}客户平均期望 {expected} 分（满分 100），实际感知 {found} 分。",
            )
        )
        sentences += _relation(view.whole, basis)
    if view.short and view.over:
        names = Text(_names(view.over[:FEW], "en"), _names(view.over[:FEW], "zh"))
        sentences.append(
            Text(
                f"More than expected that earns nothing: {names.en}.",
                f"超出期望却无回报的：{names.zh}。",
            )
        )
    return ("" if language == "zh" else " ").join(sentence.in_(language) for sentence in sentences)


def _relation(whole: Row, basis: Basis) -> list[Text]:
    """What the gap says about the overall judgement beyond perception."""
    if whole["adds_p"] is None:
        return []
    points = number(abs(whole["adds"]), 1)
    if whole["adds_p"] > basis.settings.alpha:
        return [
            Text(
                "Among customers who found it equally good, those who expected less judge the whole no "
                "differently.",
                "在感知相同的客户中，期望较低者的总体评价并无不同。",
            )
        ]
    more = whole["adds"] > 0
    return [
        Text(
            f"Among customers who found it equally good, 10 points less expected go with {points} points "
            f"{'more' if more else 'less'} of the overall score.",
            f"在感知相同的客户中，期望每低 10 分，总体评分{'高' if more else '低'} {points} 分。",
        )
    ]


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    found = []

    def gap(label: str, row: Row, tone: Tone) -> Figure:
        ends = interval(row["gap_low"], row["gap_high"], language, 1)
        return Figure(label, signed(row["gap"], 1), f"{named} {ends} · n = {number(row['n'])}", tone)

    if view.whole is not None and len(view.items) > 1:
        found.append(
            gap(Text("Found minus expected", "感知减期望").in_(language), view.whole, _tone(view.whole))
        )
    worst = view.items[0]
    found.append(gap(shortened_to(_label(worst, language), 60), worst, _tone(worst)))
    best = max(view.items, key=lambda row: (row["far_better"] or 0, row["item"]))
    if best["far_better"] is not None:
        ends = share_interval(best["far_better_low"], best["far_better_high"], language)
        label = Text("Far better than expected, at most: ", "远超期望，最多的是：").in_(language)
        found.append(
            Figure(
                label + shortened_to(_label(best, language), 50),
                percent(best["far_better"], language),
                f"{named} {ends} · n = {number(best['n'])}",
            )
        )
    return tuple(found)


def _reading(basis: Basis, language: Language) -> str:
    errors = percent(basis.settings.alpha, language, 0)
    return Text(
        "On 0 to 100 for every scale: the ring is what was expected, the dot what was found by the same "
        "people, the pale band the interval of the gap. A gap is named only where chance is ruled out, at "
        f"most {errors} false alarms over all. “More than pays” stands where the surplus was shown to go "
        "with less than 1 point of the overall score for every 10 points.",
        "各量表统一为 0 至 100 分：圆环为期望，圆点为感知，均来自同一批人，浅色带为差距的区间。"
        f"只有排除偶然后才给出判断（全部行合计误报不超过 {errors}）。"
        "“超出却无回报”指已证明每超出 10 分，总体评分提升不到 1 分。",
    ).in_(language)


def _next_step(view: _View, basis: Basis, language: Language) -> NextStep:
    targets = (view.short or view.over or view.items)[:FEW]
    names = _names(targets, language)
    owners = sorted({basis.owners[t] for row in targets if (t := row["touchpoint_id"]) in basis.owners})
    who = listing(owners, language) or Text(f"Whoever answers for {names}", f"{names}的负责人").in_(language)
    if view.over and not view.short:
        what = Text(
            f"Try a little less of it at {names} on some days, and keep it on the others.",
            f"选若干天适度缩减{names}，其余日子保持不变。",
        )
        check = Text(
            "The overall score of those days does not fall below the others'.",
            "这些天的总体评分不低于其他日子。",
        )
    else:
        what = Text(
            f"Find out who raised the expectation at {names} (advertising, staff, rivals), then decide: keep "
            "the promise, or promise less.",
            f"查明{names}的期望由何而来（广告、员工、对手），再决定：兑现承诺，或降低承诺。",
        )
        check = Text(
            "The next period's gap lies above the upper end of this one's interval.",
            "下一期的差距高于本期区间的上限。",
        )
    return NextStep(who=who, what=what.in_(language), check=check.in_(language))
