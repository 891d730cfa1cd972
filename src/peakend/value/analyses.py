"""The value analyses: what customers are worth."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value import results


def _concentration(inputs: Inputs) -> Results:
    from peakend.value.concentration import concentration_tables

    return concentration_tables(inputs)


CONCENTRATION = Analysis(
    name="revenue_concentration",
    version=1,
    chapter="worth",
    title=Text("Revenue concentration", "收入集中度"),
    meaning=Text(
        "How much of the revenue comes from how few customers: Pareto shares, Gini coefficient, dependency.",
        "多少收入来自多少客户：头部占比、基尼系数与依赖程度。",
    ),
    needs=("transactions",),
    gives=(results.REVENUE_CONCENTRATION, results.REVENUE_LORENZ),
    compute=_concentration,
    sql=("value/revenue_lines", "value/customer_revenue", "value/concentration_buckets"),
    chart="revenue_concentration",
    sources=(
        "Gini 1912; Lorenz 1905",
        "Langel & Tillé 2013, JRSS A 176(2)",
        "Hirschman 1964, American Economic Review 54(5)",
        "IFRS 8, paragraph 34",
    ),
)

ANALYSES: tuple[Analysis, ...] = (CONCENTRATION,)
