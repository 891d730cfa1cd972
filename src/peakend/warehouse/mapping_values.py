"""From a rule of the mapping to the SQL of one canonical value, with what is refused and what is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse import mapping_dates
from peakend.warehouse.mapping_calc import calculated
from peakend.warehouse.mapping_loads import Check, ColumnLoad, Repair
from peakend.warehouse.mapping_sql import (
    FLOATS,
    INTEGERS,
    Scope,
    condition,
    listed,
    placeholders,
    plain_text,
    template_parts,
)
from peakend.warehouse.readers.naming import literal, quoted

if TYPE_CHECKING:
    from peakend.warehouse.mapping_model import Rule
    from peakend.warehouse.readers.source import SourceColumn

    Place = tuple[str | int, ...]

SQL_TYPES = {
    "string": "varchar",
    "integer": "bigint",
    "number": "double",
    "money": "decimal(18,4)",
    "day": "date",
    "time": "timestamp",
    "flag": "boolean",
}
NUMBER = "__number"
_YES = ("true", "t", "yes", "y", "1", "是", "有", "真")
_NO = ("false", "f", "no", "n", "0", "否", "无", "假")
_REASONS = {
    "integer": ("not_whole", Text("is not a whole number", "不是整数")),
    "number": ("not_a_number", Text("is not a number", "不是数字")),
    "money": ("not_an_amount", Text("is not an amount of money", "不是金额")),
    "day": ("not_a_date", Text("is not a date in the column's form", "不是该列写法的日期")),
    "time": ("not_a_time", Text("is not a time in the column's form", "不是该列写法的时间")),
    "flag": ("not_yes_or_no", Text("is neither yes nor no", "既非是也非否")),
}


def column_load(name: str, kind: str, rule: Rule, scope: Scope, place: Place) -> ColumnLoad:
    """The load of canonical column `name`, of the schema type `kind`, by `rule`, which stands at `place`."""
    if "value" in rule.model_fields_set:
        return ColumnLoad(name, constant(rule.value, kind, scope, place))
    if rule.calc is not None:
        return calculated(name, kind, rule.calc, scope, place)
    if rule.cases is not None:
        return ColumnLoad(name, _cases(rule, kind, scope, place))
    if rule.template is not None:
        text = template(rule, scope, place)
        return _from_text(name, kind, rule, text, text, scope, place)
    column = scope.column(str(rule.column), place)
    if (codes := _meanings(rule, column)) is not None or rule.ranges:
        return _coded(name, kind, rule, column, codes or {}, scope, place)
    if (native := _native(column, kind, rule, scope, place)) is not None:
        return ColumnLoad(name, native[0], _checks(native[1], kind, column.name, plain_text(column)))
    text = scope.text(column, rule.empty)
    load = _from_text(name, kind, rule, text, plain_text(column), scope, place, column)
    mended = scope.repaired(column, rule.empty)
    if mended is None or kind != "string":
        return load
    words = Text(
        f"{column.name}: spaces around it removed, or a word for nothing left empty",
        f"{column.name}：去除首尾空格，或将表示“无”的文字置空",
    )
    repairs = (Repair(mended, "tidied", words),)
    return ColumnLoad(name, load.value, load.checks, repairs, unrepaired=plain_text(column))


def constant(value: str | None, kind: str, scope: Scope, place: Place) -> str:
    """SQL of a constant of the canonical type; a `MappingError` when it is none."""
    if value is None:
        return f"null::{SQL_TYPES[kind]}"
    sql = f"try_cast({literal(value)} as {SQL_TYPES[kind]})"
    row = scope.source.connection.execute(f"select {sql} is null").fetchone()
    if row is None or row[0]:
        raise scope.wrong(
            place, Text(f"{value!r} {_REASONS[kind][1].en}.", f"{value!r} {_REASONS[kind][1].zh}。")
        )
    return f"{literal(value)}::{SQL_TYPES[kind]}"


def template(rule: Rule, scope: Scope, place: Place) -> str:
    """SQL of a template's text; NULL when a column in it is empty."""
    parts = []
    for piece, is_name in template_parts(str(rule.template)):
        if not is_name:
            parts.append(literal(piece))
        elif piece == "#":
            parts.append(f"{quoted(NUMBER)}::varchar")
        else:
            parts.append(f"({scope.text(scope.column(piece, place), rule.empty)})")
    return "(" + " || ".join(parts) + ")"


def numbered_by(rule: Rule) -> list[str] | None:
    """The columns within which the rule's `{#}` counts, or None when it has none."""
    return rule.number_by if rule.template is not None and "#" in placeholders(rule.template) else None


def _cases(rule: Rule, kind: str, scope: Scope, place: Place) -> str:
    parts = [
        f"when {condition(case.condition, scope, (*place, 'cases', n, 'if'))} "
        f"then {constant(case.then, kind, scope, (*place, 'cases', n))}"
        for n, case in enumerate(rule.cases or ())
    ]
    otherwise = constant(rule.otherwise, kind, scope, (*place, "otherwise"))
    return f"case {' '.join(parts)} else {otherwise} end"


def _meanings(rule: Rule, column: SourceColumn) -> dict[str, str | None] | None:
    if rule.values is not None:
        return rule.values
    return dict(column.labels) if column.labels and rule.labels and rule.template is None else None


def _coded(
    name: str,
    kind: str,
    rule: Rule,
    column: SourceColumn,
    codes: dict[str, str | None],
    scope: Scope,
    place: Place,
) -> ColumnLoad:
    text = scope.text(column, (*rule.empty, *(column.missing if rule.values is None else ())))
    # Words of an SPSS file cover the codes that have one; a code without is its own meaning.
    unlisted = rule.unlisted if rule.values is not None or rule.ranges else "keep"
    branches = [
        f"when {literal(code)} then {constant(meaning, kind, scope, (*place, 'values', code))}"
        for code, meaning in codes.items()
    ]
    number = f"try_cast({text} as double)"
    within = [f"{number} between {part.low!r} and {part.high!r}" for part in rule.ranges or ()]
    ranges = [
        f"when {test} then {constant(part.then, kind, scope, (*place, 'ranges', n))}"
        for n, (test, part) in enumerate(zip(within, rule.ranges or (), strict=True))
    ]
    kept = f"try_cast({text} as {SQL_TYPES[kind]})" if unlisted == "keep" else f"null::{SQL_TYPES[kind]}"
    if rule.otherwise is not None:
        kept, unlisted = constant(rule.otherwise, kind, scope, (*place, "otherwise")), "keep"
    rest = f"case {' '.join(ranges)} else {kept} end" if ranges else kept
    sql = f"case {text} {' '.join(branches)} else {rest} end" if branches else rest
    value = f"case when {text} is null then null else {sql} end"
    if unlisted != "refuse":
        return ColumnLoad(name, value)
    known = [f"{text} in ({listed(codes)})"] if codes else []
    good = " or ".join([f"{text} is null", *known, *(f"coalesce({test}, false)" for test in within)])
    reason = Text(
        f"{column.name}: the mapping has no meaning for this code.",
        f"{column.name}：映射中没有此代码的含义。",
    )
    return ColumnLoad(name, value, (Check(f"({good})", "unlisted_code", reason, plain_text(column)),))


def _native(
    column: SourceColumn, kind: str, rule: Rule, scope: Scope, place: Place
) -> tuple[str, str | None] | None:
    """(value, condition under which it is right) for a column whose values are no text; None otherwise."""
    name = quoted(column.name)
    if kind in {"day", "time"}:
        moment = mapping_dates.read_native(column, rule, scope, place)
        if moment is None or kind == "time":
            return None if moment is None else (moment, None)
        return (f"{name}::date" if column.type == "DATE" else f"({moment})::date"), None
    if kind == "flag" and column.type == "BOOLEAN":
        return name, None
    if kind not in {"integer", "number", "money"} or rule.empty:
        return None
    if not (column.type in INTEGERS | FLOATS or column.type.startswith("DECIMAL")):
        return None
    value = f"try_cast({name} as {SQL_TYPES[kind]})"
    if rule.shift:
        value = f"({value} + {rule.shift!r})::{SQL_TYPES[kind]}"
    if kind == "integer" and column.type not in INTEGERS:
        return value, f"{name} is null or coalesce({name} = trunc({name}) and {value} is not null, false)"
    if column.type in FLOATS:
        return value, f"{name} is null or coalesce(isfinite({name}) and {value} is not null, false)"
    return (
        value,
        None if column.type in INTEGERS and kind != "money" else f"{name} is null or {value} is not null",
    )


def _from_text(
    name: str,
    kind: str,
    rule: Rule,
    text: str,
    raw: str,
    scope: Scope,
    place: Place,
    column: SourceColumn | None = None,
) -> ColumnLoad:
    """The load of a value that is text in the file: it is read in a column of the relation."""
    if kind == "string":
        return ColumnLoad(name, text)
    value = _read(kind, rule, text, scope, place, column)
    if column is not None and text != raw and not (rule.empty or scope.rule.empty):
        # Nearly every value reads as it stands; only one that does not is trimmed and read again.
        value = f"coalesce({_read(kind, rule, raw, scope, place, column)}, {value})"
    made = quoted(f"__{name}")
    scope.computed[made] = value
    good = f"case when {made} is null then {text} is null else {_sane(kind, made)} end"
    return ColumnLoad(name, made, _checks(good, kind, column.name if column else str(rule.template), raw))


def _sane(kind: str, value: str) -> str:
    """Condition under which a value that could be read is right."""
    if kind in {"day", "time"}:
        # A year of two digits that was read as four is no date.
        return f"{value} between '1000-01-01'::{SQL_TYPES[kind]} and '9999-01-01'::{SQL_TYPES[kind]}"
    return f"isfinite({value})" if kind == "number" else "true"


def _read(kind: str, rule: Rule, text: str, scope: Scope, place: Place, column: SourceColumn | None) -> str:
    """SQL of the value that `text`, SQL of a text, says; NULL where it says none."""
    if kind in {"day", "time"}:
        if column is None:
            moment = mapping_dates.read_template(text, rule, scope, place)
        else:
            moment = mapping_dates.read_text(text, rule, column, scope, place)
        return f"({moment})::date" if kind == "day" else moment
    if kind == "flag":
        lower = f"lower({text})"
        yes = f"when {lower} in ({listed(_YES)}) then true"
        return f"case {yes} when {lower} in ({listed(_NO)}) then false end"
    clean = _number_text(rule, text, scope)
    value = f"try_cast({clean} as {SQL_TYPES[kind]})"
    if kind == "integer":
        # A cast of 3.7 to a whole number rounds without a word.
        value = f"case when {value} = try_cast({clean} as double) then {value} end"
    return f"({value} + {rule.shift!r})::{SQL_TYPES[kind]}" if rule.shift else value


def _number_text(rule: Rule, text: str, scope: Scope) -> str:
    """SQL of the text of a number with a point for its decimals and no other marks."""
    for mark in rule.strip or "":
        text = f"replace({text}, {literal(mark)}, '')"
    thousands = rule.thousands or scope.rule.thousands
    if thousands is not None:
        text = f"replace({text}, {literal(thousands)}, '')"
    decimal = rule.decimal or scope.rule.decimal
    if decimal != ".":
        text = f"replace({text}, {literal(decimal)}, '.')"
    return f"trim({text})" if rule.strip else text


def _checks(good: str | None, kind: str, label: str, raw: str) -> tuple[Check, ...]:
    if good is None:
        return ()
    code, words = _REASONS[kind]
    return (Check(f"({good})", code, Text(f"{label} {words.en}.", f"{label} {words.zh}。"), raw),)
