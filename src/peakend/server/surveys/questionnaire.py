"""What a questionnaire is: pages of questions in any number of languages, with the rules that show them.

This is the stored form of drafts and versions, what the API takes, and what answering draws.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Words = dict[str, str]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
OptionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
QuestionType = Literal[
    "nps", "csat", "ces", "rating", "pair", "single", "multiple", "matrix", "ranking", "text", "consent"
]
Operator = Literal["eq", "ne", "in", "lt", "le", "gt", "ge", "contains", "answered", "not_answered"]
SCALES: dict[str, tuple[int, int]] = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "rating": (1, 5),
    "pair": (1, 7),
    "matrix": (1, 5),
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "dv", "yi", "ckb", "sd", "ug"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Condition(_Part):
    """`question op value`; `question` may be an embedded value written `@name`. Unanswered is false for
    all but ne and not_answered.
    """

    question: str
    op: Operator
    value: Any = None


class ShowIf(_Part):
    """Shown when all, or any, of the conditions hold."""

    match: Literal["all", "any"] = "all"
    conditions: list[Condition] = Field(min_length=1, max_length=20)


class Option(_Part):
    """One thing to choose, or one row of a matrix."""

    code: OptionCode
    text: Words
    exclusive: bool = False  # "none of these": chosen alone


class Question(_Part):
    """One question. Texts may pipe `{{question_id}}` of an earlier one or `{{@name}}` of what came with
    the invitation.

    `item` names a core item: the same key in every survey and wave, its wording under change control.
    `not_applicable` offers "did not use". A pair asks the same thing twice, as expected and as met.
    """

    id: Code
    type: QuestionType
    text: Words
    help: Words = Field(default_factory=dict)
    label: Words = Field(default_factory=dict)  # short, for charts
    required: bool = False
    item: Code | None = None
    dimension: str = ""
    touchpoint: str = ""
    overall: bool = False
    tone: Literal["functional", "emotional", ""] = ""
    scale_low: int | None = None
    scale_high: int | None = None
    low_label: Words = Field(default_factory=dict)
    high_label: Words = Field(default_factory=dict)
    not_applicable: bool = False
    options: list[Option] = Field(default_factory=list, max_length=200)
    rows: list[Option] = Field(default_factory=list, max_length=60)
    shuffle: bool = False
    max_length: int = Field(default=2000, ge=1, le=20000)
    most: int | None = Field(default=None, ge=1)  # multiple: at most so many
    purpose: str = ""  # consent: what for
    show_if: ShowIf | None = None

    @property
    def scale(self) -> tuple[int, int] | None:
        """Lowest and highest score; None for what has no score."""
        if self.type not in SCALES:
            return None
        low, high = SCALES[self.type]
        return (
            low if self.scale_low is None else self.scale_low,
            high if self.scale_high is None else self.scale_high,
        )

    @model_validator(mode="after")
    def _whole(self) -> Question:
        if self.type in ("single", "multiple", "ranking") and len(self.options) < 2:
            raise ValueError(f"{self.id}: a {self.type} question needs at least two options")
        if self.type == "matrix" and not self.rows:
            raise ValueError(f"{self.id}: a matrix needs rows")
        if self.type == "consent" and not self.purpose:
            raise ValueError(f"{self.id}: a consent question needs its purpose")
        if self.type == "nps" and self.scale != (0, 10):
            raise ValueError(f"{self.id}: NPS is asked from 0 to 10")
        scale = self.scale
        if scale and not 0 <= scale[0] < scale[1] <= 100:
            raise ValueError(f"{self.id}: the scale {scale[0]} to {scale[1]} is not one from 0 to 100")
        for listed in (self.options, self.rows):
            codes = [one.code for one in listed]
            if len(set(codes)) != len(codes):
                raise ValueError(f"{self.id}: two options have one code")
        return self


class Page(_Part):
    """What stands on one screen."""

    id: Code
    title: Words = Field(default_factory=dict)
    questions: list[Question] = Field(default_factory=list, max_length=100)
    show_if: ShowIf | None = None


class Questionnaire(_Part):
    """A whole questionnaire. `interface` holds buttons and messages in languages that Peakend does not
    speak.
    """

    languages: list[str] = Field(min_length=1, max_length=60)
    default_language: str
    title: Words
    intro: Words = Field(default_factory=dict)
    thanks: Words = Field(default_factory=dict)
    privacy: Words = Field(default_factory=dict)
    interface: dict[str, Words] = Field(default_factory=dict)
    pages: list[Page] = Field(min_length=1, max_length=60)

    def questions(self) -> Iterator[Question]:
        """Every question in order."""
        for page in self.pages:
            yield from page.questions

    @model_validator(mode="after")
    def _whole(self) -> Questionnaire:
        if self.default_language not in self.languages:
            raise ValueError(f"the default language {self.default_language} is not one of {self.languages}")
        for tag in self.languages:
            if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
                raise ValueError(f"{tag} is not a language tag such as en, zh or ar")
        ids = [question.id for question in self.questions()]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"two questions are called {', '.join(twice)}")
        seen: set[str] = set()
        for page in self.pages:
            _earlier(page.show_if, seen, page.id)
            for question in page.questions:
                _earlier(question.show_if, seen, question.id)
                seen.add(question.id)
        return self


def _earlier(rule: ShowIf | None, seen: set[str], where: str) -> None:
    for condition in rule.conditions if rule else ():
        asked = condition.question.partition(".")[0]
        if not asked.startswith("@") and asked not in seen:
            raise ValueError(f"{where}: its rule asks about {asked}, which does not stand before it")


def question_key(survey_key: str, question: Question, row: str | None = None) -> str:
    """`question_id` in the warehouse: the core item's key, else the survey's own; a matrix row has its
    own.
    """
    stem = question.item or f"{survey_key}.{question.id}"
    return f"{stem}.{row}" if row else stem


def wording_digest(question: Question) -> str:
    """SHA-256 of what a respondent reads and can answer: texts in every language, type, scale, ends,
    options, rows.
    """
    content = question.model_dump(
        include={"type", "text", "help", "low_label", "high_label", "options", "rows", "not_applicable"},
        mode="json",
    )
    content["scale"] = question.scale
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def direction(language: str) -> Literal["ltr", "rtl"]:
    """In which direction `language` is written."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
