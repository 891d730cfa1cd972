"""The form of a mapping: what may be written in its YAML.

A place that names a source column may hold a rule instead. In short form a rule is the column's name, or a
template when it has braces ("sfo-2017-{RESPNUM}").
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_codes(value: object) -> object:
    """A list of codes, of which the empty one (null) needs no mention: an empty cell is never a code."""
    listed = [value] if value is None or isinstance(value, str) else value
    return [code for code in listed if code is not None] if isinstance(listed, list) else listed


Names = Annotated[list[str], BeforeValidator(_as_list)]
Codes = Annotated[list[str], BeforeValidator(_as_codes)]
Condition = dict[str, Any]


class Form(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Read(Form):
    """How the file is read; see `readers.ReadOptions`."""

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    header: bool = True
    sheet: str | None = None
    member: str | None = None
    skip_lines: int = Field(default=0, ge=0)


class Case(Form):
    """`then` (a constant) where every column of `if` meets its condition."""

    condition: Condition = Field(alias="if")
    then: str | None


class Range(Form):
    """`then` for numbers from `low` to `high`, both included."""

    low: float = Field(alias="from")
    high: float = Field(alias="to")
    then: str | None


class Rule(Form):
    """How one canonical value is made. Exactly one of column, value, template, calc, cases.

    values: code → meaning (null: nothing). ranges: numbers → meaning. unlisted: what to do with other
    codes. empty: texts that mean nothing. date: strptime formats, or iso, day_first, month_first,
    excel, epoch_s, epoch_ms. timezone: IANA name of the clock that times without an offset were read
    from. decimal, thousands: marks in numbers; strip: characters to remove (a currency sign); shift:
    added to a number. pick: which value a derived row takes. number_by: `{#}` in the template counts
    rows (from 1) within equal values of these columns. labels: False keeps the codes of an SPSS column
    that has words for them.
    """

    column: str | None = None
    value: str | None = None
    template: str | None = None
    calc: str | None = None
    cases: list[Case] | None = None
    otherwise: str | None = None
    values: dict[str, str | None] | None = None
    ranges: list[Range] | None = None
    unlisted: Literal["refuse", "keep", "empty"] = "refuse"
    empty: Codes = []
    date: Names = []
    timezone: str | None = None
    decimal: str | None = Field(default=None, min_length=1, max_length=1)
    thousands: str | None = Field(default=None, min_length=1, max_length=1)
    strip: str | None = None
    shift: float = 0
    pick: Literal["first", "most_frequent", "min", "max"] = "first"
    number_by: Names = []
    labels: bool = True

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, written: object) -> object:
        if isinstance(written, str):
            return {"template": written} if "{" in written else {"column": written}
        return written

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        kinds = [self.column, self.template, self.calc, self.cases]
        given = sum(kind is not None for kind in kinds) + ("value" in self.model_fields_set)
        if given != 1:
            raise ValueError("give exactly one of column, value, template, calc, cases")
        return self


class Answer(Form):
    """How a question's answers are read: the column, and where it differs from its survey's codes."""

    column: str
    not_used: Codes | None = None
    no_answer: Codes | None = None
    shift: float = 0
    values: dict[str, str | None] | None = None
    unlisted: Literal["refuse", "keep", "empty"] = "refuse"
    attributes: Names = []

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, written: object) -> object:
        return {"column": written} if isinstance(written, str) else written


class Survey(Form):
    """A wide survey: one row a response, one column a question.

    `survey` and `response` give the two keys, `columns` other columns of responses. Codes in `not_used`
    and `no_answer` are those states; an empty cell is no answer. `segments` gives segment_members of
    each response.
    """

    survey: Rule
    response: Rule
    columns: dict[str, Rule] = {}
    answers: dict[str, Answer] = {}
    segments: dict[str, Rule] = {}
    not_used: Codes = []
    no_answer: Codes = []


class Segments(Form):
    """Segment members of customers: `id` is the customer's key, `by` segmentation → segment."""

    subject: Literal["customer", "response"] = "customer"
    id: Rule
    by: dict[str, Rule]


class TableRule(Form):
    """Rows for one canonical table.

    each: one row for each distinct value of these columns (a dimension derived from facts). attributes:
    columns kept as JSON; True: all that the file's rules do not use (so by default for its first
    table).
    """

    columns: dict[str, Rule]
    where: Condition | list[Condition] | None = None
    each: Names = []
    attributes: bool | list[str] | None = None
    on_conflict: Literal["refuse", "keep"] | None = None


class FileRule(Form):
    """What files whose name fits one of the glob patterns feed. A pattern may leave out the suffix."""

    match: Names
    read: Read = Read()
    empty: Codes = []
    trim: bool = True
    drop: Names = []
    timezone: str | None = None
    decimal: str = Field(default=".", min_length=1, max_length=1)
    thousands: str | None = Field(default=None, min_length=1, max_length=1)
    date: Names = []
    tables: dict[str, TableRule | list[TableRule]] = {}
    survey: Survey | None = None
    segments: Segments | None = None


class Segmentation(Form):
    """Titles of a segmentation and, segment → Chinese, of its segments."""

    en: str
    zh: str
    labels: dict[str, str] = {}


class MappingForm(Form):
    """A whole mapping file."""

    peakend: Literal["1"] = "1"
    source: str
    ignore: Names = []
    segmentations: dict[str, Segmentation] = {}
    rows: dict[str, list[dict[str, str | None]]] = {}
    files: list[FileRule] = []
