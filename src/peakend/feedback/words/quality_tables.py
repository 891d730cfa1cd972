"""The analysis `answer_quality`: straight lines, copied texts, and texts that say nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.declaration import ARROW_TYPES, Inputs, Results, Settings
from peakend.feedback.comparison import holm
from peakend.feedback.intervals import wilson
from peakend.feedback.publishing import published
from peakend.feedback.score_counts import read_questions
from peakend.feedback.sheets import Responses, Sheet, answer_sheet
from peakend.feedback.suppression import Suppression
from peakend.feedback.words.duplicates import duplicates_read
from peakend.feedback.words.quality_columns import QUALITY
from peakend.feedback.words.straightliners import LEAST_ITEMS, NoLinesError, straight_liners
from peakend.feedback.words.texts import read_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.feedback.periods import Period

Row = dict[str, Any]
Flags = NDArray[np.bool_]

_TEXT_KINDS = (
    ("copied_texts", ""),
    ("empty_texts", "empty"),
    ("nothing_said", "nothing_said"),
    ("system_texts", "system"),
)


def quality_table(inputs: Inputs) -> Results:
    """The table `answer_quality`: a row a kind in every period in which it can occur."""
    rows = [*_judged(list(_lines(inputs)), inputs.settings.alpha), *_texts(inputs)]
    rows.sort(key=lambda row: (row["programme"], row["period_kind"], row["period"], row["kind"]))
    columns = {
        column.name: pa.array([row.get(column.name) for row in rows], ARROW_TYPES[column.type])
        for column in QUALITY.columns
    }
    small = np.array([row["n"] < inputs.settings.minimum_base for row in rows], dtype=bool)
    return {QUALITY.name: published(QUALITY, columns, Suppression(small, np.zeros(len(rows), dtype=bool)))}


def _lines(inputs: Inputs) -> Iterator[Row]:
    """Straight lines among the parts' questions that share the commonest scale."""
    every = read_questions(inputs)
    sheet = answer_sheet(inputs, every)
    whole = sheet.responses()
    of_period = [whole.take(whole.period == place) for place in range(len(sheet.periods))]
    overall = _overall(sheet, of_period)
    for period, responses in zip(sheet.periods, of_period, strict=True):
        items = _items(sheet, responses)
        if len(items) >= 2:
            line = _line(sheet, responses, items, overall.get(period.programme), inputs.settings)
            yield {**_where(period), **line}


def _judged(rows: list[Row], alpha: float) -> list[Row]:
    """More than chance where p, corrected by Holm over the periods of the programme, is at most `alpha`."""
    tested = [row for row in rows if row.get("p_value") is not None]
    programmes = sorted({row["programme"] for row in tested})
    adjusted, _ = holm(
        [row["p_value"] for row in tested], [programmes.index(row["programme"]) for row in tested]
    )
    for row, p in zip(tested, adjusted.tolist(), strict=True):
        row["adjusted_p"] = p
        more = p <= alpha and row["excess"] > 0
        row["verdict"] = "more_than_chance" if more else "not_more_than_chance"
    return rows


def _items(sheet: Sheet, responses: Responses) -> list[int]:
    """Places of the questions about parts that were answered, on the scale most of them share."""
    asked = [
        place
        for place, question in enumerate(sheet.questions)
        if not question.overall
        and np.isfinite(question.scale).all()
        and not np.isnan(responses.scores[:, place]).all()
    ]
    scales = Counter(sheet.questions[place].scale for place in asked)
    if not scales:
        return []
    commonest = min(scales, key=lambda scale: (-scales[scale], scale))
    return [place for place in asked if sheet.questions[place].scale == commonest]


def _line(
    sheet: Sheet, responses: Responses, items: list[int], overall: int | None, settings: Settings
) -> Row:
    scores = responses.scores[:, items]
    row: Row = {"kind": "straight_lines", "items": len(items), "verdict": "not_tested"}
    try:
        found = straight_liners(scores, responses.cluster.tolist(), confidence=settings.confidence)
    except NoLinesError as cause:
        n = int(((~np.isnan(scores)).sum(axis=1) >= LEAST_ITEMS).sum())
        return {**row, "n": n, "reason": str(cause.data["why"])}
    row |= {
        "n": found.n,
        "share": found.share.value,
        "share_low": found.share.low,
        "share_high": found.share.high,
        "chance": found.chance,
        "excess": found.excess.value,
        "excess_low": found.excess.low,
        "excess_high": found.excess.high,
        "p_value": found.excess.p,
    }
    if overall is None:
        return row
    plain, careful, gap = found.effect(responses.scores[:, overall], settings.confidence)
    if np.isnan(plain):
        return row
    return row | {
        "question_id": sheet.questions[overall].question_id,
        "score": plain,
        "score_without": careful,
        "difference": gap.value,
        "difference_low": gap.low,
        "difference_high": gap.high,
    }


def _overall(sheet: Sheet, of_period: Sequence[Responses]) -> dict[str, int]:
    """The overall question of each programme that most have answered; the first of those that tie."""
    places = [place for place, question in enumerate(sheet.questions) if question.overall]
    answers: dict[str, Counter[int]] = {}
    for period, responses in zip(sheet.periods, of_period, strict=True):
        counted = (~np.isnan(responses.scores[:, places])).sum(axis=0).tolist()
        answers.setdefault(period.programme, Counter()).update(dict(zip(places, counted, strict=True)))
    return {
        name: min(found, key=lambda place: (-found[place], place))
        for name, found in answers.items()
        if found.total() > 0
    }


def _texts(inputs: Inputs) -> Iterator[Row]:
    """Copies and empty texts of every period; copies are looked for within a programme, over all periods."""
    texts = read_texts(inputs)
    if not len(texts):
        return
    programme = np.array([texts.periods[p].programme for p in texts.period], dtype=object)
    copied = np.zeros(len(texts), dtype=bool)
    for name in sorted(set(programme.tolist())):
        rows = np.flatnonzero(texts.worded & (programme == name))
        found = duplicates_read([texts.text[row] for row in rows.tolist()])
        copied[rows] = (found.group >= 0) & ~found.first
    says = np.array(texts.says, dtype=object)
    for place, period in enumerate(texts.periods):
        mine = texts.period == place
        for kind, what in _TEXT_KINDS:
            flags = copied if what == "" else says == what
            yield {**_where(period), "kind": kind, **_counted(flags[mine], inputs.settings)}


def _counted(flags: Flags, settings: Settings) -> Row:
    n, share = len(flags), float(flags.mean())
    low, high = wilson(share, n, settings.confidence)
    return {
        "n": n,
        "verdict": "counted",
        "share": share,
        "share_low": float(low),
        "share_high": float(high),
    }


def _where(period: Period) -> Row:
    return {
        "programme": period.programme,
        "period": period.label,
        "period_kind": period.kind,
        "period_start": period.start,
    }
