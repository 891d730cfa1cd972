"""Dates and times in text: which form a column is written in, and SQL that reads it."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from peakend.language import Text
from peakend.warehouse.readers.naming import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.warehouse.mapping_model import Rule
    from peakend.warehouse.mapping_sql import Scope
    from peakend.warehouse.readers.source import SourceColumn

ORDERS = ("day_first", "month_first")
NUMERIC = {
    "excel": "timestamp '1899-12-30' + to_microseconds((round({0} * 86400) * 1000000)::bigint)",
    "epoch_s": "make_timestamp(({0} * 1000000)::bigint)",
    "epoch_ms": "make_timestamp(({0} * 1000)::bigint)",
}
_SAMPLE = 10_000
_TIME = r"(?:[ T]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?))?"
_ISO = re.compile(rf"\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}{_TIME}( ?(?:Z|UTC|[+-]\d{{2}}(?::?\d{{2}})?))?")
_TRIPLE = re.compile(rf"(\d{{1,2}})([/.\-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_SHAPES = (
    (re.compile(rf"\d{{4}}\.\d{{1,2}}\.\d{{1,2}}{_TIME}"), "%Y.%m.%d"),
    (re.compile(r"\d{4}年\d{1,2}月\d{1,2}日"), "%Y年%m月%d日"),
    (re.compile(rf"\d{{4}}年\d{{1,2}}月\d{{1,2}}日{_TIME}"), "%Y年%m月%d日"),
    (re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"), "%Y%m%d"),
    (re.compile(r"(?:19|20)\d{12}"), "%Y%m%d%H%M%S"),
    (re.compile(rf"\d{{1,2}} [A-Za-z]{{3}} \d{{4}}{_TIME}"), "%d %b %Y"),
    (re.compile(rf"\d{{1,2}} [A-Za-z]{{4,}} \d{{4}}{_TIME}"), "%d %B %Y"),
    (re.compile(rf"\d{{1,2}}-[A-Za-z]{{3}}-\d{{4}}{_TIME}"), "%d-%b-%Y"),
    (re.compile(rf"\d{{1,2}}-[A-Za-z]{{3}}-\d{{2}}{_TIME}"), "%d-%b-%y"),
    (re.compile(rf"[A-Za-z]{{3}} \d{{1,2}}, \d{{4}}{_TIME}"), "%b %d, %Y"),
    (re.compile(rf"[A-Za-z]{{4,}} \d{{1,2}}, \d{{4}}{_TIME}"), "%B %d, %Y"),
)


@dataclass(slots=True)
class Profile:
    """What a sample of a column looks like. `forms`: strptime format (or "iso") → an example.

    `day_first`, `month_first`, `either`: an example of a date that can only be read so, or both ways.
    """

    forms: dict[str, str] = field(default_factory=dict)
    triples: dict[tuple[str, str, str], str] = field(default_factory=dict)
    day_first: str | None = None
    month_first: str | None = None
    either: str | None = None
    offsets: bool = False
    unread: int = 0
    values: int = 0


def profile(values: Iterable[str]) -> Profile:
    """The profile of `values` (distinct texts)."""
    found = Profile()
    for value in values:
        found.values += 1
        if iso := _ISO.fullmatch(value):
            found.forms.setdefault("iso", value)
            found.offsets = found.offsets or bool(iso.group(2))
        elif triple := _TRIPLE.fullmatch(value):
            _add_triple(found, triple, value)
        else:
            shape = next(
                ((pattern.fullmatch(value), form) for pattern, form in _SHAPES if pattern.fullmatch(value)),
                None,
            )
            if shape is None:
                found.unread += 1
            else:
                match, form = shape
                time = match.group(1) if match and match.re.groups else None
                found.forms.setdefault(form + _time_format(time), value)
    return found


def _add_triple(found: Profile, triple: re.Match[str], value: str) -> None:
    first, second = int(triple.group(1)), int(triple.group(3))
    year = "%Y" if len(triple.group(4)) == 4 else "%y"
    found.triples.setdefault((triple.group(2), year, _time_format(triple.group(5))), value)
    if first > 12 >= second:
        found.day_first = found.day_first or value
    elif second > 12 >= first:
        found.month_first = found.month_first or value
    elif first != second:
        found.either = found.either or value


def _time_format(time: str | None) -> str:
    if not time:
        return ""
    seconds = ":%S" if time.count(":") == 2 else ""
    fraction = ".%f" if "." in time else ""
    if time[-1] in "Mm":
        return f" %I:%M{seconds}{fraction} %p"
    return f" %H:%M{seconds}{fraction}"


def read_text(text: str, rule: Rule, column: SourceColumn, scope: Scope, place: tuple[str | int, ...]) -> str:
    """SQL of the TIMESTAMP (UTC) that `text`, SQL over the column's text, says; NULL where it says none.

    The form is the rule's, or the file's, or found in a sample of the column; the other order of day
    and month is never guessed: `MappingError` when the sample allows both, or proves both.
    """
    wanted = tuple(rule.date or scope.rule.date)
    key = (column.name, wanted)
    if key not in scope.formats:
        scope.formats[key] = _formats(text, wanted, column, scope, place)
    return _read(text, scope.formats[key], timezone(rule, scope, place))


def read_template(text: str, rule: Rule, scope: Scope, place: tuple[str | int, ...]) -> str:
    """Like `read_text` for text that a template made of columns; its form is the rule's, or ISO 8601."""
    forms = tuple(rule.date) or ("iso",)
    for form in forms:
        _check_form(form, scope, place)
    return _read(text, forms, timezone(rule, scope, place))


def _read(text: str, forms: tuple[str, ...], zone: str | None) -> str:
    parts = []
    if plain := [form for form in forms if form not in {"iso", "iso_offset"} and form not in NUMERIC]:
        patterns = ", ".join(literal(form) for form in plain)
        parts.append(in_utc(f"try_strptime({text}, [{patterns}])", zone))
    # ISO last: the cast would read 14/03/24 as a day of the year 14.
    parts += [_one(form, text, zone) for form in forms if form in {"iso", "iso_offset"} or form in NUMERIC]
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def _one(form: str, text: str, zone: str | None) -> str:
    # The casts also take the words epoch and infinity, which are no times; digits sort before letters.
    digits = f"case when {text} < ':' then {text} end"
    if form == "iso":
        return in_utc(f"try_cast({digits} as timestamp)", zone)
    if form == "iso_offset":
        # The cast does not take the space that exports set before the offset.
        joined = f"replace(replace({digits}, ' +', '+'), ' -', '-')"
        return f"try_cast({joined} as timestamptz) at time zone 'UTC'"
    return in_utc(NUMERIC[form].format(f"try_cast({text} as double)"), zone if form == "excel" else None)


def timezone(rule: Rule, scope: Scope, place: tuple[str | int, ...]) -> str | None:
    """The checked name of the zone in which the column's times are read; None for UTC."""
    name = rule.timezone or scope.rule.timezone
    if name is None or name.upper() == "UTC":
        return None
    if name not in zoneinfo.available_timezones():
        what = Text(f"there is no time zone {name!r}.", f"没有名为 {name!r} 的时区。")
        do = Text("Use an IANA name such as Asia/Shanghai.", "请使用 IANA 名称，如 Asia/Shanghai。")
        raise scope.wrong(place, what, do)
    return name


def in_utc(sql: str, zone: str | None) -> str:
    """SQL that moves a local TIMESTAMP of `zone` to UTC."""
    return sql if zone is None else f"({sql} at time zone {literal(zone)}) at time zone 'UTC'"


def _formats(
    text: str, wanted: tuple[str, ...], column: SourceColumn, scope: Scope, place: tuple[str | int, ...]
) -> tuple[str, ...]:
    order = next((name for name in wanted if name in ORDERS), None)
    if wanted and order is None:
        for form in wanted:
            _check_form(form, scope, place)
        return wanted
    sample = _sample(text, scope, f"(select * from {scope.source.relation} limit {_SAMPLE}) as s")
    found = profile(sample)
    if found.triples and order is None and not (found.day_first or found.month_first):
        # A sample may hold early days of months only; the whole column decides.
        found = profile(_sample(text, scope, scope.source.relation))
    forms = [("iso_offset" if found.offsets else "iso") if form == "iso" else form for form in found.forms]
    if found.triples:
        order = order or _order(found, column, scope, place)
        forms += [_triple_format(order, *triple) for triple in found.triples]
    if len(found.forms) + bool(found.triples) > 1:
        _note_mixture(found, forms, column, scope)
    # %y before %Y, which would read 24 as the year 24.
    return tuple(sorted(forms, key=lambda form: "%Y" in form)) or ("iso",)


def _triple_format(order: str, mark: str, year: str, time: str) -> str:
    days = ("%d", "%m") if order == "day_first" else ("%m", "%d")
    return mark.join((*days, year)) + time


def _sample(text: str, scope: Scope, relation: str) -> list[str]:
    rows = scope.source.connection.execute(
        f"select distinct {text} as v from {relation} where v is not null order by 1"
    ).fetchall()
    return [str(row[0]) for row in rows]


def _order(found: Profile, column: SourceColumn, scope: Scope, place: tuple[str | int, ...]) -> str:
    if found.day_first and found.month_first:
        what = Text(
            f"{column.name} mixes dates: {found.day_first} has the day first, {found.month_first} the month.",
            f"{column.name} 的日期写法不一：{found.day_first} 日在前，{found.month_first} 月在前。",
        )
    elif found.day_first:
        return "day_first"
    elif found.month_first:
        return "month_first"
    else:
        example = found.either or next(iter(found.triples.values()))
        what = Text(
            f"{column.name} may have the day or the month first (such as {example}): no date in it decides.",
            f"{column.name} 无法判断日在前还是月在前（如 {example}）：该列没有可据以判断的日期。",
        )
    do = Text(
        f"Say which in the mapping: {{column: {column.name}, date: day_first}} or month_first.",
        f"请在映射中写明：{{column: {column.name}, date: day_first}} 或 month_first。",
    )
    raise scope.wrong(place, what, do, column=column.name)


def _note_mixture(found: Profile, forms: list[str], column: SourceColumn, scope: Scope) -> None:
    examples = [*found.forms.values(), *found.triples.values()]
    note = Text(
        f"{column.name} writes dates in {len(forms)} forms, such as {', '.join(examples)}; all were read.",
        f"{column.name} 的日期有 {len(forms)} 种写法，如 {'、'.join(examples)}；均已读取。",
    )
    if note not in scope.source.notes:
        scope.source.notes = (*scope.source.notes, note)


def _check_form(form: str, scope: Scope, place: tuple[str | int, ...]) -> None:
    if form == "iso" or form in NUMERIC:
        return
    try:
        scope.source.connection.execute(f"select try_strptime('', {literal(form)})").fetchall()
        sound = "%" in form
    except duckdb.Error:
        sound = False
    if not sound:
        what = Text(f"{form!r} is no date format.", f"{form!r} 不是日期格式。")
        do = Text(
            f"Use strptime codes (%d/%m/%Y) or one of: iso, {', '.join((*ORDERS, *NUMERIC))}.",
            f"请使用 strptime 代码（如 %d/%m/%Y），或：iso、{'、'.join((*ORDERS, *NUMERIC))}。",
        )
        raise scope.wrong(place, what, do)


def read_native(column: SourceColumn, rule: Rule, scope: Scope, place: tuple[str | int, ...]) -> str | None:
    """SQL of the TIMESTAMP (UTC) of a column that is a date or time already; None for other types."""
    name = quoted(column.name)
    if column.type.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"({name} at time zone 'UTC')"
    if column.type == "DATE":
        return f"{name}::timestamp"
    if column.type.startswith("TIMESTAMP"):
        return in_utc(f"{name}::timestamp", timezone(rule, scope, place))
    return None
