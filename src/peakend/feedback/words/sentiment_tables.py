"""The analysis `sentiment`: models per programme and language, and what they read in the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peakend.declaration import ARROW_TYPES, Inputs, Results, Settings
from peakend.feedback.intervals import wilson
from peakend.feedback.publishing import published
from peakend.feedback.score_counts import Question, read_questions
from peakend.feedback.sheets import answer_sheet, members
from peakend.feedback.suppression import Suppression, suppress
from peakend.feedback.weighting import kish_size, linearised_variance
from peakend.feedback.words.labels import labels_of_scores
from peakend.feedback.words.languages import languages_read
from peakend.feedback.words.sentiment import SentimentModel, TooFewLabelledTextsError
from peakend.feedback.words.sentiment_columns import MODELS, SENTIMENT
from peakend.feedback.words.texts import Texts, read_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from peakend.declaration import ResultTable

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Row = dict[str, Any]

LANGUAGES = ("zh", "en", "other")
_METRIC_ORDER = ("nps", "csat", "rating", "ces")


def sentiment_tables(inputs: Inputs) -> Results:
    """The tables `sentiment_models` and `sentiment_by_touchpoint`.

    Each programme has a model a language, learnt from its own texts and scores: the score on a question about
    the text question's touchpoint, else on the overall question. A text that was learnt from is read by a
    model that had not seen it. Where no model is usable there are no figures.
    """
    texts = read_texts(inputs)
    if not len(texts):
        return {table.name: table.schema().empty_table() for table in (MODELS, SENTIMENT)}
    labels = _labels(inputs, texts)
    languages = np.array(
        ["zh" if language == "mixed" else language for language in languages_read(texts.text)], dtype=object
    )
    programme = np.array([texts.periods[p].programme for p in texts.period], dtype=object)
    probability = np.full(len(texts), np.nan)
    cards: list[Row] = []
    for name in sorted(set(programme.tolist())):
        for language in LANGUAGES:
            rows = np.flatnonzero(texts.worded & (programme == name) & (languages == language))
            if len(rows):
                card, found = _modelled(texts, labels, rows, name, inputs.settings)
                cards.append({"programme": name, "language": language, **card})
                probability[rows] = found
    return {
        MODELS.name: _table(MODELS, cards),
        SENTIMENT.name: _shares(inputs, texts, probability),
    }


def _labels(inputs: Inputs, texts: Texts) -> Numbers:
    """1, 0 or NaN for each text, from the first question of its list that its writer scored."""
    every = read_questions(inputs)
    overall = sorted((q for q in every if q.overall), key=_rank)
    about: Mapping[str, list[Question]] = {
        touchpoint: sorted((q for q in every if q.touchpoint_id == touchpoint and not q.overall), key=_rank)
        for touchpoint in {t for t in texts.touchpoint if t is not None}
    }
    asked = sorted({q for qs in (overall, *about.values()) for q in qs}, key=lambda q: q.question_id)
    labels = np.full(len(texts), np.nan)
    if not asked or not len(texts):
        return labels
    place = {question.question_id: number for number, question in enumerate(asked)}
    responses = answer_sheet(inputs, asked).responses()
    row = pc.fill_null(pc.index_in(texts.response_id, value_set=responses.response_id), -1).to_numpy()
    touchpoint = np.array([t or "" for t in texts.touchpoint], dtype=object)
    open_ = row >= 0
    for name in sorted(set(touchpoint.tolist())):
        mine = touchpoint == name
        for question in (*about.get(name, []), *overall):
            rows = np.flatnonzero(mine & open_)
            score = responses.scores[row[rows], place[question.question_id]]
            found = labels_of_scores(score, question.scale, question.metric)
            labels[rows] = found
            # Whoever scored the question has spoken, also from the middle of its scale.
            open_[rows[~np.isnan(score)]] = False
    return labels


def _rank(question: Question) -> tuple[int, str]:
    return _METRIC_ORDER.index(question.metric), question.question_id


def _modelled(
    texts: Texts, labels: Numbers, rows: Codes, domain: str, settings: Settings
) -> tuple[Row, Numbers]:
    """The card of a model of `rows`, and what it says of them (NaN where it may not be used)."""
    own = labels[rows]
    known = own[~np.isnan(own)]
    card: Row = {
        "texts": len(rows),
        "labelled": len(known),
        "pleased": float(known.mean()) if len(known) >= settings.minimum_base else None,
        "verdict": "too_few",
    }
    words = [texts.text[row] for row in rows.tolist()]
    nothing = np.full(len(rows), np.nan)
    try:
        model = SentimentModel.train(
            words, own, order=texts.period[rows], domain=domain, confidence=settings.confidence
        )
    except TooFewLabelledTextsError:
        return card, nothing
    found = model.held_out
    card |= {
        "verdict": model.verdict,
        "held_out": found.how,
        "held_out_n": found.n,
        "accuracy": found.accuracy,
        "accuracy_low": found.low,
        "accuracy_high": found.high,
        "base_rate": found.base_rate,
        "auc": found.auc,
        "auc_low": None if np.isnan(found.auc_low) else found.auc_low,
        "auc_high": None if np.isnan(found.auc_high) else found.auc_high,
        "calibration_error": found.calibration_error,
        "unseen": model.unseen,
    }
    if not model.usable:
        return card, nothing
    probability = model.out_of_fold.copy()
    rest = np.flatnonzero(np.isnan(own) | np.isnan(probability))
    if len(rest):
        probability[rest] = model.score([words[place] for place in rest.tolist()]).probability
    return card, probability


@dataclass(frozen=True, slots=True)
class _Cell:
    period: int
    touchpoint: str | None
    segmentation: str
    segment: str
    rows: Codes


def _shares(inputs: Inputs, texts: Texts, probability: Numbers) -> pa.Table:
    """Mean probabilities of the texts read: everybody, each touchpoint, each segment."""
    cells = list(_cells(texts, np.flatnonzero(~np.isnan(probability)), members(inputs)))
    n = np.array([len(cell.rows) for cell in cells], dtype=np.int64)
    estimates = np.array([_estimate(texts, probability, cell.rows) for cell in cells]).reshape(-1, 2)
    value, size = estimates[:, 0], estimates[:, 1]
    low, high = wilson(value, size, inputs.settings.confidence)
    names = {row["touchpoint_id"]: row for row in inputs["touchpoints"].to_arrow().to_pylist()}
    columns = {
        **_naming(cells, texts, names),
        "n": pa.array(n),
        "effective_n": _numbers(size),
        "value": _numbers(value),
        "low": _numbers(low),
        "high": _numbers(high),
    }
    return published(SENTIMENT, columns, _hidden(cells, n, np.isnan(value), inputs.settings.minimum_base))


def _cells(texts: Texts, read: Codes, segments: pa.Table) -> Iterator[_Cell]:
    names = sorted({t for t in texts.touchpoint if t is not None})
    number = {name: place for place, name in enumerate(names)}
    touchpoint = np.array([-1 if t is None else number[t] for t in texts.touchpoint], dtype=np.int64)
    inside = {key: _inside(texts, ids) for key, ids in _segments(segments).items()}
    for period in np.unique(texts.period[read]).tolist():
        mine = read[texts.period[read] == period]
        yield _Cell(period, None, "all", "all", mine)
        for place, name in enumerate(names):
            at = mine[touchpoint[mine] == place]
            if len(at):
                yield _Cell(period, name, "all", "all", at)
        for (segmentation, segment), flags in inside.items():
            of = mine[flags[mine]]
            if len(of):
                yield _Cell(period, None, segmentation, segment, of)


def _segments(table: pa.Table) -> dict[tuple[str, str], pa.Array]:
    """The response ids of every segment, in the order of their names."""
    grouped = table.group_by(["segmentation", "segment"]).aggregate([("response_id", "list")])
    rows = grouped.sort_by([("segmentation", "ascending"), ("segment", "ascending")])
    keys = zip(rows["segmentation"].to_pylist(), rows["segment"].to_pylist(), strict=True)
    lists = rows["response_id_list"].combine_chunks()
    return {key: lists[place].values for place, key in enumerate(keys)}


def _inside(texts: Texts, ids: pa.Array) -> Flags:
    found: Flags = pc.is_in(texts.response_id, value_set=ids.cast(pa.string())).to_numpy(zero_copy_only=False)
    return found


def _estimate(texts: Texts, probability: Numbers, rows: Codes) -> tuple[float, float]:
    """Weighted mean, and the size of a simple random sample that says as much: Kish's, divided by what
    clusters add to the variance."""
    w, y = texts.weight[rows], probability[rows]
    if w.sum() <= 0:
        return float("nan"), float("nan")
    mean = float((w * y).sum() / w.sum())
    size = float(kish_size(w.sum(), (w * w).sum()))
    if all(texts.cluster[row] is None for row in rows.tolist()):
        return mean, size
    known: dict[object, int] = {}
    codes = [known.setdefault(texts.cluster[row] or row, len(known)) for row in rows.tolist()]
    between, single = (_variance(mean, w, y, np.array(c)) for c in (codes, range(len(rows))))
    added = between / single if single > 0 and not np.isnan(between) else 1.0
    return mean, size / max(added, 1.0)


def _variance(mean: float, w: Numbers, y: Numbers, unit: Codes) -> float:
    sums = np.bincount(unit, weights=w), np.bincount(unit, weights=w * y)
    ww, wy, yy = (float((a * b).sum()) for a, b in ((sums[0], sums[0]), sums, (sums[1], sums[1])))
    return float(linearised_variance(mean, w.sum(), len(sums[0]), ww, wy, yy))


def _naming(
    cells: Sequence[_Cell], texts: Texts, names: Mapping[str, Mapping[str, Any]]
) -> dict[str, pa.Array]:
    periods = [texts.periods[cell.period] for cell in cells]
    found = [names.get(cell.touchpoint or "", {}) for cell in cells]
    return {
        "programme": pa.array([p.programme for p in periods], pa.string()),
        "period": pa.array([p.label for p in periods], pa.string()),
        "period_kind": pa.array([p.kind for p in periods], pa.string()),
        "period_start": pa.array([p.start for p in periods], pa.date32()),
        "touchpoint_id": pa.array([cell.touchpoint for cell in cells], pa.string()),
        "touchpoint_en": pa.array([row.get("name") for row in found], pa.string()),
        "touchpoint_zh": pa.array([row.get("name_zh") for row in found], pa.string()),
        "segmentation": pa.array([cell.segmentation for cell in cells], pa.string()),
        "segment": pa.array([cell.segment for cell in cells], pa.string()),
    }


def _hidden(cells: Sequence[_Cell], n: Codes, unknown: Flags, minimum: int) -> Suppression:
    """Small cells, and others that would give them away: the parts of a period by one cut are a family."""
    hidden, withheld = (n < minimum) | unknown, np.zeros(len(cells), dtype=bool)
    whole = {cell.period: int(n[place]) for place, cell in enumerate(cells) if _is_whole(cell)}
    part = [place for place, cell in enumerate(cells) if not _is_whole(cell)]
    families: dict[tuple[int, str], int] = {}
    family = [
        families.setdefault(
            (cells[p].period, "" if cells[p].touchpoint else cells[p].segmentation), len(families)
        )
        for p in part
    ]
    totals = [whole[period] for period, _ in families]
    found = suppress(n[part], family, totals, minimum) if part else None
    if found is not None:
        hidden[part] |= found.hidden
        withheld[part] = found.withheld
    return Suppression(hidden, withheld)


def _is_whole(cell: _Cell) -> bool:
    return cell.touchpoint is None and cell.segmentation == "all"


def _numbers(values: Numbers) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))


def _table(table: ResultTable, rows: Sequence[Row]) -> pa.Table:
    columns = {
        c.name: pa.array([row.get(c.name) for row in rows], ARROW_TYPES[c.type]) for c in table.columns
    }
    return pa.table(columns, schema=table.schema())
