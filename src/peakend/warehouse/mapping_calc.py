"""Arithmetic over columns in a mapping ("Quantity * UnitPrice"): parsed, never pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from peakend.language import Text
from peakend.warehouse.mapping_loads import Check, ColumnLoad
from peakend.warehouse.mapping_sql import FLOATS, INTEGERS, Scope, plain_text
from peakend.warehouse.readers.naming import quoted

if TYPE_CHECKING:
    from peakend.warehouse.readers.source import SourceColumn

    Place = tuple[str | int, ...]

_ALLOWED = (exp.Column, exp.Identifier, exp.Literal, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren)
_RESULTS = {"integer": "bigint", "number": "double", "money": "decimal(18,4)"}


def calculated(name: str, kind: str, written: str, scope: Scope, place: Place) -> ColumnLoad:
    """The load of a number calculated from columns with + - * / and parentheses; names with other characters
    stand in double quotes.

    Money is calculated in decimals (a product exactly, then rounded to four places), all else in
    doubles. NULL where a column is empty or the divisor zero.
    """
    if kind not in _RESULTS:
        what = Text(f"{name} is no number and cannot be calculated.", f"{name} 不是数值，无法计算。")
        raise scope.wrong(place, what)
    tree: exp.Expr = _parsed(written, scope, place)
    checks = []
    operand = "decimal(18,4)" if kind == "money" else "double"
    for node in list(tree.find_all(exp.Column)):
        column = scope.column(node.name, place)
        value, check = _operand(column, operand, scope)
        checks += [check] if check else []
        replacement = sqlglot.parse_one(value, read="duckdb")
        if node is tree:
            tree = replacement
        else:
            node.replace(replacement)
    for division in list(tree.find_all(exp.Div)):
        divisor = division.expression
        division.set("this", exp.cast(division.this.copy(), "double"))
        division.set("expression", exp.Nullif(this=divisor.copy(), expression=exp.Literal.number(0)))
    sql = tree.sql("duckdb")
    value = f"try_cast({sql} as {_RESULTS[kind]})"
    too_big = Check(
        f"(({sql}) is null or {value} is not null)",
        "out_of_range",
        Text(f"{written} is too large to be kept.", f"{written} 的结果过大，无法保存。"),
        f"({sql})::varchar",
    )
    return ColumnLoad(name, value, (*checks, too_big))


def _parsed(written: str, scope: Scope, place: Place) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(written, read="duckdb")
    except SqlglotError:
        tree = None
    if tree is None or any(not isinstance(node, _ALLOWED) for node in tree.walk()) or tree.find(exp.Dot):
        what = Text(f"{written!r} is no arithmetic over columns.", f"{written!r} 不是列之间的算术表达式。")
        do = Text(
            'Use + - * / and parentheses; put other column names in double quotes: "Unit Price".',
            '请使用 + - * / 与括号；含其他字符的列名请加双引号："Unit Price"。',
        )
        raise scope.wrong(place, what, do)
    return tree


def _operand(column: SourceColumn, kind: str, scope: Scope) -> tuple[str, Check | None]:
    name = quoted(column.name)
    if column.type in INTEGERS and kind != "double":
        return f"try_cast({name} as decimal(18,0))", None
    numeric = column.type in INTEGERS | FLOATS or column.type.startswith("DECIMAL")
    text = name if numeric else scope.text(column)
    value = f"try_cast({text} as {kind})"
    reason = Text(f"{column.name} is not a number.", f"{column.name} 不是数字。")
    return value, Check(
        f"({text} is null or {value} is not null)", "not_a_number", reason, plain_text(column)
    )
