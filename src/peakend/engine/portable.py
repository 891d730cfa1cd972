"""The SQL subset that means the same on DuckDB, Spark and PostgreSQL, checked on the parsed tree."""

from __future__ import annotations

from sqlglot import exp

from peakend.engine.errors import PortabilityError

FUNCTIONS = frozenset(
    "Count Sum Avg Min Max Abs Median Lead Lag FirstValue RowNumber Ntile Rank DenseRank Case If Coalesce Nullif Cast Exists "
    "And Or Xor DateDiff TimestampTrunc DateTrunc GroupConcat Floor Ceil Sqrt Exp Ln Pow Substring Lower Upper Trim "
    "Length Stddev Variance Corr Extract Greatest Least Sign".split()
)
OWN_FUNCTIONS = frozenset({"epoch_us"})


def check_portable(tree: exp.Query, label: str) -> None:
    """Raise `PortabilityError` with every reason why `tree` may differ between engines."""
    reasons = [*_unknown_functions(tree), *_forms(tree)]
    if reasons:
        raise PortabilityError(sorted(set(reasons)), query=label)


def _unknown_functions(tree: exp.Query) -> list[str]:
    named = {
        type(f).__name__ for f in tree.find_all(exp.Func) if not isinstance(f, exp.Anonymous)
    } - FUNCTIONS
    free = {f.name.lower() for f in tree.find_all(exp.Anonymous)} - OWN_FUNCTIONS
    return [f"function {name} is not on the allow-list" for name in sorted(named | free)]


def _forms(tree: exp.Query) -> list[str]:
    reasons: list[str] = []
    if any(group.args.get("all") for group in tree.find_all(exp.Group)):
        reasons.append("GROUP BY ALL")
    if any((join.method or "").upper() == "ASOF" for join in tree.find_all(exp.Join)):
        reasons.append("ASOF join")
    if any(
        isinstance(sub.parent, (exp.From, exp.Join)) and not sub.alias for sub in tree.find_all(exp.Subquery)
    ):
        reasons.append("a subquery without a name")
    if tree.find(exp.Qualify):
        reasons.append("QUALIFY")
    for diff in tree.find_all(exp.DateDiff):
        if diff.unit.name.upper() != "DAY":
            reasons.append(f"date_diff('{diff.unit.name.lower()}')")
        if not all(
            isinstance(x, exp.Cast) and x.to.this == exp.DType.DATE for x in (diff.this, diff.expression)
        ):
            reasons.append("date_diff on operands that are not cast to date")
    return reasons
