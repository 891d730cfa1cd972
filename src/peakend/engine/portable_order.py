"""Order that is total, and windows that say which rows they see.

Where rows tie, each engine (and each run) takes them in another order. An order is taken to be total when

- its last key is an id: a column called `id` or `…_id` (equal times are normal: events end with `event_id`);
- or its last key numbers the rows: a column made by `row_number()`;
- or it names, with the window's PARTITION BY, every column that the rows it reads were grouped by;
- or it names every column of a comment `-- key: a, b`, for relations whose rows those columns identify.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The same for all rows of a tie, so ties do no harm.
_TIE_BLIND = (exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist)
_FRAMED = (exp.AggFunc, exp.FirstValue, exp.LastValue, exp.NthValue)
_UNFRAMED = (exp.RowNumber, exp.Ntile, exp.Lead, exp.Lag, *_TIE_BLIND)
_KEY = re.compile(r"key:\s*(\w+(?:\s*,\s*\w+)*)")
_HOW = "end it with an id column or the columns of the GROUP BY, or declare the key: -- key: a, b"


def order_reasons(tree: exp.Query) -> Iterator[str]:
    """Why the order of rows in `tree` may differ between engines."""
    keys = _Keys(tree)
    for window in tree.find_all(exp.Window):
        yield from _window(window, keys)
    for aggregate in tree.find_all(exp.GroupConcat):
        order = aggregate.this
        if not isinstance(order, exp.Order):
            yield "string_agg without ORDER BY (string_agg(x, '>' order by at, event_id))"
        elif not keys.total(order, _grouping(aggregate.parent_select), aggregate.parent_select, inside=True):
            yield f"the order of {aggregate.sql('duckdb')} is not total ({_HOW})"
    for select in tree.find_all(exp.Select):
        if _is_limited(select) and not keys.total(select.args.get("order"), (), select):
            yield f"LIMIT without a total ORDER BY ({_HOW})"
    if isinstance(tree, exp.SetOperation) and _is_limited(tree):
        yield "LIMIT on a UNION (limit an outer SELECT)"


def _window(window: exp.Window, keys: _Keys) -> Iterator[str]:
    text = window.sql("duckdb")
    function = window.this
    if isinstance(function, exp.Identifier) or window.args.get("alias"):
        yield "a named WINDOW (write it out)"
        return
    if isinstance(function, exp.Filter):
        yield "FILTER in a window (write sum(case when …))"
        function = function.this
    if isinstance(function, (exp.Median, exp.GroupConcat)) or function.find(exp.Distinct):
        yield f"{type(function).__name__} or DISTINCT in a window (group, then join)"
        return
    order, spec = window.args.get("order"), window.args.get("spec")
    if spec is not None and (str(spec.args.get("kind")).upper() == "GROUPS" or spec.args.get("exclude")):
        yield "GROUPS or EXCLUDE in a window's frame (write ROWS)"
    if order is None:
        if not isinstance(function, exp.AggFunc) or isinstance(function, _UNFRAMED):
            yield f"{text} has no ORDER BY"
        return
    if spec is None and isinstance(function, _FRAMED) and not isinstance(function, _UNFRAMED):
        yield f"{text} does not say which rows it sees (rows between unbounded preceding and current row)"
    if isinstance(function, _TIE_BLIND) or _takes_whole_ties(spec, function):
        return
    if not keys.total(order, window.args.get("partition_by") or (), window.parent_select):
        yield f"the order of {text} is not total ({_HOW})"


def _takes_whole_ties(spec: exp.Expr | None, function: exp.Expr) -> bool:
    """Whether the frame has all or none of the rows of a tie and their order is not looked at."""
    if spec is None or isinstance(function, (exp.FirstValue, exp.LastValue, exp.NthValue)):
        return False
    ends = {str(spec.args.get("start")).upper(), str(spec.args.get("end")).upper()}
    if str(spec.args.get("kind")).upper() == "RANGE":
        return True
    return ends == {"UNBOUNDED"}


def _is_limited(query: exp.Query) -> bool:
    """Whether `query` keeps some of its rows and it matters which (not for none or constants)."""
    limit = query.args.get("limit")
    if limit is None and query.args.get("offset") is None:
        return False
    if limit is not None and isinstance(limit.expression, exp.Literal) and limit.expression.name == "0":
        return False
    if isinstance(query, exp.Select):
        outputs = [projection.unalias() for projection in query.expressions]
        constants = all(isinstance(output, (exp.Literal, exp.Null, exp.Boolean)) for output in outputs)
        one_row = not query.args.get("group") and any(output.find(exp.AggFunc) for output in outputs)
        return not constants and not one_row
    return True


class _Keys:
    """What identifies the rows that the SELECTs of one text read."""

    def __init__(self, tree: exp.Query) -> None:
        self._bodies = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
        self._numbers = {
            alias.alias
            for alias in tree.find_all(exp.Alias)
            if isinstance(alias.this, exp.Window)
            and isinstance(alias.this.this, exp.RowNumber)
            and not alias.this.args.get("partition_by")
        }
        self._declared = [
            {name.strip() for name in found.split(",")}
            for node in tree.walk()
            for comment in node.comments or ()
            for found in _KEY.findall(comment)
        ]

    def total(
        self,
        order: exp.Expr | None,
        partition: Iterable[exp.Expr],
        select: exp.Select | None,
        *,
        inside: bool = False,
    ) -> bool:
        """Whether no two rows of `select` (of its input, `inside` an aggregate) are alike in all of these."""
        if order is None or not order.expressions or select is None:
            return False
        sorted_by = [_expression(key.this, select) for key in order.expressions]
        last = _name(sorted_by[-1])
        if last is not None and (last == "id" or last.endswith("_id") or last in self._numbers):
            return True
        named = {_name(key) or key.sql("duckdb") for key in (*sorted_by, *partition)}
        return any(key <= named for key in (*self._declared, *self._found(select, inside)))

    def _found(self, select: exp.Select, inside: bool) -> Iterator[set[str]]:
        if select.args.get("group") and not inside:
            yield {_name(key) or key.sql("duckdb") for key in _grouping(select)}
            return
        source = select.args.get("from_")
        if source is None or select.args.get("joins"):
            return
        body = (
            source.this.this if isinstance(source.this, exp.Subquery) else self._bodies.get(source.this.name)
        )
        if isinstance(body, exp.Select):
            outputs = {p.alias_or_name for p in body.expressions}
            if body.args.get("distinct"):
                yield outputs
            elif body.args.get("group"):
                yield {_output(key, body) for key in _grouping(body)}


def _grouping(select: exp.Select | None) -> list[exp.Expr]:
    group = select.args.get("group") if select is not None else None
    return [_expression(key, select) for key in group.expressions] if group and select else []


def _expression(key: exp.Expr, select: exp.Select) -> exp.Expr:
    """`key`, or what it stands for when it is the number of a column."""
    if isinstance(key, exp.Literal) and not key.is_string and key.name.isdigit():
        position = int(key.name) - 1
        if position < len(select.expressions):
            column: exp.Expr = select.expressions[position]
            return column.unalias()
    return key


def _output(key: exp.Expr, body: exp.Select) -> str:
    """The name under which `body` hands out the expression it groups by."""
    for projection in body.expressions:
        if projection.unalias() == key:
            return str(projection.alias_or_name)
    return _name(key) or key.sql("duckdb")


def _name(key: exp.Expr) -> str | None:
    return key.name if isinstance(key, exp.Column) else None
