"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.profit import columns


def _customer_profit(inputs: Inputs) -> Results:
    from peakend.value.profit.customer_profit import customer_profit_tables

    return customer_profit_tables(inputs)


def _whale(inputs: Inputs) -> Results:
    from peakend.value.profit.whale import whale_tables

    return whale_tables(inputs)


_BOOKS = (
    "products",
    "interactions",
    "value_entries",
    "cost_entries",
    "entry_decisions",
    "contributions",
    "conversion_policies",
)
_LINES = (
    "value/revenue_lines",
    "value/profit/last_bought",
    "value/profit/entries",
    "value/profit/profit_lines",
)

CUSTOMER_PROFIT = Analysis(
    name="customer_profit",
    version=1,
    chapter="worth",
    title=Text("What every customer earns the company", "每位客户的利润贡献"),
    meaning=Text(
        "Every customer's profit: margin and other value less the cost to serve, win and keep them; "
        "reconciled to the company and to the ledger.",
        "每位客户的利润：毛利与其他价值，减去服务、获取与维系成本；并与公司合计及总账对平。",
    ),
    needs=("transactions",),
    uses=(*_BOOKS, "ledger_totals"),
    gives=(columns.CUSTOMER_PROFIT, columns.PROFIT_RECONCILIATION, columns.PROFIT_CHECKS),
    compute=_customer_profit,
    sql=(
        *_LINES,
        "value/profit/ledger_months",
        "value/profit/entry_months",
        "value/profit/served_sums",
        "value/profit/ledger_sums",
        "value/profit/odd_lines",
        "value/profit/events_without_line",
        "value/profit/customer_profit",
    ),
    sources=(
        "Mulhern 1999, Journal of Interactive Marketing 13(1)",
        "Kaplan & Narayanan 2001, Journal of Cost Management 15(5)",
    ),
)

PROFIT_WHALE = Analysis(
    name="profit_whale",
    version=1,
    chapter="worth",
    title=Text("Which customers make the profit", "利润来自哪些客户"),
    meaning=Text(
        "The whale curve of customers' profit, tenths with a policy for each tier, value and high-value "
        "customers, and where past profit alone misleads.",
        "客户利润的鲸鱼曲线、十分位与各层级策略、价值客户与高价值客户，以及仅凭过往利润会误判之处。",
    ),
    needs=("customer_profit",),
    uses=(),
    gives=(columns.PROFIT_WHALE, columns.PROFIT_DECILES, columns.PROFIT_FIGURES),
    compute=_whale,
    sql=(
        "value/profit/whale_percentiles",
        "value/profit/profit_deciles",
        "value/profit/value_thresholds",
        "value/profit/whale_customers",
    ),
    sources=(
        "Kaplan & Narayanan 2001, Journal of Cost Management 15(5)",
        "Wilson 1927, JASA 22(158)",
        "Särndal, Swensson & Wretman 1992, Model Assisted Survey Sampling, 5.6",
    ),
)

ANALYSES: tuple[Analysis, ...] = (CUSTOMER_PROFIT, PROFIT_WHALE)
