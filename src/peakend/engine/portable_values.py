"""Numbers, text and times that engines would round or write in their own way.

A text does not tell the types of the tables it reads; what it does tell (casts, divisions, averages, and
columns that the text itself makes of them) is followed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["double", "whole", "decimal", "integer", "text", "date", "time", "flag"]

_CASTS: dict[exp.DType, Kind] = {
    exp.DType.BIGINT: "integer",
    exp.DType.INT: "integer",
    exp.DType.SMALLINT: "integer",
    exp.DType.DOUBLE: "double",
    exp.DType.DECIMAL: "decimal",
    exp.DType.TEXT: "text",
    exp.DType.VARCHAR: "text",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "time",
    exp.DType.TIMESTAMPNTZ: "time",
    exp.DType.BOOLEAN: "flag",
}
_DOUBLES = (exp.Div, exp.Avg, exp.Median, exp.Sqrt, exp.Exp, exp.Ln, exp.Pow, exp.Corr, exp.PercentRank)
_MORE_DOUBLES = (exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Variance, exp.VariancePop, exp.CumeDist)
_INTEGERS = (
    exp.Count,
    exp.RowNumber,
    exp.Rank,
    exp.DenseRank,
    exp.Ntile,
    exp.Length,
    exp.DateDiff,
    exp.Extract,
)
_SAME = (exp.Paren, exp.Neg, exp.Abs, exp.Sum, exp.Min, exp.Max, exp.Window, exp.Filter, exp.FirstValue)
_DAYS = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
_PARTS = {"YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "WEEK"}


def value_reasons(tree: exp.Query) -> Iterator[str]:
    """Why values computed in `tree` may differ between engines."""
    kinds = _Kinds(tree)
    for division in tree.find_all(exp.Div):
        if not {kinds.of(division.this), kinds.of(division.expression)} & {"double", "whole"}:
            yield f"{division.sql('duckdb')} divides before a cast to double (cast(a as double) / b)"
    for cast in tree.find_all(exp.Cast):
        yield from _cast(cast, kinds)
    for rounding in tree.find_all(exp.Round):
        if kinds.of(rounding.this) != "decimal":
            yield "round of a double (round(cast(x as decimal(18, 4)), 2), or round in the report)"
    for sum_ in tree.find_all(exp.Sum, exp.Avg, exp.Min, exp.Max):
        if kinds.of(sum_.this) == "flag":
            yield f"{sum_.sql('duckdb')} of a condition (write sum(case when … then 1 else 0 end))"
    yield from _text(tree, kinds)
    yield from _times(tree, kinds)


def _cast(cast: exp.Cast, kinds: _Kinds) -> Iterator[str]:
    target, source = _CASTS.get(cast.to.this), kinds.of(cast.this)
    text = cast.sql("duckdb")
    if target is None:
        yield f"the type of {text} (bigint, double, decimal(p, s), varchar, date, timestamp or boolean)"
    elif target == "integer" and source in {"double", "decimal"}:
        yield f"{text} rounds here and cuts off there (cast floor(…) or ceil(…))"
    elif target == "integer" and source == "flag":
        yield f"{text} of a condition (write case when … then 1 else 0 end)"
    elif target == "text" and source in {"double", "whole", "time"}:
        yield f"{text}: doubles and times are written otherwise on each engine (format them in the report)"


def _text(tree: exp.Query, kinds: _Kinds) -> Iterator[str]:
    for part in tree.find_all(exp.Substring):
        start = part.args.get("start")
        if not isinstance(start, exp.Literal) or start.is_string or int(start.name) < 1:
            yield "substr from something else than a literal of 1 or more"
    for trim in tree.find_all(exp.Trim):
        if trim.expression or trim.args.get("position"):
            yield "trim of other characters than spaces, or of one end"
    for joined in tree.find_all(exp.DPipe):
        for side in (joined.this, joined.expression):
            if (kind := kinds.of(side)) not in {"text", None}:
                yield f"|| with a {kind} (cast it to varchar, or format it in the report)"
    for replace in tree.find_all(exp.Replace):
        if isinstance(replace.expression, exp.Literal) and not replace.expression.name:
            yield "replace of an empty text"


def _times(tree: exp.Query, kinds: _Kinds) -> Iterator[str]:
    for difference in tree.find_all(exp.DateDiff):
        unit = difference.args["unit"].name.upper() if difference.args.get("unit") else "DAY"
        if unit != "DAY":
            yield f"date_diff('{unit.lower()}') (days only; epoch_us(a) - epoch_us(b) for shorter times)"
        if {kinds.of(difference.this), kinds.of(difference.expression)} != {"date"}:
            yield "date_diff on operands that are not cast to date"
    for cut in tree.find_all(exp.TimestampTrunc, exp.DateTrunc):
        parent = cut.parent
        whole = isinstance(parent, exp.Cast) and parent.to.this == exp.DType.DATE
        if not whole or cut.args["unit"].name.upper() not in _DAYS:
            yield "date_trunc to less than a day, or not cast to date (cast(date_trunc('month', x) as date))"
    for part in tree.find_all(exp.Extract):
        if part.name.upper() not in _PARTS:
            yield f"extract({part.name.lower()}) (year, quarter, month, week, day, hour or minute)"
    for minus in tree.find_all(exp.Sub):
        if {kinds.of(minus.this), kinds.of(minus.expression)} <= {"date", "time"}:
            yield "a difference of dates or times (date_diff, or epoch_us(a) - epoch_us(b))"


class _Kinds:
    """What the text tells about the types of its expressions."""

    def __init__(self, tree: exp.Query) -> None:
        self._columns: dict[str, Kind | None] = {}
        # Columns are made of columns made earlier in the text; a few rounds follow most chains.
        for _ in range(4):
            found: dict[str, set[Kind | None]] = {}
            for alias in tree.find_all(exp.Alias):
                found.setdefault(alias.alias, set()).add(self.of(alias.this))
            self._columns = {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}

    def of(self, node: exp.Expr) -> Kind | None:
        """The kind of `node`, or None when the text does not tell."""
        if isinstance(node, exp.Cast):
            return _CASTS.get(node.to.this)
        if isinstance(node, exp.Column):
            return self._columns.get(node.name)
        if isinstance(node, exp.Literal):
            return "text" if node.is_string else _number(node.name)
        if isinstance(node, (*_DOUBLES, *_MORE_DOUBLES)):
            return "double"
        if isinstance(node, (exp.Floor, exp.Ceil)):
            return "whole"
        if isinstance(node, _INTEGERS) or (
            isinstance(node, exp.Anonymous) and node.name.lower() == "epoch_us"
        ):
            return "integer"
        if isinstance(node, (exp.Predicate, exp.Connector, exp.Not, exp.Boolean)):
            return "flag"
        if isinstance(node, (exp.Lower, exp.Trim, exp.Substring, exp.Replace, exp.DPipe, exp.GroupConcat)):
            return "text"
        if isinstance(node, (*_SAME, exp.Round)):
            return self.of(node.this)
        return self._of_several(node)

    def _of_several(self, node: exp.Expr) -> Kind | None:
        parts: list[exp.Expr] = []
        if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Mod)):
            parts = [node.this, node.expression]
        elif isinstance(node, exp.Case):
            parts = [branch.args["true"] for branch in node.args["ifs"]]
            parts += [node.args["default"]] if node.args.get("default") else []
        elif isinstance(node, (exp.Coalesce, exp.Greatest, exp.Least)):
            parts = [node.this, *node.expressions]
        elif isinstance(node, exp.Nullif):
            parts = [node.this]
        kinds = {self.of(part) for part in parts if not isinstance(part, exp.Null)}
        if "double" in kinds:
            return "double"
        if kinds == {"decimal", "integer"}:
            return "decimal"
        if kinds == {"whole", "integer"}:
            return "whole"
        return kinds.pop() if len(kinds) == 1 else None


def _number(text: str) -> Kind:
    if "e" in text.lower():
        return "double"
    return "decimal" if "." in text else "integer"
