"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.profit import cohort_columns, cut_columns, ledger_columns, whale_columns


def _customer_profit(inputs: Inputs) -> Results:
    from peakend.value.profit.customer_profit import customer_profit_tables

    return customer_profit_tables(inputs)


def _reconciliation(inputs: Inputs) -> Results:
    from peakend.value.profit.reconciliation import reconciliation_tables

    return reconciliation_tables(inputs)


def _whale(inputs: Inputs) -> Results:
    from peakend.value.profit.whale import whale_tables

    return whale_tables(inputs)


def _segments(inputs: Inputs) -> Results:
    from peakend.value.profit.profit_segments import segment_tables

    return segment_tables(inputs)


def _cohorts(inputs: Inputs) -> Results:
    from peakend.value.profit.cohorts import cohort_tables

    return cohort_tables(inputs)


def _sku_margins(inputs: Inputs) -> Results:
    from peakend.value.profit.sku_margins import sku_tables

    return sku_tables(inputs)


def _turnaround(inputs: Inputs) -> Results:
    from peakend.value.profit.turnaround import turnaround_tables

    return turnaround_tables(inputs)


_BOOKS = (
    "products",
    "interactions",
    "value_entries",
    "cost_entries",
    "entry_decisions",
    "contributions",
    "conversion_policies",
)
_COSTED = ("customer_service_cost", "pool_costs")
_LINES = (
    "value/revenue_lines",
    "value/profit/last_bought",
    "value/profit/entry_statuses",
    "value/profit/entries",
    "value/profit/profit_lines",
)

CUSTOMER_PROFIT = Analysis(
    name="customer_profit",
    version=1,
    chapter="worth",
    title=Text("What every customer earns the company", "每位客户的利润贡献"),
    meaning=Text(
        "Every customer's profit: margin and other value less the cost to serve, win and keep them.",
        "每位客户的利润：毛利与其他价值，减去服务、获取与维系成本。",
    ),
    needs=("transactions",),
    uses=(*_BOOKS, "customer_service_cost"),
    gives=(ledger_columns.CUSTOMER_PROFIT,),
    compute=_customer_profit,
    sql=(*_LINES, "value/profit/customer_profit"),
    chart="customer_profit",
    sources=(
        "Mulhern 1999, Journal of Interactive Marketing 13(1)",
        "Kaplan & Narayanan 2001, Journal of Cost Management 15(5)",
    ),
)
PROFIT_RECONCILIATION = Analysis(
    name="profit_reconciliation",
    version=1,
    chapter="worth",
    title=Text("Whether customers' profits add up to the books", "客户利润与账面是否对平"),
    meaning=Text(
        "Customers, unidentified and unallocated make the company's total, and how it compares with the "
        "ledger by kind and month; what is odd in the books, named and counted.",
        "客户、未识别与未分配之和等于公司合计，并按类别与月份与总账核对；账目异常逐项列明并计数。",
    ),
    needs=("transactions", "customer_profit"),
    uses=(*_BOOKS, *_COSTED, "ledger_totals"),
    gives=(ledger_columns.PROFIT_RECONCILIATION, ledger_columns.PROFIT_CHECKS),
    compute=_reconciliation,
    sql=(
        *_LINES,
        "value/profit/ledger_months",
        "value/profit/entry_months",
        "value/profit/pool_parts",
        "value/profit/ledger_sums",
        "value/profit/odd_lines",
        "value/profit/events_without_line",
    ),
    chart="profit_reconciliation",
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
    uses=("lifetime_values",),
    gives=(whale_columns.PROFIT_WHALE, whale_columns.PROFIT_DECILES, whale_columns.PROFIT_FIGURES),
    compute=_whale,
    sql=(
        "value/profit/whale_percentiles",
        "value/profit/profit_deciles",
        "value/profit/value_thresholds",
        "value/profit/whale_customers",
    ),
    chart="profit_whale",
    sources=(
        "Kaplan & Narayanan 2001, Journal of Cost Management 15(5)",
        "Wilson 1927, JASA 22(158)",
        "Särndal, Swensson & Wretman 1992, Model Assisted Survey Sampling, 5.6",
    ),
)

PROFIT_SEGMENTS = Analysis(
    name="profit_segments",
    version=1,
    chapter="worth",
    title=Text("Profit by segment, channel and entry product", "按分群、渠道与首购产品的利润"),
    meaning=Text(
        "Profit a customer by segment, main channel, site, entry product and entry channel, with intervals.",
        "按分群、主要渠道、网点、首购产品与首购渠道的人均利润及区间。",
    ),
    needs=("customer_profit", "transactions"),
    uses=("segment_members",),
    gives=(cut_columns.PROFIT_SEGMENTS,),
    compute=_segments,
    sql=("value/profit/profit_cells", "value/profit/segment_moments", "value/profit/segment_customers"),
    chart="profit_segments",
    sources=(
        "Hall 1992, JRSS B 54(1)",
        "Welch 1947, Biometrika 34",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)
PROFIT_COHORTS = Analysis(
    name="profit_cohorts",
    version=1,
    chapter="worth",
    title=Text("When customers pay back what they cost", "客户何时回本"),
    meaning=Text(
        "Cumulative profit of cohorts and their break-even month, what winning customers costs by entry "
        "product and channel, and what keeping them costs beside it.",
        "各批客户的累计利润与回本月份，按首购产品与渠道的获客成本，以及维系成本与之相比。",
    ),
    needs=("transactions", "customer_profit"),
    uses=("customers", *_BOOKS, "customer_service_cost"),
    gives=(
        cohort_columns.PROFIT_BREAK_EVEN,
        cohort_columns.PROFIT_COHORTS,
        cohort_columns.ACQUISITION_COSTS,
        cohort_columns.KEEPING_COSTS,
    ),
    compute=_cohorts,
    sql=(
        *_LINES,
        "value/profit/customer_starts",
        "value/profit/customer_months",
        "value/profit/cohort_sizes",
        "value/profit/cohort_moments",
        "value/profit/entry_curves",
        "value/profit/acquisition_spend",
        "value/profit/keeping_years",
        "value/profit/cohort_customers",
    ),
    chart="profit_cohorts",
    sources=(
        "Blattberg, Getz & Thomas 2001, Customer Equity",
        "Bell, Deighton, Reinartz, Rust & Swartz 2002, Journal of Service Research 5(1)",
    ),
)
SKU_MARGINS = Analysis(
    name="sku_margins",
    version=1,
    chapter="worth",
    title=Text("Margin of every single item", "单品成本与毛利"),
    meaning=Text(
        "What every single item sold for, cost and left, by customers and baskets; adds up to the books.",
        "每个单品的收入、成本与毛利，以及客户与购物篮数；合计与账面相符。",
    ),
    needs=("transactions",),
    uses=_BOOKS,
    gives=(cut_columns.SKU_MARGINS,),
    compute=_sku_margins,
    sql=(*_LINES, "value/profit/sku_margins", "value/profit/sku_table", "value/profit/sku_customers"),
)
TURNAROUND = Analysis(
    name="turnaround",
    version=1,
    chapter="worth",
    title=Text("Who could be turned profitable, and how", "哪些亏损客户可以扭亏"),
    meaning=Text(
        "Customers who cost more than they bring: which of price, terms, channel, bundle and service level "
        "would turn how many, simulated under stated assumptions.",
        "成本高于贡献的客户：价格、条款、渠道、组合、服务等级各能使多少客户扭亏（在所列假设下模拟）。",
    ),
    needs=("customer_profit", "transactions"),
    gives=(cut_columns.TURNAROUND,),
    compute=_turnaround,
    sql=("value/profit/lever_outcomes", "value/profit/turnaround", "value/profit/turnaround_customers"),
    chart="turnaround",
    sources=(
        "Kaplan & Narayanan 2001, Journal of Cost Management 15(5)",
        "Mittal, Sarkees & Murshed 2008, Harvard Business Review 86(4)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (
    PROFIT_WHALE,
    CUSTOMER_PROFIT,
    PROFIT_SEGMENTS,
    PROFIT_COHORTS,
    TURNAROUND,
    SKU_MARGINS,
    PROFIT_RECONCILIATION,
)
