"""What the API of surveys takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

MOST_REVISION = 2**31 - 1


class SurveyOut(Schema):
    """A survey without its questions."""

    key: str
    name: dict[str, str]
    programme: str
    kind: str
    anonymous: bool
    status: str
    site: str | None
    revision: int
    version: int | None
    answers: int
    last_answer_on: date | None


class SurveyList(Schema):
    """One page of surveys."""

    items: list[SurveyOut]
    next: str | None


class SurveyIn(Schema):
    """A new survey: of a template, of a questionnaire, or empty."""

    name: dict[str, str] = Field(default_factory=dict)
    template: str = Field("", max_length=80)
    questionnaire: dict[str, Any] | None = None
    programme: str = Field("", max_length=80)
    kind: str = Field("transactional", max_length=20)
    anonymous: bool = False
    site: str = Field("", max_length=60)


class SettingsIn(Schema):
    """What is left out stays as it is; an empty `site` is the whole company."""

    name: dict[str, str] | None = None
    programme: str | None = Field(None, max_length=80)
    kind: str | None = Field(None, max_length=20)
    anonymous: bool | None = None
    site: str | None = Field(None, max_length=60)


class DraftIn(Schema):
    """The whole draft; `revision` is the one it was made from."""

    revision: int = Field(ge=0, le=MOST_REVISION)
    questionnaire: dict[str, Any]


class DraftOut(Schema):
    """The draft as it is stored."""

    revision: int
    questionnaire: dict[str, Any]


class PublishIn(Schema):
    """`confirmed`: core items whose series may break, with the `reason`."""

    revision: int = Field(ge=0, le=MOST_REVISION)
    confirmed: list[str] = Field(default_factory=list)
    reason: str = Field("", max_length=400)


class VersionOut(Schema):
    """A version without its questions."""

    number: int
    digest: str
    published_at: datetime
    published_by: str | None


class WholeVersionOut(VersionOut):
    """A version, word for word."""

    questionnaire: dict[str, Any]


class VersionList(Schema):
    """One page of versions."""

    items: list[VersionOut]
    next: str | None


class BreakOut(Schema):
    """A series that broke: the item, from which version on, and why."""

    item: str
    programme: str
    survey: str
    version: int
    at: datetime
    before: str
    after: str
    reason: str


class BreakList(Schema):
    """One page of breaks."""

    items: list[BreakOut]
    next: str | None


class CheckOut(Schema):
    """What keeps the draft from being published, what it would break, and the questionnaire audit."""

    ready: bool
    problems: list[dict[str, str]]
    breaks: list[str]
    emotional_share: float | None
    items: int
    uncovered: list[str]
    warnings: list[dict[str, str]]


class TemplateOut(Schema):
    """A template; `questionnaire` where one is asked for."""

    name: str
    title: dict[str, str]
    about: dict[str, str]
    kind: str
    programme: str
    anonymous: bool
    questionnaire: dict[str, Any] | None = None


class ImportOut(Schema):
    """The survey made of a file, and what was lost."""

    survey: SurveyOut
    source: str
    losses: list[dict[str, str]]


class BroughtOut(Schema):
    """What an import of translations did."""

    written: int
    unknown: list[str]
    ignored_languages: list[str]
    revision: int
