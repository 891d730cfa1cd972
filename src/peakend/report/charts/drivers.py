"""What goes with the overall score: each part's share, and which parts cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import LANGUAGES, Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
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
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.driver_words import Row
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

MODELS, IMPORTANCE = "driver_models", "driver_importance"
FEW = 3


@dataclass(frozen=True, slots=True)
class _View:
    """One overall question: its model, its parts largest first, those left out, and the other questions."""

    model: Row
    parts: list[Row]
    left_out: list[Row]
    others: list[tuple[Row, list[Row]]]

    @property
    def leaders(self) -> list[Row]:
        return [row for row in self.parts if row["leader"]]

    @property
    def rest(self) -> list[Row]:
        return [row for row in self.parts if not row["leader"]]


class Drivers:
    """The parts of the overall question that is nearest to them, largest share first."""

    needs = (IMPORTANCE, MODELS)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        models = {
            (r["programme"], r["period"], r["outcome_id"]): r
            for r in basis[MODELS].to_pylist()
            if r["r2_p"] is not None and r["r2_p"] <= basis.settings.alpha
        }
        found: list[tuple[Row, list[Row]]] = []
        for rows in outcomes(basis[IMPORTANCE].to_pylist()):
            key = rows[0]["programme"], rows[0]["period"], rows[0]["outcome_id"]
            if key in models and any(row["share"] is not None for row in rows):
                found.append((models[key], rows))
        if not found:
            return None
        model, rows = found[0]
        return _View(
            model, _ordered(rows), [row for row in rows if not row["used"]], [(m, r) for m, r in found[1:]]
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, basis, language),
            figures=_figures(view, basis, language),
            reading=_reading(basis, language),
            caution=sentences(
                (not_cause(language), together(view.model, language), _left_out(view, language)), language
            ),
            next_step=_next_step(view, basis, language),
            weight=55,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        rows: list[Dot] = []
        groups = (
            (Text("Cannot be told from the first", "与首位无法区分"), view.leaders),
            (Text("Clearly less than the first", "明显低于首位"), view.rest),
        )
        for title, own in groups:
            if own and view.rest:
                rows.append(Dot(title.in_(language), heading=True))
            rows.extend(_dot(row, language) for row in own)
        return dots(
            rows,
            width,
            language,
            decimals=1,
            suffix="%",
            limits=(0.0, 100.0),
            base_title=Text("answers", "答案数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = [*view.parts, *view.left_out] if view else []
        return IMPORTANCE, pa.Table.from_pylist(rows, schema=basis[IMPORTANCE].schema)


DRIVERS = Drivers()


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted((row for row in rows if row["share"] is not None), key=lambda row: row["rank"])


def _dot(row: Row, language: Language) -> Dot:
    ends = (row["share_low"], row["share_high"])
    low, high = (None if end is None else 100 * end for end in ends)
    return Dot(part_name(row, language), 100 * row["share"], low, high, number(row["n"]))


def _headline(view: _View, language: Language) -> str:
    leaders, count = view.leaders, len(view.parts)
    whole = outcome_name(view.model, language)
    first = quoted(part_name(view.parts[0], language, 40))
    if count == 1:
        return Text(f"{first} goes with how {whole} is rated", f"{first}与{whole}的评价相伴").in_(language)
    if len(leaders) == count:
        return Text(
            f"Which of {count} parts has most to do with {whole} cannot be told",
            f"{count} 个部分中，哪一个与{whole}关联最大尚不能断定",
        ).in_(language)
    if len(leaders) <= FEW:
        names = part_names(leaders, language)
        verb = "has" if len(leaders) == 1 else "have"
        return Text(f"{names} {verb} most to do with {whole}", f"{names}与{whole}关联最大").in_(language)
    return Text(
        f"{first} comes first for {whole}, but {len(leaders)} of {count} parts cannot be told apart",
        f"与{whole}关联最大的看似是{first}，但 {count} 项中有 {len(leaders)} 项难分高下",
    ).in_(language)


def _lede(view: _View, basis: Basis, language: Language) -> str:
    whole, parts = outcome_name(view.model, language), view.parts
    all_together = Text(
        f"the {len(parts)} parts together go with "
        f"{percent(view.model['r2'], 'en')} of the differences between respondents in {whole}.",
        f"{len(parts)} 个部分合起来，与应答者在{whole}上差异的 {percent(view.model['r2'], 'zh')}相伴。",
    )
    return sentences(
        (
            rows_of.opening(view.model, all_together, language),
            _spread(parts).in_(language) if len(parts) > 1 else "",
            _halo(view, language),
            *(_other(model, rows, language) for model, rows in view.others[:2]),
        ),
        language,
    )


def _spread(parts: list[Row]) -> Text:
    first, last = parts[0], parts[-1]
    return Text(
        f"{quoted(part_name(first, 'en', 40))} takes {percent(first['share'], 'en', 1)} of that, "
        f"{quoted(part_name(last, 'en', 40))} {percent(last['share'], 'en', 1)}.",
        f"其中{quoted(part_name(first, 'zh', 40))}占 {percent(first['share'], 'zh', 1)}，"
        f"{quoted(part_name(last, 'zh', 40))}占 {percent(last['share'], 'zh', 1)}。",
    )


def _halo(view: _View, language: Language) -> str:
    if view.model["halo"] not in {"strong", "moderate"}:
        return ""
    share = {each: percent(view.model["common"], each) for each in LANGUAGES}
    words = Text(
        f"Whoever likes one part tends to like all: one common mood makes up {share['en']} of the "
        "differences between the parts.",
        f"喜欢其中一项的人往往样样都给高分：各部分的差异有 {share['zh']}来自同一种整体印象。",
    ).in_(language)
    if len(view.leaders) < 2:
        return words
    grouped = Text("That is why groups are shown and not a ranking.", "因此这里分组列示，而不排座次。")
    return sentences((words, grouped.in_(language)), language)


def _other(model: Row, rows: list[Row], language: Language) -> str:
    """One sentence on another overall question."""
    parts = _ordered(rows)
    leaders = sum(row["leader"] for row in parts)
    if len(parts) < 2:
        return ""
    whole, first = outcome_name(model, language), quoted(part_name(parts[0], language, 40))
    if leaders == 1:
        return Text(f"For {whole} it is {first} that comes first.", f"就{whole}而言，居首的是{first}。").in_(
            language
        )
    return Text(
        f"For {whole} it is {first} that comes first, though {leaders} of {len(parts)} cannot be told apart.",
        f"就{whole}而言，居首的看似是{first}，但 {len(parts)} 项中有 {leaders} 项难分高下。",
    ).in_(language)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    model, first = view.model, view.parts[0]
    together = share_interval(model["r2_low"], model["r2_high"], language, 0)
    own = share_interval(first["share_low"], first["share_high"], language)
    figures = [
        Figure(
            Text("Goes with the parts", "与各部分相伴").in_(language),
            percent(model["r2"], language),
            f"{named} {together} · n = {number(model['n'])}",
        ),
        Figure(
            part_name(first, language),
            percent(first["share"], language, 1),
            f"{named} {own} · n = {number(first['n'])}",
        ),
    ]
    if len(view.parts) > 1:
        figures.append(
            Figure(
                Text("Cannot be told from the first", "与首位无法区分").in_(language),
                number(len(view.leaders)),
                Text(
                    f"of {len(view.parts)} parts, the first included", f"共 {len(view.parts)} 项，含首位本身"
                ).in_(language),
            )
        )
    return tuple(figures)


def _reading(basis: Basis, language: Language) -> str:
    confidence = f"{basis.settings.confidence * 100:g}"
    return Text(
        "The dot is a part's share of what all parts explain together, averaged over every order in which "
        f"they could be counted (LMG); the line its {confidence} % interval. Who skipped a part counts with "
        "the parts they answered.",
        "圆点为该部分在各部分共同解释量中的份额，对所有计入次序取平均（LMG）；"
        f"横线为 {confidence}% 区间。跳答某项者，以其已答各项计入。",
    ).in_(language)


def _left_out(view: _View, language: Language) -> str:
    few = [row for row in view.left_out if row["reason"] in {"too_few_answered_it", "too_few_answers"}]
    if not few:
        return ""
    names = {each: part_names(few, each, 6) for each in LANGUAGES}
    return Text(
        f"Left out, because fewer than half of the respondents could judge it: {names['en']}.",
        f"因能作评价者不足一半而未计入：{names['zh']}。",
    ).in_(language)


def _next_step(view: _View, basis: Basis, language: Language) -> NextStep:
    open_to = [row for row in view.leaders if row["performance"] is not None] or view.leaders[:1]
    worst = [max(open_to, key=lambda row: row["share"] * (100 - (row["performance"] or 0)))]
    name = part_names(worst, language)
    return NextStep(
        who=owners_of(worst, basis, language),
        what=Text(
            f"Begin with {name}: of the parts in front it has most to gain. Change one thing, at "
            "some places or on some days only.",
            f"从{name}着手：在前列各项中，它可争取的余地最大。先只在部分地点或日期改动一处。",
        ).in_(language),
        check=Text(
            "Where it was changed, the part and the whole both rise more than elsewhere.",
            "改动之处，该项与总体评分的升幅都大于其他地方。",
        ).in_(language),
    )
