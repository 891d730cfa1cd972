"""What the API of cases takes and gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Kind = Literal["complaint", "enquiry", "request", "repair", "maintenance", "praise"]
AnyKind = Literal["", "complaint", "enquiry", "request", "repair", "maintenance", "praise", "repeat"]
Severity = Literal["low", "normal", "high", "critical"]
Status = Literal["open", "working", "waiting", "resolved", "closed"]
Channel = Literal["phone", "email", "sms", "letter", "in_person"]
Outcome = Literal["reached", "not_reached", "left_message", "wrong_number", "refused", "sent"]
Unit = Literal["minutes", "workdays", "days"]
# PostgreSQL cannot hold the character 0 in a text.
Line = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Long = Annotated[str, Field(max_length=20_000, pattern=r"^[^\x00]*$")]
Note = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Words = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")], Long], Field(max_length=20)
]
Money = Annotated[Decimal, Field(ge=0, le=Decimal("99999999.99"), decimal_places=2)]
Place = Annotated[int, Field(ge=0, le=100_000)]
Amount = Annotated[int, Field(ge=1, le=1_000_000)]
Score = Annotated[int, Field(ge=1, le=5)]


class Taken(Schema):
    """What comes in holds nothing unknown."""

    model_config = ConfigDict(extra="forbid")


class Person(Schema):
    """Somebody of the company."""

    key: str
    name: str


class CaseOut(Schema):
    """A case. `customer_id` is empty where nobody knows or may know who it was."""

    key: str
    number: int
    title: str
    kind: str
    severity: str
    status: str
    rule: str
    customer_id: str | None
    site: str | None
    team: str | None
    touchpoint: str | None
    served_by: str
    owner: Person | None
    supervisor: Person | None
    parent: str | None
    opened_at: datetime
    contact_due_at: datetime | None
    due_at: datetime | None
    recontact_due_at: datetime | None
    next_due_at: datetime | None
    legal_due_at: datetime | None
    regulation: str
    contacted_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    waiting_since: datetime | None
    waited_minutes: float
    escalation: int
    reopened: int
    cause: str
    action: str
    score: float | None
    recovery_score: float | None


class CaseFull(CaseOut):
    """The same with what the customer said and what the case still lacks before it may close."""

    said: list[str]
    missing: list[str]


class CasePage(Schema):
    """A page of cases, the newest first."""

    items: list[CaseOut]
    next: str | None


class CaseIn(Taken):
    """A case by hand. Codes name the place; `at` is when it was said."""

    title: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
    words: Long = ""
    kind: Kind = "complaint"
    severity: Severity = "normal"
    customer_id: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] = ""
    site: Short = ""
    team: Short = ""
    touchpoint: Short = ""
    served_by: Short = ""
    at: datetime | None = None


class AssignIn(Taken):
    """To whom."""

    to: Short
    note: Note = ""


class LeaveIn(Taken):
    """Who leaves, and who takes over (empty: by load)."""

    who: Short
    to: Short = ""


class Moved(Schema):
    """How many cases have a new owner."""

    moved: int


class NoteIn(Taken):
    """Words."""

    note: Note


class StatusIn(Taken):
    """`waiting` stops the clock (say for what), `working` takes the case or goes on after waiting."""

    status: Literal["working", "waiting"]
    note: Note = ""


class ContactIn(Taken):
    """One try to reach the customer."""

    channel: Channel
    outcome: Outcome
    note: Note = ""
    template: Short = ""


class MailIn(Taken):
    """An e-mail to the customer."""

    subject: Line
    text: Long
    template: Short = ""


class ContactOut(Schema):
    """A contact as it is kept."""

    key: str
    at: datetime
    channel: str
    outcome: str
    recontact: bool
    template: str
    note: str
    by: str | None


class ContactList(Schema):
    """Every contact of a case."""

    items: list[ContactOut]
    next: str | None = None


class CompensationIn(Taken):
    """What to give; an apology has no amount."""

    kind: Literal["apology", "refund", "voucher", "points", "service", "gift"]
    amount: Money = Decimal(0)
    currency: Currency = "CNY"
    reason: Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00]*$")]


class DecisionIn(Taken):
    """Yes or no."""

    approve: bool
    note: Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")] = ""


class CompensationOut(Schema):
    """What was given, or waits. `over` lists the caps it went over."""

    key: str
    kind: str
    amount: Decimal
    currency: str
    reason: str
    status: str
    over: list[str]
    by: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None


class ResolveIn(Taken):
    """Cause (a code of the catalogue) and action."""

    cause: Short
    action: Long


class RescoreIn(Taken):
    """What the customer says of the recovery."""

    score: Score


class ReviewIn(Taken):
    """The rubric, and of after-sales cases the four attitudes."""

    setting: Score
    politeness: Score
    humility: Score
    humane: Score
    helpful: Score | None = None
    friendly: Score | None = None
    caring: Score | None = None
    reassuring: Score | None = None
    note: Note = ""


class ReviewOut(Schema):
    """The scores as they are kept."""

    setting: int
    politeness: int
    humility: int
    humane: int
    helpful: int | None
    friendly: int | None
    caring: int | None
    reassuring: int | None
    note: str
    at: datetime


class EventOut(Schema):
    """One line of the timeline."""

    key: str
    at: datetime
    kind: str
    who: str
    text: str
    note: str


class Timeline(Schema):
    """The timeline, oldest first."""

    items: list[EventOut]
    next: str | None


class FigureOut(Schema):
    """A figure with its 95 % interval; hidden (null) where n is under 10."""

    n: int
    value: float | None
    low: float | None
    high: float | None


class LoopOut(Schema):
    """How the inner loop runs: minutes by the clock, shares 0 to 1."""

    days: int
    routed: FigureOut
    mailed: FigureOut
    contact: FigureOut
    solved: FigureOut
    closed: FigureOut
    late: FigureOut
    recovered: FigureOut


class LoadOut(Schema):
    """What somebody has on the table."""

    user: Person
    open: int
    overdue: int
    waiting: int
    resolved: int


class Loads(Schema):
    """The load of everybody within reach."""

    items: list[LoadOut]
    next: str | None = None


class EntryIn(Taken):
    """What every entry of a catalogue has."""

    name: Words
    position: Place = 100
    active: bool = True


class RuleIn(EntryIn):
    """A rule: see the conditions in the guide."""

    conditions: dict[str, Any]
    kind: Kind = "complaint"
    severity: Severity = "normal"
    survey: Short = ""


class SlaIn(EntryIn):
    """Deadlines for what fits."""

    kind: AnyKind = ""
    severity: Literal["", "low", "normal", "high", "critical"] = ""
    tier: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    contact_amount: Amount | None = None
    contact_unit: Unit = "minutes"
    resolve_amount: Amount | None = None
    resolve_unit: Unit = "minutes"
    extended_amount: Amount | None = None
    regulation: Line = ""


class CalendarIn(Taken):
    """Hours of Monday to Sunday as lists of ["09:00", "12:00"]."""

    name: Words
    week: Annotated[list[list[tuple[str, str]]], Field(min_length=7, max_length=7)]
    holidays: Literal["", "CN", "US"] = ""
    closed: Annotated[list[str], Field(max_length=1000)] = Field(default_factory=list)
    opened: Annotated[dict[str, list[tuple[str, str]]], Field(max_length=1000)] = Field(default_factory=dict)
    active: bool = True


class TemplateIn(EntryIn):
    """A template in the languages it has."""

    channel: Channel
    subject: Words = Field(default_factory=dict)
    body: Words


class CapIn(Taken):
    """How much a role may give without asking."""

    per_case: Money
    per_customer_year: Money
    per_employee_month: Money


class EntryOut(Schema):
    """What every entry of a catalogue has."""

    code: str
    name: dict[str, str]
    active: bool = True


class RuleOut(EntryOut):
    """A rule in force, or switched off; `survey` is the key of the only one it is for."""

    position: int
    conditions: dict[str, Any]
    kind: str
    severity: str
    survey: str
    built_in: bool


class SlaOut(EntryOut):
    """A policy of deadlines."""

    position: int
    kind: str
    severity: str
    tier: str
    contact_amount: int | None
    contact_unit: str
    resolve_amount: int | None
    resolve_unit: str
    extended_amount: int | None
    regulation: str
    built_in: bool


class CalendarOut(EntryOut):
    """A business calendar."""

    week: list[list[list[str]]]
    holidays: str
    closed: list[str]
    opened: dict[str, list[list[str]]]


class TemplateOut(EntryOut):
    """A template."""

    position: int
    channel: str
    subject: dict[str, str]
    body: dict[str, str]
    built_in: bool


class CapOut(Schema):
    """How much a role may give without asking."""

    role: str
    currency: str
    per_case: Decimal
    per_customer_year: Decimal
    per_employee_month: Decimal


class Rules(Schema):
    """Every rule."""

    items: list[RuleOut]
    next: str | None = None


class Slas(Schema):
    """Every policy."""

    items: list[SlaOut]
    next: str | None = None


class Calendars(Schema):
    """Every calendar."""

    items: list[CalendarOut]
    next: str | None = None


class Causes(Schema):
    """Every cause."""

    items: list[EntryOut]
    next: str | None = None


class Templates(Schema):
    """Every template."""

    items: list[TemplateOut]
    next: str | None = None


class Caps(Schema):
    """Every cap."""

    items: list[CapOut]
    next: str | None = None
