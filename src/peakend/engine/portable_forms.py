"""Forms of SQL outside the portable subset: an engine lacks them, or reads them in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_REFUSED: dict[type[exp.Expr], str] = {
    exp.Qualify: "QUALIFY (filter in an outer SELECT)",
    exp.Lateral: "LATERAL (join instead)",
    exp.Pivot: "PIVOT (write max(case when …))",
    exp.TableSample: "TABLESAMPLE (no two engines draw the same)",
    exp.Interval: "INTERVAL (compare epoch_us differences, or add a number of days to a date)",
    exp.ILike: "ILIKE (compare lower(…))",
    exp.SimilarTo: "SIMILAR TO",
    exp.Glob: "GLOB",
    exp.Escape: "LIKE … ESCAPE",
    exp.Bracket: "lists and structs (one row a value)",
    exp.Lambda: "lambdas",
    exp.IntDiv: "// (write floor(cast(a as double) / b))",
    exp.BitwiseAnd: "bitwise operators",
    exp.BitwiseOr: "bitwise operators",
    exp.BitwiseXor: "bitwise operators",
    exp.BitwiseNot: "bitwise operators",
    exp.Rollup: "ROLLUP (write UNION ALL)",
    exp.Cube: "CUBE (write UNION ALL)",
    exp.GroupingSets: "GROUPING SETS (write UNION ALL)",
}


def form_reasons(tree: exp.Query) -> Iterator[str]:
    """Why the forms used in `tree` are not portable."""
    for kind, reason in _REFUSED.items():
        if tree.find(kind):
            yield reason
    yield from _clauses(tree)
    yield from _sources(tree)
    yield from _columns(tree)
    yield from _likes(tree)
    bodies = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    for select in tree.find_all(exp.Select):
        yield from _aliases(select, bodies)


def _clauses(tree: exp.Query) -> Iterator[str]:
    if any(group.args.get("all") for group in tree.find_all(exp.Group)):
        yield "GROUP BY ALL (name the columns)"
    if any(isinstance(key.this, exp.Var) for key in tree.find_all(exp.Ordered)):
        yield "ORDER BY ALL (name the columns)"
    if any(with_.args.get("recursive") for with_ in tree.find_all(exp.With)):
        yield "WITH RECURSIVE"
    if any(operation.args.get("by_name") for operation in tree.find_all(exp.SetOperation)):
        yield "UNION BY NAME (name the columns in order)"
    for distinct in tree.find_all(exp.Distinct):
        if distinct.args.get("on"):
            yield "DISTINCT ON (number the rows with row_number() and keep the first)"
        elif len(distinct.expressions) > 1 or any(isinstance(e, exp.Tuple) for e in distinct.expressions):
            yield "count(distinct a, b) (count in an outer SELECT over a grouped one)"
        elif distinct.expressions and not isinstance(distinct.parent, (exp.Count, exp.Min, exp.Max)):
            yield "DISTINCT inside an aggregate other than count (group first)"


def _sources(tree: exp.Query) -> Iterator[str]:
    for join in tree.find_all(exp.Join):
        words = {str(join.args.get(key) or "").upper() for key in ("method", "kind", "side")}
        if refused := words & {"ASOF", "NATURAL", "POSITIONAL", "SEMI", "ANTI"}:
            yield f"{refused.pop()} JOIN (write the condition out; EXISTS for semi and anti joins)"
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            yield "a table function (hand the rows over as a relation)"
    for subquery in tree.find_all(exp.Subquery):
        if isinstance(subquery.parent, (exp.From, exp.Join)) and not subquery.alias:
            yield "a subquery without a name"
    for values in tree.find_all(exp.Values):
        if isinstance(values.parent, (exp.From, exp.Join)) and not values.alias:
            yield "VALUES without a name"


def _columns(tree: exp.Query) -> Iterator[str]:
    for name in tree.find_all(exp.Identifier):
        if not name.args.get("quoted") and name.this != name.this.lower():
            yield f"the name {name.this} in capitals (write it in lower case, or quote it)"
    for column in tree.find_all(exp.Column):
        if column.args.get("db"):
            yield f"the field {column.sql('duckdb')} of a struct"
    for star in tree.find_all(exp.Star):
        if any(star.args.get(key) for key in ("except_", "except", "replace", "rename")):
            yield "SELECT * EXCLUDE, REPLACE or RENAME (name the columns)"
    for select in _named(tree):
        for projection in select.expressions:
            if not isinstance(projection, (exp.Alias, exp.Column, exp.Star)):
                yield f"the column {projection.sql('duckdb')} without a name (… as name)"
            if isinstance(projection.unalias(), exp.Null):
                yield f"a bare NULL as {projection.alias or 'a column'} (cast it to its type)"


def _named(tree: exp.Query) -> Iterator[exp.Select]:
    """The SELECTs whose column names are seen by others: the outermost one, CTEs and subqueries in FROM."""
    bodies = [tree, *(cte.this for cte in tree.find_all(exp.CTE))]
    bodies += [
        sub.this for sub in tree.find_all(exp.Subquery) if isinstance(sub.parent, (exp.From, exp.Join))
    ]
    for body in bodies:
        while isinstance(body, (exp.SetOperation, exp.Subquery)):
            body = body.this
        if isinstance(body, exp.Select):
            yield body


def _likes(tree: exp.Query) -> Iterator[str]:
    for like in tree.find_all(exp.Like):
        pattern = like.expression
        if not isinstance(pattern, exp.Literal) or "\\" in pattern.name:
            yield "LIKE with a pattern that is no literal or has a backslash (write starts_with or replace)"


def _aliases(select: exp.Select, bodies: Mapping[str, exp.Expr]) -> Iterator[str]:
    """Uses of a column alias in the SELECT that defines it: some engines see it there, some see the input.

    Outside HAVING all of them see the input first, so a name that the input is known to have is fine.
    """
    defined = {
        projection.alias: projection
        for projection in select.expressions
        if isinstance(projection, exp.Alias)
        and not (isinstance(projection.this, exp.Column) and projection.this.name == projection.alias)
    }
    inputs = _input_columns(select, bodies)
    for column in select.find_all(exp.Column):
        own = defined.get(column.name)
        if own is None or column.table or column.parent_select is not select:
            continue
        above = list(_ancestors(column))
        seen = column.name in inputs and not any(isinstance(node, exp.Having) for node in above)
        repeated = any(node == own.this for node in above)
        if own in above or repeated or _is_sort_key(column, select) or seen:
            continue
        yield (
            f"{column.name} is also a column that the same SELECT makes "
            f"(write t.{column.name} for the input, or repeat the expression)"
        )


def _input_columns(select: exp.Select, bodies: Mapping[str, exp.Expr]) -> set[str]:
    """Columns that `select` certainly reads: those of the CTEs and subqueries in its FROM."""
    joins = select.args.get("joins") or ()
    sources = [item.this for item in (select.args.get("from_"), *joins) if item is not None]
    found: set[str] = set()
    for source in sources:
        body = source.this if isinstance(source, exp.Subquery) else bodies.get(source.name)
        if isinstance(body, exp.Query):
            found |= set(body.named_selects)
    return found


def _ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    while node.parent is not None:
        node = node.parent
        yield node


def _is_sort_key(column: exp.Column, select: exp.Select) -> bool:
    """Whether `column` is a whole key of the SELECT's own ORDER BY: an alias is seen there."""
    key = column.parent
    return isinstance(key, exp.Ordered) and key.parent is select.args.get("order")
