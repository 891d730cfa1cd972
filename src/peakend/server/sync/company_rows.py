"""Sites, touchpoints, employees, surveys and questions as rows of the canonical tables: few, read whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from peakend.server.channels.models import Wave
from peakend.server.company.models import Site, Touchpoint
from peakend.server.people.models import User
from peakend.server.surveys.models import Survey, SurveyVersion
from peakend.server.surveys.questionnaire import Question, Words
from peakend.server.surveys.series import (
    programme_of,
    questionnaire_of,
    series_numbers,
    warehouse_question_id,
)

Row = dict[str, Any]
_METRICS = {
    "nps": "nps",
    "csat": "csat",
    "ces": "ces",
    "rating": "rating",
    "pair": "rating",
    "matrix": "rating",
    "single": "choice",
    "multiple": "choice",
    "ranking": "choice",
    "text": "text",
}
_STAGES = frozenset({"pre", "purchase", "use", "service"})


def attributes(**values: Any) -> str | None:  # noqa: ANN401 - whatever goes into JSON
    """A JSON object of what is there; None for nothing."""
    there = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    return json.dumps(there, ensure_ascii=False, sort_keys=True, default=str) if there else None


def sites() -> list[Row]:
    """Every site."""
    return [
        {
            "site_id": one.code,
            "name": one.name,
            "kind": one.kind,
            "region": one.region,
            "attributes": attributes(name_zh=one.name_zh, timezone=one.timezone),
        }
        for one in Site.objects.all()
    ]


def touchpoints() -> list[Row]:
    """Every touchpoint."""
    return [
        {
            "touchpoint_id": one.code,
            "name": one.name,
            "name_zh": one.name_zh,
            "position": one.position,
            "stage": one.stage if one.stage in _STAGES else None,
            "channel": one.channel,
            "owner": one.owner,
        }
        for one in Touchpoint.objects.all()
    ]


def employees() -> list[Row]:
    """Users who have an employee number, at their first site."""
    rows = []
    users = User.objects.exclude(employee_id="").prefetch_related("sites", "teams__site").order_by("pk")
    for user in users:
        teams, places = list(user.teams.all()), list(user.sites.all())
        place = places[0] if places else teams[0].site if teams else None
        rows.append(
            {
                "employee_id": user.employee_id,
                "name": user.name,
                "role": user.role,
                "site_id": place.code if place else None,
                "team": teams[0].code if teams else None,
            }
        )
    return rows


def survey_id(key: str, wave: str | None) -> str:
    """`survey_id` in the warehouse: the survey's key, with the label of the wave where there is one."""
    return f"{key}:{wave}" if wave else key


def surveys() -> list[Row]:
    """A row a wave of every survey that was published, and one for what came in outside any wave."""
    rows = []
    for survey in Survey.objects.exclude(current=None).prefetch_related("waves"):
        rows.append(_survey(survey, None))
        rows += [_survey(survey, wave) for wave in survey.waves.all()]
    return rows


def _survey(survey: Survey, wave: Wave | None) -> Row:
    return {
        "survey_id": survey_id(survey.key, wave.label if wave else None),
        "programme": programme_of(survey),
        "wave": wave.label if wave else None,
        "name": worded(survey.name, "en"),
        "name_zh": worded(survey.name, "zh"),
        "kind": survey.kind if survey.kind in ("relational", "transactional", "pulse") else None,
        "starts_on": wave.starts_on if wave else None,
        "ends_on": wave.ends_on if wave else None,
        "anonymous": survey.anonymous,
    }


def worded(words: Words, language: str) -> str | None:
    """What a company wrote in a language or a variant of it; None where it did not."""
    for tag, text in words.items():
        if tag == language or tag.startswith(f"{language}-"):
            return text or None
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a version asks that has a question of its own in the warehouse.

    `answer` is its name in `Response.answers`; `option` the option of a multiple choice or of a ranking.
    """

    question_id: str
    answer: str
    question: Question
    metric: str
    row: str = ""
    option: str = ""
    pairs_with: str = ""


def asked_by(version: int, survey_key: str) -> tuple[Asked, ...]:
    """What a version (primary key) of a survey asks. Versions never change: it is worked out once a
    process."""
    return _asked_by(version, survey_key)


@lru_cache(maxsize=500)
def _asked_by(version: int, survey_key: str) -> tuple[Asked, ...]:
    return tuple(_asked(SurveyVersion.objects.select_related("survey").get(pk=version)))


def _asked(version: SurveyVersion) -> Iterator[Asked]:
    numbers = series_numbers(version)
    for question in questionnaire_of(version).questions():
        if question.type == "consent":
            continue  # not an opinion: it stands in consents
        metric = _METRICS[question.type]

        def name(row: str | None = None, question: Question = question) -> str:
            return warehouse_question_id(version, question, row, numbers)

        if question.type == "matrix":
            for one in question.rows:
                yield Asked(name(one.code), f"{question.id}.{one.code}", question, metric, row=one.code)
        elif question.type in ("multiple", "ranking"):
            # A canonical answer holds one choice: several are a question an option, as with files of columns.
            for one in question.options:
                yield Asked(name(one.code), question.id, question, metric, option=one.code)
        else:
            yield Asked(name(), question.id, question, metric)
            if question.type == "pair":
                expected = name("expectation")
                yield Asked(
                    expected, f"{question.id}.expectation", question, "expectation", pairs_with=name()
                )


def questions() -> list[Row]:
    """Every question ever published; where a question was published again its last wording and place hold."""
    known = {row["touchpoint_id"] for row in touchpoints()}
    rows: dict[str, Row] = {}
    versions = SurveyVersion.objects.order_by("published_at", "pk").values_list("pk", "survey__key")
    for version, key in versions:
        for asked in asked_by(version, key):
            rows[asked.question_id] = _question(asked, known)
    return list(rows.values())


def _question(asked: Asked, touchpoints_known: set[str]) -> Row:
    question = asked.question
    low, high = question.scale or (None, None)
    part = _part(asked)
    return {
        "question_id": asked.question_id,
        "metric": asked.metric,
        "scale_low": low,
        "scale_high": high,
        "overall": question.overall,
        "dimension": question.dimension,
        "touchpoint_id": question.touchpoint if question.touchpoint in touchpoints_known else None,
        "text_en": _joined(worded(question.text, "en"), worded(part, "en")),
        "text_zh": _joined(worded(question.text, "zh"), worded(part, "zh")),
        "label_en": worded(part, "en") or worded(question.label, "en"),
        "label_zh": worded(part, "zh") or worded(question.label, "zh"),
        "attributes": attributes(pairs_with=asked.pairs_with, type=question.type, tone=question.tone),
    }


def _part(asked: Asked) -> Words:
    options = asked.question.rows if asked.row else asked.question.options
    wanted = asked.row or asked.option
    return next((one.text for one in options if wanted and one.code == wanted), {})


def _joined(text: str | None, part: str | None) -> str | None:
    return f"{text} – {part}" if text and part else text or part
