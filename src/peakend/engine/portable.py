"""The SQL subset that means the same on DuckDB, Spark and PostgreSQL, checked on the parsed tree.

What is different and cheap to respell is respelled by the engines (`spelling`, `postgres_sql`, `spark_sql`);
the rest is refused here, with a word on what to write instead. The checks see one text, not the types of the
tables it will read, so they do not replace the conformance suite. Four groups of rules:

- functions are on an allow-list (this module);
- forms of SQL that an engine lacks or reads otherwise (`portable_forms`);
- order that is total, and windows with frames (`portable_order`);
- numbers, text and times that would be rounded or written otherwise (`portable_values`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from peakend.engine.errors import PortabilityError
from peakend.engine.portable_forms import form_reasons
from peakend.engine.portable_order import order_reasons
from peakend.engine.portable_values import value_reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS: tuple[type[exp.Func], ...] = (
    *(exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.GroupConcat),
    *(exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Variance, exp.VariancePop),
    *(exp.Corr, exp.CovarSamp, exp.CovarPop),
    *(exp.Lead, exp.Lag, exp.FirstValue, exp.LastValue),
    *(exp.RowNumber, exp.Ntile, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist),
    *(exp.Abs, exp.Sign, exp.Floor, exp.Ceil, exp.Round, exp.Sqrt, exp.Exp, exp.Ln, exp.Pow),
    *(
        exp.Case,
        exp.If,
        exp.Coalesce,
        exp.Nullif,
        exp.Greatest,
        exp.Least,
        exp.Cast,
        exp.Exists,
        exp.And,
        exp.Or,
    ),
    *(exp.Lower, exp.Trim, exp.Length, exp.Substring, exp.Replace, exp.StartsWith, exp.MD5),
    *(exp.DateDiff, exp.TimestampTrunc, exp.DateTrunc, exp.Extract),
    *(exp.Year, exp.Quarter, exp.Month, exp.Day),
)
OWN_FUNCTIONS = frozenset({"epoch_us"})
_INSTEAD = {
    "anyvalue": "write min or max",
    "argmax": "number the rows with row_number(), then max(case when rn = 1 then … end)",
    "argmin": "number the rows with row_number(), then max(case when rn = 1 then … end)",
    "concat": "write a || b: concat reads null as empty on some engines",
    "currentdate": "hand the day over as a parameter",
    "currenttimestamp": "hand the time over as a parameter",
    "dayofweek": "compare days with date_diff from a known Monday",
    "dayofweekiso": "compare days with date_diff from a known Monday",
    "epoch": "write epoch_us: epoch drops parts of a second on Spark",
    "log": "write ln(x) / ln(10): log is the natural logarithm on Spark",
    "mode": "count, then number the rows with row_number()",
    "now": "hand the time over as a parameter",
    "percentilecont": "take the nearest rank by row_number() and count: it is approximate on Spark",
    "percentiledisc": "take the nearest rank by row_number() and count",
    "timetounix": "write epoch_us: epoch drops parts of a second on Spark",
    "trycast": "check with case before the cast: PostgreSQL has no try_cast",
    "upper": "write lower: upper makes one letter of ß here and two there",
}


def check_portable(tree: exp.Query, label: str) -> None:
    """Raise `PortabilityError` with every reason why `tree` may differ between engines."""
    reasons = {*_function_reasons(tree), *form_reasons(tree), *order_reasons(tree), *value_reasons(tree)}
    if reasons:
        raise PortabilityError(sorted(reasons), query=label)


def _function_reasons(tree: exp.Query) -> Iterator[str]:
    for function in tree.find_all(exp.Func):
        if isinstance(function, exp.Anonymous):
            known, name = function.name.lower() in OWN_FUNCTIONS, function.name.lower()
        else:
            known, name = type(function) in FUNCTIONS, type(function).__name__
        if not known:
            instead = _INSTEAD.get(name.lower().replace("_", ""))
            yield f"the function {name} is not in the subset" + (f" ({instead})" if instead else "")
