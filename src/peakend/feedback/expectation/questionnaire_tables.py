"""The analysis `questionnaire`: what the questions ask about, and which of their series are broken."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.expectation.questionnaire_columns import DIMENSIONS, ITEMS, SERIES
from peakend.feedback.expectation.recoding import Recoding, levels_changed, scale_turned
from peakend.feedback.expectation.wording import REGISTRY, Reading, read_wording, wording_hash
from peakend.feedback.periods import Period, Survey, in_order, period_of
from peakend.feedback.respondents import respondents
from peakend.feedback.score_counts import SCORED, read_surveys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from peakend.declaration import Inputs, Results

Row = dict[str, Any]
HISTORY = "row_history"
_NOTHING = Recoding(None, float("nan"), (), ())


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a question that a load brought: when, and of what."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question in a period: how often each score was given, and its correlation with the others."""

    counts: Mapping[float, int]
    together: tuple[float, int]

    @property
    def n(self) -> int:
        return sum(self.counts.values())


def questionnaire(inputs: Inputs) -> Results:
    """The tables `questionnaire_items`, `questionnaire_dimensions` and `questionnaire_series`."""
    questions = [
        row
        for row in inputs["questions"].to_arrow().sort_by("question_id").to_pylist()
        if row["metric"] in SCORED
    ]
    past = _past(inputs)
    found: dict[str, list[Row]] = {table.name: [] for table in (ITEMS, DIMENSIONS, SERIES)}
    for periods, asked in _programmes(inputs, questions):
        of_programme = [q for q in questions if any((p, q["question_id"]) in asked for p in periods)]
        series = list(_series(periods, asked, of_programme, past, inputs.settings.alpha))
        found[SERIES.name] += series
        items = list(_items(periods, of_programme, series, past))
        found[ITEMS.name] += items
        latest = {q for p, q in asked if p == periods[-1]}
        found[DIMENSIONS.name] += list(_coverage([i for i in items if i["question_id"] in latest]))
    return {
        table.name: pa.Table.from_pylist(found[table.name], schema=table.schema())
        for table in (ITEMS, DIMENSIONS, SERIES)
    }


def _programmes(
    inputs: Inputs, questions: Sequence[Row]
) -> Iterator[tuple[list[Period], dict[tuple[Period, str], _Asked]]]:
    """Each programme's periods in order, without undated answers, and what was asked in them."""
    surveys, _ = read_surveys(inputs)
    by_id = {survey.survey_id: survey for survey in surveys}
    limits = [
        (0.0, 1.0) if None in (q["scale_low"], q["scale_high"]) else (q["scale_low"], q["scale_high"])
        for q in questions
    ]
    scales = pa.table(
        {
            "question_id": pa.array([q["question_id"] for q in questions], pa.string()),
            "low": pa.array([low for low, _ in limits], pa.float64()),
            "span": pa.array([high - low for low, high in limits], pa.float64()),
        }
    )
    given = {"asked": inputs.engine.from_arrow(scales), "respondents": respondents(inputs)}
    counts: dict[tuple[Period, str], dict[float, int]] = defaultdict(lambda: defaultdict(int))
    for row in inputs.query("feedback/expectation/asked_levels", None, **given).to_arrow().to_pylist():
        counts[_period(by_id, row), row["question_id"]][row["score"]] += row["n"]
    sums: dict[tuple[Period, str], Any] = defaultdict(lambda: np.zeros(6))
    for row in inputs.query("feedback/expectation/asked_together", None, **given).to_arrow().to_pylist():
        sums[_period(by_id, row), row["question_id"]] += [
            float(row[name]) for name in ("n", "x", "y", "xx", "yy", "xy")
        ]
    dated = {(p, q) for p, q in counts if p.kind != "undated"}
    ordered = in_order({p for p, _ in dated}, surveys)
    place = {(p.programme, p.kind, p.label): p for p in ordered}
    for programme in dict.fromkeys(p.programme for p in ordered):
        asked = {
            (place[p.programme, p.kind, p.label], q): _Asked(counts[p, q], _correlation(sums[p, q]))
            for p, q in sorted(dated, key=lambda key: (key[0].label, key[1]))
            if p.programme == programme
        }
        yield [p for p in ordered if p.programme == programme], asked


def _period(by_id: Mapping[str, Survey], row: Row) -> Period:
    survey = by_id.get(row["survey_id"], Survey(row["survey_id"], None, None, None, None))
    return period_of(survey, row["month_on"])


def _correlation(sums: Any) -> tuple[float, int]:  # noqa: ANN401
    n, x, y, xx, yy, xy = sums
    if n < 3:
        return float("nan"), int(n)
    spread = (xx - x * x / n) * (yy - y * y / n)
    return (float((xy - x * y / n) / np.sqrt(spread)) if spread > 1e-12 else float("nan")), int(n)


def _series(
    periods: Sequence[Period],
    asked: Mapping[tuple[Period, str], _Asked],
    questions: Sequence[Row],
    past: Mapping[str, Sequence[Row]],
    alpha: float,
) -> Iterator[Row]:
    """One row a question and period. Both looks at the answers share the error of 5 % of the programme."""
    comparisons = 2 * max(len(asked) - len(questions), 1)
    for question in questions:
        name = question["question_id"]
        when = [p for p in periods if (p, name) in asked]
        changed = _changes_by_period(_changes(question, past.get(name, ())), when)
        before: Period | None = None
        for place, period in enumerate(periods):
            row = _where(period) | _named(question)
            if (period, name) not in asked:
                yield row | {"status": "not_asked"}
                continue
            now = asked[period, name]
            correlation = now.together[0]
            row |= {
                "n": now.n,
                "levels": len(now.counts),
                "lowest": min(now.counts),
                "highest": max(now.counts),
                "rest_correlation": None if np.isnan(correlation) else correlation,
            }
            if before is None:
                yield row | {"status": "first"}
            else:
                resumed = periods[place - 1] != before
                yield row | _status(
                    asked[before, name], now, changed.get(period), comparisons, alpha, resumed=resumed
                )
            before = period


def _status(
    before: _Asked, now: _Asked, change: str | None, comparisons: int, alpha: float, *, resumed: bool
) -> Row:
    levels = levels_changed(before.counts, now.counts, comparisons, alpha)
    turned = scale_turned(before.together, now.together, comparisons, alpha)
    seen = levels if levels.kind else turned if turned.kind else _NOTHING
    reason = change or seen.kind
    detail = " ".join(
        [*(f"+{level:g}" for level in seen.appeared), *(f"-{level:g}" for level in seen.vanished)]
    )
    return {
        "status": "broken" if reason else "resumed" if resumed else "unbroken",
        "reason": reason,
        "detail": detail or None,
        "p": None if np.isnan(seen.p) else seen.p,
    }


def _changes_by_period(changes: Sequence[_Change], periods: Sequence[Period]) -> dict[Period, str]:
    """Each change with the period under way when it was loaded: the last that had begun, else the last."""
    found: dict[Period, str] = {}
    for change in changes:
        begun = [p for p in periods if p.start is not None and _not_after(p.start, change.at)]
        undated = any(p.start is None for p in periods)
        if periods:
            found[periods[-1] if undated or not begun else begun[-1]] = change.reason
    return found


def _not_after(day: date, at: datetime) -> bool:
    return day <= at.date()


def _past(inputs: Inputs) -> Mapping[str, list[Row]]:
    """What loads changed in questions: earlier rows with `valid_until`, first to last, by question_id."""
    history = inputs.relations.get(HISTORY)
    found: dict[str, list[Row]] = defaultdict(list)
    if history is None:
        return found
    rows = history.query(
        "select h.key, h.valid_until, h.load_id, h.row_json from row_history h "
        "where h.table_name = 'questions'",
        name="row_history",
    ).to_arrow()
    for row in sorted(rows.to_pylist(), key=lambda row: (row["valid_until"], row["load_id"], row["key"])):
        earlier = json.loads(row["row_json"])
        found[str(json.loads(row["key"])[0])].append(earlier | {"valid_until": row["valid_until"]})
    return found


def _changes(question: Row, past: Sequence[Row]) -> list[_Change]:
    versions = [*past, question]
    found = []
    for earlier, later in pairwise(versions):
        if _scale(earlier) != _scale(later):
            found.append(_Change(earlier["valid_until"], "scale_changed"))
        elif _hash(earlier) != _hash(later):
            found.append(_Change(earlier["valid_until"], "wording_changed"))
    return found


def _scale(version: Row) -> tuple[str, float | None, float | None]:
    low, high = (
        None if version.get(name) is None else float(version[name]) for name in ("scale_low", "scale_high")
    )
    return str(version["metric"]), low, high


def _hash(version: Row) -> str:
    """Of the wording; where there is none, of the label, which is all that is known."""
    texts = {name: version.get(name) for name in ("text_en", "text_zh")}
    if not any(texts.values()):
        texts = {name: version.get(name) for name in ("label_en", "label_zh")}
    return wording_hash(texts | {"scale": "/".join(str(part) for part in _scale(version))})


def _items(
    periods: Sequence[Period],
    questions: Sequence[Row],
    series: Sequence[Row],
    past: Mapping[str, Sequence[Row]],
) -> Iterator[Row]:
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in series:
        rows_of[row["question_id"]].append(row)
    for question in questions:
        name = question["question_id"]
        asked = [row for row in rows_of[name] if row["status"] != "not_asked"]
        broken = [row for row in asked if row["status"] == "broken"]
        state = "broken" if broken else "unbroken" if len(asked) > 1 else "one_period"
        if state == "unbroken" and any(row["status"] == "resumed" for row in asked):
            state = "interrupted"
        yield {
            "programme": periods[0].programme,
            **_named(question),
            "metric": question["metric"],
            "overall": bool(question["overall"]),
            "dimension": question["dimension"],
            **_read(question),
            "wording_hash": _hash(question),
            "wordings": len({_hash(version) for version in (*past.get(name, ()), question)}),
            "asked": len(asked),
            "periods": len(periods),
            "first_period": asked[0]["period"],
            "last_period": asked[-1]["period"],
            "core": len(asked) == len(periods),
            "series": state,
            "broken_in": broken[-1]["period"] if broken else None,
            "broken_by": broken[-1]["reason"] if broken else None,
        }


def _read(question: Row) -> Row:
    if question["overall"]:
        return {}
    try:
        attributes = json.loads(question["attributes"] or "{}")
    except ValueError:
        attributes = {}
    stated = attributes.get("nature") if isinstance(attributes, dict) else None
    texts = [question[name] for name in ("text_en", "text_zh", "label_en", "label_zh", "dimension")]
    found: Reading = read_wording(texts, stated)
    return {"nature": found.nature, "theme": found.dimension, "words": found.words}


def _coverage(items: Sequence[Row]) -> Iterator[Row]:
    """The questionnaire of the latest period: all of it, its own dimensions, and the fifteen listed ones."""
    parts = [item for item in items if item.get("nature")]
    if not items:
        return
    programme = items[0]["programme"]

    def counted(kind: str, name: str, chosen: Sequence[Row], **more: object) -> Row:
        emotional = sum(item["nature"] == "emotional" for item in chosen)
        return {
            "programme": programme,
            "kind": kind,
            "dimension": name,
            "label_en": name,
            "label_zh": name,
            "items": len(chosen),
            "emotional": emotional,
            "emotional_share": emotional / len(chosen) if chosen else None,
        } | more

    yield counted("all", "all", parts, label_en="The questionnaire", label_zh="全卷")
    for name in sorted({item["dimension"] for item in parts if item["dimension"]}):
        yield counted("declared", name, [item for item in parts if item["dimension"] == name])
    for listed in REGISTRY:
        chosen = [item for item in parts if item["theme"] == listed.key]
        yield counted(
            "listed",
            listed.key,
            chosen,
            label_en=listed.title.en,
            label_zh=listed.title.zh,
            nature=listed.nature,
            covered=bool(chosen),
        )


def _named(question: Row) -> Row:
    name = question["question_id"]
    return {
        "question_id": name,
        "label_en": question["label_en"] or name,
        "label_zh": question["label_zh"] or question["label_en"] or name,
    }


def _where(period: Period) -> Row:
    return {
        "programme": period.programme,
        "period": period.label,
        "period_kind": period.kind,
        "period_start": period.start,
    }
