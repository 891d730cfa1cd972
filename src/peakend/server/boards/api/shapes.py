"""What the API of figures takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field, Schema


class Asking(Schema):
    """Which figures. `survey` is a survey's key or `programme:<name>`; `site` and the like are codes, "-"
    is none.
    """

    survey: str = Field(max_length=140)
    item: str = Field("", max_length=140)
    period: str = Field(
        "", max_length=10, description="2026-W47, 2026-11, 2026-Q4 or 2026; empty: the current month"
    )
    unit: str = Field("", max_length=10)
    site: str = Field("", max_length=120)
    team: str = Field("", max_length=120)
    touchpoint: str = Field("", max_length=120)
    place: str = Field("", max_length=120)
    channel: str = Field("", max_length=40)
    language: str = Field("", max_length=40)
    tier: str = Field("", max_length=60)


class AskingAnswers(Asking):
    """Which answers: `score` and `option` narrow them; `search` looks for words."""

    score: float | None = Field(None, ge=-100, le=100)
    option: str = Field("", max_length=50)
    search: str = Field("", max_length=100)
    cursor: str | None = Field(None, max_length=100)
    limit: int = Field(50, ge=1, le=200)


class ScoreOut(Schema):
    """A score. NPS in points, CSAT as a share, others in scale points. Null where fewer than ten answered."""

    metric: str
    n: int | None
    value: float | None
    low: float | None
    high: float | None
    before: float | None
    before_n: int | None
    p: float | None
    verdict: str


class ItemOut(Schema):
    """A question with its score in the period."""

    key: str
    label: str
    score: ScoreOut


class PartOut(Schema):
    """One value of a cut with its score; hidden: too few answered, or to protect them."""

    value: str
    name: str
    hidden: bool
    score: ScoreOut


class CutOut(Schema):
    """The chosen question by one cut."""

    cut: str
    rows: list[PartOut]


class PeriodOut(Schema):
    """The chosen question in one period."""

    period: str
    score: ScoreOut


class OptionOut(Schema):
    """How many chose an option, with Wilson's interval of the share."""

    option: str
    label: str
    n: int
    share: float
    low: float
    high: float


class ChoiceOut(Schema):
    """A question with options."""

    key: str
    label: str
    n: int | None
    options: list[OptionOut]


class ScoresOut(Schema):
    """A board in one period. `waiting` responses are not in the figures yet, `robots` never will be."""

    survey: str
    title: str
    period: str
    headline: str
    anonymous: bool
    responses: int
    robots: int
    waiting: int
    item: str
    scores: list[ItemOut]
    cuts: list[CutOut]
    trend: list[PeriodOut]
    choices: list[ChoiceOut]
    refused_cuts: list[str]


class BoardOut(Schema):
    """A board one may ask for."""

    survey: str
    title: str
    anonymous: bool
    items: list[str]


class BoardList(Schema):
    """Every board within reach."""

    items: list[BoardOut]
    next: str | None = None


class AnswerOut(Schema):
    """One response behind a number. `customer_id` is empty where the caller may not see who it was."""

    response: str
    at: datetime
    score: float | None
    words: list[str]
    chosen: list[str]
    site: str
    team: str
    touchpoint: str
    channel: str
    language: str
    tier: str
    customer_id: str
    flags: list[str]


class AnswerList(Schema):
    """One page of answers; `count` of all."""

    items: list[AnswerOut]
    count: int
    next: str | None


class WordList(Schema):
    """What customers wrote, the latest first; of an anonymous survey in no order."""

    items: list[str]
    next: str | None = None


class HappeningOut(Schema):
    """One entry of a customer's timeline."""

    at: datetime
    kind: str
    title: str
    detail: str
    words: list[str]
    url: str


class KnownOut(Schema):
    """What the warehouse computed; `computed` false: not yet."""

    name: str
    title: str
    computed: bool
    facts: dict[str, Any]


class ConsentOut(Schema):
    """The last word on a purpose and channel."""

    purpose: str
    channel: str
    status: str
    at: datetime


class CustomerOut(Schema):
    """Everything about one customer. Addresses are masked where the caller may not read them."""

    customer_id: str
    name: str
    email: str
    phone: str
    masked: bool
    tier: str
    language: str
    answers: int
    last_score: float | None
    open_cases: list[str]
    consents: list[ConsentOut]
    timeline: list[HappeningOut]
    warehouse: list[KnownOut]
    warehouse_as_of: datetime | None


class ViewIn(Schema):
    """A view to keep. `role`: whom it is shared with ("everybody", a role, empty: nobody)."""

    name: str = Field(min_length=1, max_length=120)
    survey: str = Field(max_length=140)
    filters: dict[str, str] = Field(default_factory=dict)
    role: str = Field("", max_length=20)
    default: bool = False


class ViewOut(Schema):
    """A saved view."""

    key: str
    name: str
    survey: str
    filters: dict[str, str]
    role: str
    default: bool
    owner: str
    own: bool


class ViewList(Schema):
    """One page of views."""

    items: list[ViewOut]
    next: str | None


class RunOut(Schema):
    """The last run of an analysis."""

    name: str
    title: str
    status: str
    at: datetime
    seconds: float
    rows: int


class RunList(Schema):
    """What was analysed last."""

    items: list[RunOut]
    as_of: datetime | None
    reports: list[str]
    next: str | None = None


class DueOut(Schema):
    """An open case with its nearest deadline."""

    case: str
    title: str
    due_at: datetime | None
    late: bool


class StartOut(Schema):
    """The start page."""

    headline: str
    period: str
    responses: int
    changes: list[str]
    due: list[DueOut]
    open_cases: int
    late_cases: int
    next: str
