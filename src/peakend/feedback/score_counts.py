"""The scan behind the scores: answers counted in the engine by question, period, cut and score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peakend.feedback.cuts import Cut, CutBatch, plan_cuts
from peakend.feedback.periods import Period, Survey, in_order, period_of
from peakend.feedback.respondents import respondents, survey_design
from peakend.feedback.scales import CES_SCALE, CSAT_SCALE, NPS_SCALE, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs
    from peakend.engine import Relation

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

SCORED = ("nps", "csat", "ces", "rating")
_USUAL_SCALE: Mapping[str, Scale] = {"nps": NPS_SCALE, "csat": CSAT_SCALE, "ces": CES_SCALE}
NO_SCALE: Scale = (-np.inf, np.inf)
COMPARES_WHOLE = frozenset({"delight", "recall", "attribution", "expectation"})
"""Dimensions of questions that, without a touchpoint, are about the whole and no part of it: beside the parts
they would take what belongs to them."""


@dataclass(frozen=True, slots=True)
class Question:
    """A scored question. Without limits in the table a rating has `NO_SCALE`, others the usual scale."""

    question_id: str
    metric: str
    scale: Scale
    overall: bool
    dimension: str | None
    touchpoint_id: str | None
    label_en: str | None
    label_zh: str | None

    @property
    def of_whole(self) -> bool:
        """Whether it judges the whole: overall questions, and what compares the whole with expectation."""
        return self.overall or (self.touchpoint_id is None and self.dimension in COMPARES_WHOLE)


@dataclass(frozen=True, slots=True)
class Design:
    """What a survey's sample has."""

    weighted: bool
    clustered: bool
    events: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where counts belong, as numbers: of a period, a question, a touchpoint (−1: none) and a cut."""

    period: Codes
    question: Codes
    touchpoint: Codes
    cut: Codes

    def take(self, rows: Codes | Flags) -> Place:
        """Only `rows`."""
        return Place(self.period[rows], self.question[rows], self.touchpoint[rows], self.cut[rows])

    def columns(self) -> Codes:
        """The four numbers as columns of one array."""
        return np.column_stack([self.period, self.question, self.touchpoint, self.cut])


@dataclass(frozen=True, slots=True)
class ScoreCounts:
    """Everything counted: what the numbers of `place` stand for, and one entry a (place, score)."""

    periods: Sequence[Period]
    questions: Sequence[Question]
    touchpoints: Sequence[str]
    cuts: Sequence[Cut]
    place: Place
    score: Numbers
    n: Numbers
    weighted_n: Numbers
    w: Numbers
    w2: Numbers
    weighted: Flags
    clustered: Flags
    batches: Sequence[ScannedBatch]
    designs: Mapping[str, Design]
    labels: Labels


@dataclass(frozen=True, slots=True)
class ScannedBatch:
    """One scan: its respondents (with profiles), and which cuts each profile that occurred is in."""

    respondents: Relation
    profile_cuts: pa.Table


@dataclass(frozen=True, slots=True)
class Labels:
    """From what the tables say to numbers: of a period (by survey and month), a question, a touchpoint."""

    period: Mapping[tuple[str, object], int]
    question: Mapping[str, int]
    touchpoint: Mapping[str, int]
    questions: Sequence[Question]

    def place(self, table: pa.Table, rows: Codes, cut: Codes) -> Place:
        """Where `rows` of a scanned table belong (by survey, month, question, touchpoint), in `cut`."""
        period = _looked_up(table, ("survey_id", "month_on"), self.period)
        question = _looked_up(table, ("question_id",), self.question)
        event = _looked_up(table, ("touchpoint_id",), self.touchpoint)
        own = np.array(
            [self.touchpoint.get(q.touchpoint_id or "", -1) for q in self.questions], dtype=np.int64
        )
        of_whole = np.array([q.of_whole for q in self.questions], dtype=bool)
        touchpoint = np.where(own[question] >= 0, own[question], np.where(of_whole[question], -1, event))
        return Place(period[rows], question[rows], touchpoint[rows], cut)


def read_questions(inputs: Inputs, metrics: Sequence[str] = SCORED) -> list[Question]:
    """The questions of `metrics`, in the order of their keys."""
    rows = inputs["questions"].to_arrow().sort_by("question_id").to_pylist()
    return [_question(row) for row in rows if row["metric"] in metrics]


def read_surveys(inputs: Inputs) -> tuple[list[Survey], dict[str, Design]]:
    """Every survey, and the sample design of those that have responses."""
    found = survey_design(inputs).to_arrow().to_pylist()
    design = {
        row["survey_id"]: Design(row["weighted"] > 0, row["clustered"] > 0, row["events"] > 0)
        for row in found
    }
    first = {row["survey_id"]: row["first_on"] for row in found}
    surveys = [
        Survey(row["survey_id"], row["programme"], row["wave"], row["starts_on"], first.get(row["survey_id"]))
        for row in inputs["surveys"].to_arrow().sort_by("survey_id").to_pylist()
    ]
    return surveys, design


def respondents_of(inputs: Inputs, batch: CutBatch, events: bool = False) -> Relation:
    """The responses with their period, and their segments of `batch` as one number (`cuts`)."""
    found = respondents(inputs)
    if events:
        found = inputs.query("feedback/respondents_at_touchpoints", respondents=found)
    for subject in sorted(batch.subjects):
        profiles = inputs.query(
            "feedback/profiles", {"subject": subject}, cuts=inputs.engine.from_arrow(batch.codes)
        )
        found = inputs.query(
            f"feedback/respondents_by_{subject}_segment", respondents=found, profiles=profiles
        )
    return found


def declared_cuts(inputs: Inputs) -> tuple[list[Cut], list[CutBatch]]:
    """The cuts that `segment_members` declares, and the scans that cover them."""
    return plan_cuts(inputs.query("feedback/declared_cuts").to_arrow())


def count_scores(inputs: Inputs) -> ScoreCounts:
    """Count every scored answer, in one scan for each batch of segmentations."""
    questions = read_questions(inputs)
    surveys, designs = read_surveys(inputs)
    cuts, batches = declared_cuts(inputs)
    asked = inputs.engine.from_arrow(
        pa.table({"question_id": pa.array([q.question_id for q in questions], pa.string())})
    )
    scans = [_scan(inputs, batch, asked, designs) for batch in batches]
    labels, periods, touchpoints = _labels([table for table, _ in scans], surveys, questions)
    parts: list[_Part] = []
    scanned: list[ScannedBatch] = []
    for number, ((table, asking), batch) in enumerate(zip(scans, batches, strict=True)):
        profiles = table["profile"].to_numpy()
        # Everybody is the sum over all profiles, and needs to be taken from one scan only.
        everybody = np.arange(len(table) if number == 0 else 0)
        rows, cut = batch.expand(profiles)
        rows, cut = np.r_[everybody, rows], np.r_[np.zeros_like(everybody), cut]
        parts.append(_Part(table, rows, labels.place(table, rows, cut)))
        scanned.append(ScannedBatch(asking, _profile_cuts(profiles, batch, everybody=number == 0)))
    return _assembled(parts, scanned, periods, questions, touchpoints, cuts, designs, labels)


def _scan(
    inputs: Inputs, batch: CutBatch, asked: Relation, designs: Mapping[str, Design]
) -> tuple[pa.Table, Relation]:
    """The counts and who was counted; weights and touchpoints of events are read only where there are any."""
    events = any(design.events for design in designs.values())
    asking = respondents_of(inputs, batch, events)
    simple = not events and not any(design.weighted for design in designs.values())
    name = "feedback/score_counts" if simple else "feedback/score_counts_by_design"
    table = inputs.query(name, respondents=asking, asked=asked).to_arrow()
    if simple:
        nothing = pa.nulls(len(table), pa.float64())
        table = table.append_column("touchpoint_id", pa.nulls(len(table), pa.string()))
        for column in ("weighted_n", "w", "w2"):
            table = table.append_column(column, nothing)
    return table.filter(pc.invert(pc.is_nan(table["score"]))), asking


@dataclass(frozen=True, slots=True)
class _Part:
    table: pa.Table
    rows: Codes
    place: Place


def _assembled(
    parts: Sequence[_Part],
    scanned: Sequence[ScannedBatch],
    periods: Sequence[Period],
    questions: Sequence[Question],
    touchpoints: Sequence[str],
    cuts: Sequence[Cut],
    designs: Mapping[str, Design],
    labels: Labels,
) -> ScoreCounts:
    place = Place(
        *(
            np.concatenate([getattr(p.place, name) for p in parts])
            for name in ("period", "question", "touchpoint", "cut")
        )
    )

    def column(name: str) -> Numbers:
        return np.concatenate([_numbers(p.table[name])[p.rows] for p in parts])

    def flag(name: str) -> Flags:
        by_survey = {survey: int(getattr(design, name)) for survey, design in designs.items()}
        found = [_looked_up(p.table, ("survey_id",), by_survey)[p.rows] for p in parts]
        return np.concatenate(found) > 0

    weighted, n = flag("weighted"), column("n")
    return ScoreCounts(
        periods=periods,
        questions=questions,
        touchpoints=touchpoints,
        cuts=cuts,
        place=place,
        score=column("score"),
        n=n,
        weighted_n=np.where(weighted, column("weighted_n"), n),
        w=np.where(weighted, column("w"), n),
        w2=np.where(weighted, column("w2"), n),
        weighted=weighted,
        clustered=flag("clustered"),
        batches=scanned,
        designs=designs,
        labels=labels,
    )


def _labels(
    tables: Sequence[pa.Table], surveys: Sequence[Survey], questions: Sequence[Question]
) -> tuple[Labels, list[Period], list[str]]:
    by_id = {survey.survey_id: survey for survey in surveys}
    pairs = {
        (row["survey_id"], row["month_on"])
        for table in tables
        for row in table.select(["survey_id", "month_on"])
        .group_by(["survey_id", "month_on"])
        .aggregate([])
        .to_pylist()
    }
    of_pair = {
        (survey, month): period_of(by_id.get(survey, Survey(survey, None, None, None, None)), month)
        for survey, month in pairs
    }
    periods = in_order(of_pair.values(), surveys)
    number = {(p.programme, p.kind, p.label): place for place, p in enumerate(periods)}
    events = {t for table in tables for t in pc.unique(table["touchpoint_id"]).to_pylist() if t is not None}
    touchpoints = sorted(events | {q.touchpoint_id for q in questions if q.touchpoint_id is not None})
    labels = Labels(
        period={pair: number[p.programme, p.kind, p.label] for pair, p in of_pair.items()},
        question={q.question_id: place for place, q in enumerate(questions)},
        touchpoint={t: place for place, t in enumerate(touchpoints)},
        questions=questions,
    )
    return labels, periods, touchpoints


def _profile_cuts(profiles: Codes, batch: CutBatch, *, everybody: bool) -> pa.Table:
    different = np.unique(profiles)
    rows, cut = batch.expand(different)
    first = np.arange(len(different) if everybody else 0)
    return pa.table({"profile": different[np.r_[first, rows]], "cut": np.r_[np.zeros_like(first), cut]})


def _question(row: Mapping[str, object]) -> Question:
    low, high = row["scale_low"], row["scale_high"]
    scale = _USUAL_SCALE.get(str(row["metric"]), NO_SCALE)
    if isinstance(low, float) and isinstance(high, float):
        scale = low, high
    return Question(
        question_id=str(row["question_id"]),
        metric=str(row["metric"]),
        scale=scale,
        overall=bool(row["overall"]),
        dimension=_text(row["dimension"]),
        touchpoint_id=_text(row["touchpoint_id"]),
        label_en=_text(row["label_en"]),
        label_zh=_text(row["label_zh"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _numbers(column: pa.ChunkedArray) -> Numbers:
    found: Numbers = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy()
    return found


def _looked_up(table: pa.Table, names: Sequence[str], numbers: Mapping[Any, int]) -> Codes:
    """The number of each row's value (a tuple where there are several columns); −1 where there is none."""
    codes = np.zeros(len(table), dtype=np.int64)
    different: list[list[object]] = []
    for name in names:
        encoded = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        chunk = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
        values = chunk.dictionary.to_pylist()
        codes = codes * max(len(values), 1) + chunk.indices.to_numpy(zero_copy_only=False)
        different.append(values)
    used, place = np.unique(codes, return_inverse=True)
    found = np.full(len(used), -1, dtype=np.int64)
    for position, code in enumerate(used.tolist()):
        key: list[object] = []
        for values in reversed(different):
            code, rest = divmod(code, max(len(values), 1))
            key.insert(0, values[rest])
        found[position] = numbers.get(key[0] if len(key) == 1 else tuple(key), -1)
    return found[place]
