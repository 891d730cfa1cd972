"""What the ratings measure: which questions rise and fall together, and which stand alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

ITEMS = "reliability_items"
DIMENSIONS = "reliability_by_dimension"
EIGENVALUES = "factor_eigenvalues"
FEW = 3


@dataclass(frozen=True, slots=True)
class _View:
    period: str
    groups: list[list[Row]]
    alone: list[Row]
    dimensions: list[Row]
    questions: int
    n: int

    @property
    def loose(self) -> list[Row]:
        """Declared dimensions whose questions do not measure one thing."""
        return [row for row in self.dimensions if row["reading"] == "does_not"]

    @property
    def spoiled(self) -> list[Row]:
        """Questions that lower the consistency of their dimension."""
        return [row for row in (*chain(*self.groups), *self.alone) if row["lowers"]]


class Reliability:
    """The questions of the latest period, by the group they belong to."""

    needs = (ITEMS, DIMENSIONS, EIGENVALUES)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        rows = [row for row in basis[ITEMS].to_pylist() if not row["hidden"]]
        grouped = [row for row in rows if row["loading"] is not None]
        if not grouped:
            return None
        numbers = sorted({row["factor"] for row in grouped if row["factor"] is not None})
        strongest = sorted(grouped, key=lambda row: (-abs(row["loading"]), row["question_id"]))
        tests = basis[EIGENVALUES].to_pylist()
        return _View(
            period=rows_of.period_order(grouped)[-1],
            groups=[[row for row in strongest if row["factor"] == number] for number in numbers],
            alone=[row for row in strongest if row["factor"] is None],
            dimensions=[row for row in basis[DIMENSIONS].to_pylist() if not row["hidden"]],
            questions=len(grouped),
            n=max((row["n"] for row in tests), default=0),
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None or not view.groups:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=Text(
                "Each dot is how far a question moves with its group, the other groups held equal: 1 "
                "entirely, 0 not at all; below 0.4 it stands alone. Groups are kept where they explain more "
                "than shuffled answers do in 95 of 100 draws.",
                "圆点表示其他组不变时该题随本组变动的程度：1 为完全一致，0 为毫无关系，"
                "低于 0.4 视为自成一项。"
                "只有解释力超过 95% 的打乱答案时才保留为一组。",
            ).in_(language),
            caution=Text(
                "Questions that stand in one block of the form resemble each other for that reason, too. "
                "Groups are about answers; they say nothing of causes.",
                "问卷中排在一起的题目，答案本来就会相似。分组只关乎答案，不说明原因。",
            ).in_(language),
            next_step=_next_step(view, language),
            weight=28 if view.loose or view.spoiled else 18,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None or not view.groups:
            return None
        rows: list[Dot] = []
        for place, group in enumerate(view.groups):
            rows.append(Dot(_title(place, group, language), heading=True))
            rows += [_dot(row, language) for row in group]
        if view.alone:
            rows.append(Dot(Text("Stand alone", "自成一项").in_(language), heading=True))
            rows += [_dot(row, language) for row in view.alone]
        lowest = min(dot.value for dot in rows if dot.value is not None)
        return dots(
            rows,
            width,
            language,
            decimals=2,
            limits=(min(0.0, lowest), 1.0),
            base_title=Text("answers", "答案数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = [] if view is None else [*chain(*view.groups), *view.alone]
        return ITEMS, pa.Table.from_pylist([dict(row) for row in rows], schema=basis[ITEMS].schema)


RELIABILITY = Reliability()


def _label(row: Row, language: Language) -> str:
    return str(row["label_zh"] if language == "zh" else row["label_en"])


def _names(rows: list[Row], language: Language) -> str:
    return listing([shortened_to(_label(row, language), 60) for row in rows], language)


def _title(place: int, group: list[Row], language: Language) -> str:
    return Text(f"Group {place + 1}: {len(group)} questions", f"第 {place + 1} 组：{len(group)} 题").in_(
        language
    )


def _dot(row: Row, language: Language) -> Dot:
    lowers = bool(row["lowers"])
    word = Text("unlike its dimension", "与所属维度不合").in_(language) if lowers else ""
    return Dot(
        _label(row, language),
        row["loading"],
        base=number(row["n"]),
        tone="act" if lowers else "plain",
        word=word,
    )


def _headline(view: _View, language: Language) -> str:
    count = len(view.groups)
    first = Text(
        f"{view.questions} ratings measure {count} different thing{'s' if count > 1 else ''}",
        f"{view.questions} 道评分题实际只测量了 {count} 样东西",
    )
    if view.alone:
        more = len(view.alone)
        first = Text(
            f"{first.en}, and {more} stand{'s' if more == 1 else ''} alone",
            f"{first.zh}，另有 {more} 题自成一项",
        )
    return first.in_(language)


def _lede(view: _View, language: Language) -> str:
    parts = [
        Text(
            f"{len(group)} around {_names(group[:2], 'en')}",
            f"以{_names(group[:2], 'zh')}为首的 {len(group)} 题",
        )
        for group in view.groups
    ]
    sentences = [
        Text(
            "Ratings of one group rise and fall together: " + "; ".join(part.en for part in parts) + ".",
            "同组评分同升同降：" + "；".join(part.zh for part in parts) + "。",
        )
    ]
    if view.loose:
        names = [row["dimension"] for row in view.loose[:FEW]]
        sentences.append(
            Text(
                f"The questions under “{listing(names, 'en')}” do not measure one thing: their mean hides "
                "more than it shows.",
                f"“{listing(names, 'zh')}”下的题目并非测量同一事物：取平均会掩盖差异。",
            )
        )
    if view.spoiled:
        names = [shortened_to(row["label_en"], 60) for row in view.spoiled[:FEW]]
        zh = [shortened_to(row["label_zh"], 60) for row in view.spoiled[:FEW]]
        verb = "fits" if len(names) == 1 else "fit"
        sentences.append(
            Text(
                f"{listing(names, 'en')} {verb} badly with the dimension declared for "
                f"{'it' if len(names) == 1 else 'them'}.",
                f"{listing(zh, 'zh')}与所声明的维度不相合。",
            )
        )
    return ("" if language == "zh" else " ").join(sentence.in_(language) for sentence in sentences)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    known = sorted(
        (row for row in view.dimensions if row["alpha"] is not None),
        key=lambda row: (row["alpha"], row["dimension"]),
    )
    when = rows_of.when(view.period, language)
    found = [
        Figure(
            Text("Things measured", "实际测量的事物").in_(language),
            number(len(view.groups)),
            Text(
                f"by {view.questions} questions · n = {number(view.n)}{f' · {when}' if when else ''}",
                f"共 {view.questions} 题 · n = {number(view.n)}{f' · {when}' if when else ''}",
            ).in_(language),
        )
    ]
    for row in [*known[:1], *known[1:][-1:]]:
        ends = interval(row["alpha_low"], row["alpha_high"], language, 2)
        found.append(
            Figure(
                Text(f"Consistency (α) of “{row['dimension']}”", f"“{row['dimension']}”的一致性（α）").in_(
                    language
                ),
                number(row["alpha"], 2),
                f"{named} {ends} · n = {number(row['n'])}",
                "act" if row["reading"] == "does_not" else "plain",
            )
        )
    return tuple(found)


def _next_step(view: _View, language: Language) -> NextStep:
    owner = Text("The owner of the survey", "调查负责人").in_(language)
    if view.loose:
        names = listing([row["dimension"] for row in view.loose[:FEW]], language)
        what = Text(
            f"Report the questions under “{names}” one by one, or ask again what they have in common.",
            f"“{names}”下的题目请逐题报告，或重新考虑它们的共同之处。",
        )
        check = Text(
            "The next period's consistency of what is averaged lies above 0.7, interval included.",
            "下一期凡取平均的维度，其一致性连同区间均高于 0.7。",
        )
    else:
        longest = max(view.groups, key=len)
        what = Text(
            f"Try a shorter form: of the {len(longest)} questions around {_names(longest[:1], 'en')}, keep "
            "those that somebody acts upon.",
            f"尝试缩短问卷：以{_names(longest[:1], 'zh')}为首的 {len(longest)} 题中，"
            "只保留有人据以行动的题目。",
        )
        check = Text(
            "With fewer questions the same number of groups comes out, and more people finish the form.",
            "题目减少后组数不变，且更多人答完问卷。",
        )
    return NextStep(who=owner, what=what.in_(language), check=check.in_(language))
