"""Small rewrites of a parsed query, so that one text means the same on every engine.

`everywhere` is applied on all of them (DuckDB too); what one engine alone needs lives in its module. Rewrites
run bottom-up and may change a node in place: they only ever see a copy made for rendering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable

# Functions that give a double for doubles on all engines, but for integers and decimals something of their
# own (numeric on PostgreSQL, decimal on Spark, decimal from DuckDB's median).
_OF_DOUBLES = (
    exp.Avg,
    exp.Ceil,
    exp.Corr,
    exp.CovarPop,
    exp.CovarSamp,
    exp.Exp,
    exp.Floor,
    exp.Ln,
    exp.Median,
    exp.Pow,
    exp.Sqrt,
    exp.Stddev,
    exp.StddevPop,
    exp.StddevSamp,
    exp.Variance,
    exp.VariancePop,
)
_OF_INTEGERS = (exp.Extract, exp.Year, exp.Quarter, exp.Month, exp.Day, exp.Length)


def respelled(tree: exp.Expr, rule: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """A copy of `tree` with `rule` applied to every node, children first."""
    root = tree.copy()
    for node in reversed(list(root.walk())):
        new = rule(node)
        if new is node:
            continue
        if node is root:
            root = new
        else:
            node.replace(new)
    return root


def everywhere(node: exp.Expr) -> exp.Expr:
    """The rewrites every engine gets."""
    if isinstance(node, _OF_DOUBLES):
        for key in ("this", "expression"):
            if isinstance(node.args.get(key), exp.Expr):
                node.set(key, double(node.args[key]))
    elif isinstance(node, exp.Div):
        node.set("this", double(node.this))
        node.set("expression", not_zero(node.expression))
    elif isinstance(node, exp.Mod):
        node.set("expression", not_zero(node.expression))
    elif isinstance(node, _OF_INTEGERS) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node.copy(), "bigint")
    elif isinstance(node, exp.Sign):
        return _sign(node.this)
    return node


def double(node: exp.Expr) -> exp.Expr:
    """`node` cast to double, unless it is."""
    if isinstance(node, exp.Cast) and node.to.this == exp.DType.DOUBLE:
        return node
    return exp.cast(node.copy(), "double")


def not_zero(node: exp.Expr) -> exp.Expr:
    """`node`, or null where it is zero: dividing by zero is infinity here and an error there."""
    inner = node.unnest()
    if isinstance(inner, exp.Nullif) or (isinstance(inner, exp.Literal) and float(inner.name) != 0):
        return node
    return exp.Nullif(this=node.copy(), expression=exp.Literal.number(0))


def _sign(value: exp.Expr) -> exp.Expr:
    zero = exp.Literal.number(0)
    return (
        exp.case()
        .when(exp.GT(this=value.copy(), expression=zero.copy()), "1")
        .when(exp.LT(this=value.copy(), expression=zero.copy()), "-1")
        .when(exp.EQ(this=value.copy(), expression=zero.copy()), "0")
    )
