"""Sentences that every chart of scores says alike: bases, intervals, changes, hidden cells."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.finding import Figure, tone_of
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number
from peakend.report.standing import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.declaration import Settings
    from peakend.report.charts.score_rows import Measure, Reading, Row


def base_and_interval(score: Reading, measure: Measure, settings: Settings, language: Language) -> str:
    """ "95 % 3.58 to 3.65 · n = 2,421"."""
    ends = interval(
        score.low, score.high, language, max(measure.decimals, 1) if measure.per_cent else measure.decimals
    )
    unit = Text("\u00a0%", "%").in_(language) if measure.per_cent and score.low is not None else ""
    named = f"{level(settings.confidence, language)} {ends}{unit}" if score.low is not None else ends
    weighted = Text(" · weighted", " · 已加权").in_(language) if score.weighted else ""
    return f"{named} · n = {number(score.n)}{weighted}"


def whole_figure(row: Row | None, measure: Measure, settings: Settings, language: Language) -> Figure | None:
    """The score of the whole, with the verdict on its change."""
    score = rows_of.reading(row, measure) if row else None
    if row is None or score is None:
        return None
    stored = score.value / 100 if measure.per_cent else score.value
    note = base_and_interval(score, measure, settings, language)
    verdict = VERDICT_WORDS.get(row["verdict"] or "")
    if verdict:
        previous = rows_of.when(row["previous_period"] or "", language)
        since = Text(f" since {previous}", f"（与{previous}相比）").in_(language) if previous else ""
        note = f"{note} · {verdict.in_(language)}{since}"
    value = measure.written(stored, language)
    return Figure(measure.of_whole.in_(language), value, note, tone_of(row["verdict"]))


def since_words(rows: Sequence[Row], language: Language) -> str:
    """How many of `rows` changed since the period before, or that there is none; empty when mixed."""
    previous = {row["previous_period"] for row in rows if row["previous_period"]}
    if not previous:
        return Text("There is no earlier period to compare with.", "没有更早的期间可比。").in_(language)
    counts = Counter(row["verdict"] for row in rows if row["previous_period"] and row["verdict"])
    if set(counts) == {"cannot_tell"}:
        return _nothing_clear(sum(counts.values()), previous, language)
    words = [
        f"{count} {VERDICT_WORDS[name].in_(language)}"
        if language == "en"
        else f"{count} 项{VERDICT_WORDS[name].zh}"
        for name in ("better", "worse", "cannot_tell")
        if (count := counts[name])
    ]
    if not words:
        return ""
    head = _since(previous, language)
    return f"{head}: {', '.join(words)}." if language == "en" else f"{head}：{'、'.join(words)}。"


def _nothing_clear(count: int, previous: set[str], language: Language) -> str:
    if count == 1:
        words = Text("it cannot be told whether it changed.", "是否变化尚不能断定。")
    else:
        words = Text(
            f"whether any of the {count} changed cannot be told.", f"{count} 项是否变化均尚不能断定。"
        )
    return f"{_since(previous, language)}{', ' if language == 'en' else '，'}{words.in_(language)}"


def _since(previous: set[str], language: Language) -> str:
    if len(previous) == 1:
        when = rows_of.when(next(iter(previous)), language)
        return Text(f"Since {when}", f"与{when}相比").in_(language)
    return Text("Since the period before", "与上一期相比").in_(language)


def hidden_words(hidden: Sequence[str], least: int, language: Language) -> str:
    """Names what is hidden and why; empty when nothing is."""
    if not hidden:
        return ""
    named = [shortened_to(name, 40) for name in hidden[:6]]
    if len(hidden) > 6:
        named.append(Text(f"{len(hidden) - 6} more", f"另外 {len(hidden) - 6} 项").in_(language))
    return Text(
        f"Not shown: {listing(named, 'en')}. Cells with fewer than {least} answers are hidden, and with "
        "them the "
        "next smallest where subtraction would bring them back.",
        f"未显示：{listing(named, 'zh')}。少于 {least} 份答案的单元不予公布；若相减可推出，"
        "则次小的单元一并隐藏。",
    ).in_(language)


def scale_words(row: Row, measure: Measure, language: Language) -> str:
    """ " (1 to 5)": the scale, where the measure is on it."""
    low, high = row["scale_low"], row["scale_high"]
    if measure.table not in {rows_of.RATING.table, rows_of.CES.table} or low is None or high is None:
        return ""
    return Text(f" on the scale {low:g} to {high:g}", f"（量表 {low:g} 至 {high:g}）").in_(language)
