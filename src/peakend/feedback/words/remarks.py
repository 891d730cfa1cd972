"""What respondents said: free texts and coded comments, with who said it and how they scored the whole."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peakend.feedback.periods import Period, Survey, in_order, period_of
from peakend.feedback.respondents import respondents
from peakend.feedback.scales import check_scores
from peakend.feedback.score_counts import Question, read_questions, read_surveys
from peakend.feedback.words.boilerplate import emptiness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from peakend.declaration import Inputs
    from peakend.engine import Relation

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

COMMENTS = frozenset(["comments", "comment", "留言", "评论", "意见"])
"""Dimensions of questions of metric `choice` that hold coded comments."""

_METRIC_ORDER = ("nps", "csat", "rating", "ces")
_NUMBER = re.compile(r"[\s_\-.]*[（(]?\d+[）)]?$")


@dataclass(frozen=True, slots=True)
class Source:
    """Where remarks come from: one text question, or the questions of one set of coded comments joined.

    notes: what the first question with any says of its codes and themes (`labels`, `themes`).
    """

    source_id: str
    kind: Literal["text", "coded"]
    en: str
    zh: str
    questions: tuple[str, ...]
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Writers:
    """Responses with a remark, sorted by response_id; n entries each.

    person: a code of the customer, or of the response where the customer is not known. period: number in
    `periods`. scores: n × overall questions, NaN where there is none. weighted, clustered: of the survey.
    """

    response_id: Sequence[str]
    customer_id: Sequence[str | None]
    person: Codes
    period: Codes
    weight: Numbers
    cluster: Codes
    weighted: Flags
    clustered: Flags
    scores: Numbers

    def __len__(self) -> int:
        return len(self.period)


@dataclass(frozen=True, slots=True)
class Remarks:
    """Everything said. said: by source, (row in `writers`, words: a text or a code), by row, then question.

    asked: (programme, number in `overall`) → in how many periods anybody answered that question, whether or
    not in writing. relation: the writers in the engine (None: nobody wrote).
    """

    periods: Sequence[Period]
    sources: Sequence[Source]
    writers: Writers
    said: Mapping[str, Sequence[tuple[int, str]]]
    overall: Sequence[Question]
    code_notes: Mapping[tuple[str, str], Mapping[str, Any]]
    asked: Mapping[tuple[str, int], int]
    relation: Relation | None


def read_remarks(inputs: Inputs) -> Remarks:
    """The remarks of all surveys. Raises `ScoreOutsideScaleError` for a score of the whole off its scale."""
    sources = list(_sources(inputs["questions"].to_arrow().sort_by("question_id").to_pylist()))
    questions = [question for source in sources for question in source.questions]
    overall = sorted(
        (q for q in read_questions(inputs) if q.overall),
        key=lambda q: (_METRIC_ORDER.index(q.metric), q.question_id),
    )
    if not questions:
        return Remarks([], [], _no_writers(), {}, overall, {}, {}, None)
    asked = inputs.engine.from_arrow(pa.table({"question_id": pa.array(questions, pa.string())}))
    relation = inputs.query("feedback/words/remarks", asked=asked)
    rows = relation.to_arrow().sort_by([("response_id", "ascending"), ("question_id", "ascending")])
    everybody = respondents(inputs)
    wrote = inputs.query("feedback/words/writers", remarks=relation, respondents=everybody)
    writers, periods = _writers(inputs, wrote.to_arrow().sort_by("response_id"), relation, overall)
    place = {response: number for number, response in enumerate(writers.response_id)}
    source_of = {question: source for source in sources for question in source.questions}
    said: dict[str, list[tuple[int, str]]] = defaultdict(list)
    says = emptiness(rows["text"])
    for row, what in zip(rows.to_pylist(), says, strict=True):
        source = source_of[row["question_id"]]
        words = row["choice"] if source.kind == "coded" else row["text"] if what == "words" else None
        if words is not None and row["response_id"] in place:
            said[source.source_id].append((place[row["response_id"]], words))
    coded = [question for source in sources if source.kind == "coded" for question in source.questions]
    used = [source for source in sources if said.get(source.source_id)]
    notes = _code_notes(inputs, coded, source_of)
    asked_in = _asked(inputs, everybody, overall)
    return Remarks(periods, used, writers, said, overall, notes, asked_in, wrote)


def _sources(rows: Iterable[Mapping[str, Any]]) -> Iterable[Source]:
    """Text questions one by one; coded comments whose keys differ in a final number only, together."""
    sets: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["metric"] == "text":
            yield Source(row["question_id"], "text", *_titles(row), (row["question_id"],), _notes(row))
        elif row["metric"] == "choice" and (row["dimension"] or "").lower() in COMMENTS:
            sets[_NUMBER.sub("", row["question_id"]) or row["question_id"]].append(row)
    for name, members in sorted(sets.items()):
        notes = [note for member in members if (note := _notes(member))]
        labels = {code: zh for note in reversed(notes) for code, zh in note.get("labels", {}).items()}
        joined = {**(notes[0] if notes else {}), "labels": labels}
        listed = tuple(member["question_id"] for member in members)
        yield Source(name, "coded", *_titles(members[0], _NUMBER), listed, joined)


def _titles(row: Mapping[str, Any], without: re.Pattern[str] | None = None) -> tuple[str, str]:
    english = row["label_en"] or row["text_en"] or row["label_zh"] or row["question_id"]
    chinese = row["label_zh"] or row["text_zh"] or english
    if without is None:
        return english, chinese
    return without.sub("", english) or english, without.sub("", chinese) or chinese


def _notes(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return parsed(row["attributes"])


def parsed(attributes: str | None) -> Mapping[str, Any]:
    """What `attributes` say; nothing where they are no JSON object."""
    try:
        found = json.loads(attributes) if attributes else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _code_notes(
    inputs: Inputs, questions: Sequence[str], source_of: Mapping[str, Source]
) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """What the answers' attributes say of each code (source, code): of several the commonest, then the
    first."""
    if not questions:
        return {}
    asked = inputs.engine.from_arrow(pa.table({"question_id": pa.array(questions, pa.string())}))
    rows = inputs.query("feedback/words/code_notes", asked=asked).to_arrow().to_pylist()
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        counts[source_of[row["question_id"]].source_id, row["choice"]][row["attributes"]] += int(row["n"])
    return {key: parsed(min(found, key=lambda note: (-found[note], note))) for key, found in counts.items()}


def _writers(
    inputs: Inputs, table: pa.Table, remarks: Relation, overall: Sequence[Question]
) -> tuple[Writers, list[Period]]:
    surveys, designs = read_surveys(inputs)
    by_id = {survey.survey_id: survey for survey in surveys}
    names, months = table["survey_id"].to_pylist(), table["month_on"].to_pylist()
    of_row = [
        period_of(by_id.get(survey, Survey(survey, None, None, None, None)), month)
        for survey, month in zip(names, months, strict=True)
    ]
    periods = in_order(of_row, surveys)
    number = {(p.programme, p.kind, p.label): place for place, p in enumerate(periods)}
    weighted = np.array([designs[survey].weighted for survey in names], dtype=bool)
    clustered = np.array([designs[survey].clustered for survey in names], dtype=bool)
    weight = pc.fill_null(table["weight"].cast(pa.float64()), 0.0).to_numpy()
    responses = table["response_id"].to_pylist()
    # Nobody behind the answers of an anonymous survey may be listed, or added up.
    anonymous = {row["survey_id"] for row in inputs["surveys"].to_arrow().to_pylist() if row["anonymous"]}
    customers = [
        None if survey in anonymous else customer
        for survey, customer in zip(names, table["customer_id"].to_pylist(), strict=True)
    ]
    people = [c if c is not None else f"\x1f{r}" for r, c in zip(responses, customers, strict=True)]
    groups = [
        f"{survey}\x1f{cluster}" if cluster is not None and has else f"\x1f\x1f{response}"
        for survey, cluster, has, response in zip(
            names, table["cluster"].to_pylist(), clustered.tolist(), responses, strict=True
        )
    ]
    return Writers(
        responses,
        customers,
        _coded(people),
        np.array([number[p.programme, p.kind, p.label] for p in of_row], dtype=np.int64),
        np.where(weighted, weight, 1.0),
        _coded(groups),
        weighted,
        clustered,
        _scores(inputs, remarks, responses, overall),
    ), periods


def _asked(inputs: Inputs, everybody: Relation, overall: Sequence[Question]) -> Mapping[tuple[str, int], int]:
    """In how many periods of each programme each question about the whole was answered."""
    if not overall:
        return {}
    surveys = {survey.survey_id: survey for survey in read_surveys(inputs)[0]}
    rows = inputs.query(
        "feedback/words/overall_asked", respondents=everybody, asked=_places(inputs, overall)
    ).to_arrow()
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in rows.to_pylist():
        survey = row["survey_id"]
        period = period_of(surveys.get(survey, Survey(survey, None, None, None, None)), row["month_on"])
        found[period.programme, int(row["place"])].add(period.label)
    return {key: len(labels) for key, labels in found.items()}


def _places(inputs: Inputs, overall: Sequence[Question]) -> Relation:
    """The overall questions with their numbers."""
    return inputs.engine.from_arrow(
        pa.table(
            {
                "question_id": pa.array([q.question_id for q in overall], pa.string()),
                "place": pa.array(range(len(overall)), pa.int64()),
            }
        )
    )


def _scores(
    inputs: Inputs, remarks: Relation, responses: Sequence[str], overall: Sequence[Question]
) -> Numbers:
    scores = np.full((len(responses), len(overall)), np.nan)
    if not overall:
        return scores
    found = inputs.query(
        "feedback/words/writer_scores", remarks=remarks, asked=_places(inputs, overall)
    ).to_arrow()
    row_of = {response: row for row, response in enumerate(responses)}
    rows = np.array([row_of.get(r, -1) for r in found["response_id"].to_pylist()], dtype=np.int64)
    place = found["place"].cast(pa.int64()).to_numpy()
    values = found["score"].cast(pa.float64()).to_numpy()
    real = (rows >= 0) & np.isfinite(values)
    scores[rows[real], place[real]] = values[real]
    for column, question in enumerate(overall):
        seen, counts = np.unique(scores[~np.isnan(scores[:, column]), column], return_counts=True)
        check_scores(seen, counts, question.scale, question.question_id)
    return scores


def _coded(names: Sequence[str]) -> Codes:
    number: dict[str, int] = {}
    return np.array([number.setdefault(name, len(number)) for name in names], dtype=np.int64)


def _no_writers() -> Writers:
    none, no_flags = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    return Writers([], [], none, none, np.zeros(0), none, no_flags, no_flags, np.zeros((0, 0)))
