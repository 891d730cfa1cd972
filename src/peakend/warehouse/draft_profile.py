"""What the values of a source's columns look like: the evidence a drafted mapping rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.warehouse.draft_numbers import PLAIN, NumberForm, number_form
from peakend.warehouse.mapping_dates import Profile, profile
from peakend.warehouse.mapping_sql import FLOATS, INTEGERS, plain_text
from peakend.warehouse.readers.naming import quoted
from peakend.warehouse.readers.source import ROW

if TYPE_CHECKING:
    import duckdb

    from peakend.warehouse.readers.source import SourceColumn, SourceFile

SAMPLE = 200_000
_TOP = 120
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_PHONE = r"^\+?[0-9][0-9 ()\-]{6,17}[0-9]$"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column over the first `SAMPLE` rows.

    Shares (numeric, whole, emails, phones) are of the filled cells; `top` counts the commonest texts.
    """

    column: SourceColumn
    rows: int
    filled: int
    distinct: int
    low: float | None
    high: float | None
    numeric: float
    whole: float
    emails: float
    phones: float
    length: float
    top: dict[str, int]
    dates: Profile
    form: NumberForm = PLAIN

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def unique(self) -> bool:
        """Filled in every row and never the same."""
        return self.filled == self.rows > 1 and self.distinct == self.rows

    @property
    def is_time(self) -> bool:
        if self.column.type == "DATE" or self.column.type.startswith("TIMESTAMP"):
            return True
        known = self.dates.values - self.dates.unread
        return bool(self.dates.values) and known / self.dates.values > 0.9

    @property
    def order_unknown(self) -> bool:
        """Whether day and month of its dates cannot be told apart."""
        found = self.dates
        return bool(found.triples) and not (found.day_first or found.month_first)

    def codes(self) -> dict[float, int] | None:
        """Count of each number where the column holds a few whole numbers (words for "blank" aside)."""
        counted: dict[float, int] = {}
        if not self.top or self.distinct > _TOP:
            return None
        for text, count in self.top.items():
            try:
                number = float(text)
            except ValueError:
                if text.strip().casefold() not in BLANK_WORDS:
                    return None
                continue
            if not number.is_integer():
                return None
            counted[number] = count
        return counted

    def blanks(self) -> list[str]:
        """Words in the column that stand for no answer."""
        return [text for text in self.top if text.strip().casefold() in BLANK_WORDS]


BLANK_WORDS = frozenset({"blank", "n/a", "na", "null", "none", "undefined", "未答", "无", "未填"})


def profiles(source: SourceFile) -> list[ColumnProfile]:
    """A profile of every column of `source`."""
    connection = source.connection
    sample = f"sample_of_{source.relation.strip(chr(34))}"
    connection.execute(
        f"create or replace temp table {quoted(sample)} as "
        f"select * exclude ({quoted(ROW)}) from {source.relation} limit {SAMPLE}"
    )
    try:
        row = connection.execute(f"select count(*) from {quoted(sample)}").fetchone()
        rows = int(row[0]) if row else 0
        return [_profile(connection, quoted(sample), column, rows) for column in source.columns]
    finally:
        connection.execute(f"drop table {quoted(sample)}")


def _profile(
    connection: duckdb.DuckDBPyConnection, sample: str, column: SourceColumn, rows: int
) -> ColumnProfile:
    text = f"nullif(trim({plain_text(column)}), '')"
    top = connection.execute(
        f"select v, count(*) as n from (select {text} as v from {sample}) as values_ "
        f"where v is not null group by v order by n desc, v limit {_TOP}"
    ).fetchall()
    texts = column.type not in INTEGERS | FLOATS
    form = number_form(str(value) for value, _ in top) if texts else NumberForm()
    number = f"try_cast({form.sql('v')} as double)"
    found = connection.execute(
        f"select count(v), count(distinct v), min({number}), max({number}), count({number}), "
        f"count(*) filter (where {number} = trunc({number})), "
        f"count(*) filter (where regexp_matches(v, '{_EMAIL}')), "
        f"count(*) filter (where regexp_matches(v, '{_PHONE}')), avg(length(v)) "
        f"from (select {text} as v from {sample}) as values_"
    ).fetchone()
    filled, distinct, low, high, numbers, whole, emails, phones, length = found or (0,) * 9
    base = filled or 1
    return ColumnProfile(
        column=column,
        rows=rows,
        filled=int(filled),
        distinct=int(distinct),
        low=low,
        high=high,
        numeric=numbers / base,
        whole=whole / base,
        emails=emails / base,
        phones=phones / base,
        length=float(length or 0),
        top={str(value): int(count) for value, count in top},
        dates=profile(str(value) for value, _ in top) if texts else Profile(),
        form=form,
    )


def overlap(child: ColumnProfile, parent: ColumnProfile, here: SourceFile, there: SourceFile) -> float:
    """Share of the different values of `child` that `parent` has too (over at most 2,000 of them)."""
    a = f"nullif(trim({plain_text(child.column)}), '')"
    b = f"nullif(trim({plain_text(parent.column)}), '')"
    row = here.connection.execute(
        f"select avg((v in (select {b} from {there.relation}))::int) from "
        f"(select distinct {a} as v from {here.relation} where {a} is not null limit 2000) as keys"
    ).fetchone()
    return float(row[0]) if row and row[0] is not None else 0.0
