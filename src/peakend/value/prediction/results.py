"""The result tables of lifetime value: which model, how good it is, and what every customer is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text
from peakend.value.prediction.behind import customers_moved, customers_of_band, customers_of_tier

if TYPE_CHECKING:
    from collections.abc import Sequence


def _column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


def _interval(en: str, zh: str, unit: str | None = None, kind: str = "number") -> Sequence[ResultColumn]:
    return (
        _column("low", kind, f"Lower end of the interval of {en}", f"{zh}的置信区间下限", unit),
        _column("high", kind, f"Upper end of the interval of {en}", f"{zh}的置信区间上限", unit),
    )


LIFETIME_MODELS = ResultTable(
    "lifetime_models",
    (
        _column(
            "model",
            "string",
            "Model of purchases; 'same rate' is the plainest prediction",
            "购买模型；same rate 为最朴素的预测",
        ),
        _column(
            "stage",
            "string",
            "validation (chooses) or test (judges, touched by nothing else)",
            "阶段：validation 用于选择，test 仅用于评判",
        ),
        _column("chosen", "flag", "The model that is used", "是否采用"),
        _column("customers", "integer", "Customers it was judged on", "评判所用客户数", "customers"),
        _column("days", "integer", "Length of the window", "窗口天数", "days"),
        _column("predicted", "number", "Purchases it expected in the window", "预测的购买次数", "purchases"),
        _column("actual", "number", "Purchases there were", "实际购买次数", "purchases"),
        _column("bias", "number", "Predicted over actual, less 1", "预测总量相对实际的偏差", "share"),
        _column("bias_low", "number", "Lower end of the interval of the bias", "偏差的置信区间下限", "share"),
        _column(
            "bias_high", "number", "Upper end of the interval of the bias", "偏差的置信区间上限", "share"
        ),
        _column("error", "number", "Mean absolute error a customer", "每位客户的平均绝对误差", "purchases"),
        _column(
            "squared_error",
            "number",
            "Root mean squared error a customer",
            "每位客户的均方根误差",
            "purchases",
        ),
        _column(
            "deviance",
            "number",
            "Mean Poisson deviance a customer; lower is better",
            "每位客户的平均泊松偏差，越低越好",
        ),
        _column("deviance_more", "number", "How much larger than the best one's", "比最优模型高出多少"),
        _column(
            "deviance_more_low",
            "number",
            "Lower end of the interval of that difference",
            "该差值的置信区间下限",
        ),
        _column(
            "deviance_more_high",
            "number",
            "Upper end of the interval of that difference",
            "该差值的置信区间上限",
        ),
        _column(
            "note_en",
            "string",
            "Why it was chosen, or why it could not be fitted",
            "采用或无法拟合的原因（英文）",
        ),
        _column("note_zh", "string", "The same in Chinese", "采用或无法拟合的原因（中文）"),
        _column("from_on", "day", "Last day before the window", "窗口前最后一日"),
        _column("until_on", "day", "Last day of the window", "窗口最后一日"),
    ),
    ("stage", "model"),
    Text(
        "Models of purchases: how each predicted what came later, and which is used.",
        "购买模型对后续购买的预测准确度，以及采用哪一个。",
    ),
)

LIFETIME_PARAMETERS = ResultTable(
    "lifetime_parameters",
    (
        _column("model", "string", "Model", "模型"),
        _column("parameter", "string", "Parameter", "参数"),
        _column("value", "number", "Its value, times in weeks", "参数值（时间以周计）"),
        _column("standard_error", "number", "Standard error", "标准误"),
        *_interval("the parameter", "参数"),
        _column("log_likelihood", "number", "Log-likelihood of the model", "模型的对数似然"),
        _column("customers", "integer", "Customers it was fitted on", "拟合所用客户数", "customers"),
    ),
    ("model", "parameter"),
    Text(
        "Parameters of the models that score customers, fitted on everything known.",
        "为客户评分的模型参数，以全部已知数据拟合。",
    ),
)

LIFETIME_COVARIANCES = ResultTable(
    "lifetime_covariances",
    (
        _column("model", "string", "Model", "模型"),
        _column("parameter", "string", "Parameter", "参数"),
        _column("other", "string", "Other parameter", "另一参数"),
        _column("covariance", "number", "Covariance of the logarithms of both", "两者对数的协方差"),
    ),
    ("model", "parameter", "other"),
    Text(
        "How uncertain the parameters are together: what intervals of customers' value come from.",
        "参数的联合不确定性：客户价值区间的来源。",
    ),
)

LIFETIME_TIERS_BEFORE = ResultTable(
    "lifetime_tiers_before",
    (
        _column("customer_id", "string", "Customer", "客户"),
        _column(
            "tier",
            "string",
            "Tier at the end of validation, by today's thresholds",
            "验证期末的等级（按当前门槛）",
        ),
        _column("as_of_on", "day", "That day", "该日期"),
    ),
    ("customer_id",),
    Text("The tier every customer would have had at an earlier day.", "每位客户在较早日期所处的等级。"),
)

LIFETIME_CALIBRATION = ResultTable(
    "lifetime_calibration",
    (
        _column(
            "decile",
            "integer",
            "Tenth of the customers by predicted purchases, 1 the least",
            "按预测购买次数划分的十分位，1 最低",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("predicted", "number", "Mean purchases predicted", "预测的平均购买次数", "purchases"),
        _column("actual", "number", "Mean purchases there were", "实际的平均购买次数", "purchases"),
        *_interval("the actual mean", "实际均值", "purchases"),
    ),
    ("decile",),
    Text(
        "Predicted and actual purchases in the test window, by tenths.",
        "测试期内预测与实际购买次数，按十分位。",
    ),
)

LIFETIME_TRACKING = ResultTable(
    "lifetime_tracking",
    (
        _column("week", "integer", "Week since the first purchase there is", "自首笔购买起的第几周", "weeks"),
        _column("until_on", "day", "Last day of the week", "该周最后一日"),
        _column("actual", "integer", "Repeat purchases in the week", "该周复购次数", "purchases"),
        _column(
            "expected", "number", "Repeat purchases the model expects", "模型预期的复购次数", "purchases"
        ),
        _column("actual_total", "integer", "Repeat purchases up to here", "累计复购次数", "purchases"),
        _column("expected_total", "number", "Those expected up to here", "累计预期复购次数", "purchases"),
        _column("fitted", "flag", "The model had seen this week", "模型拟合时已包含该周"),
    ),
    ("week",),
    Text(
        "Repeat purchases by week and what a model fitted before the test window expected.",
        "每周复购次数，以及在测试期之前拟合的模型的预期。",
    ),
)

LIFETIME_FREQUENCY = ResultTable(
    "lifetime_frequency",
    (
        _column(
            "purchases",
            "integer",
            "Repeat purchases (the last row: so many or more)",
            "复购次数（末行为此数及以上）",
            "purchases",
        ),
        _column("or_more", "flag", "This many or more", "此数及以上"),
        _column("customers", "integer", "Customers with so many", "实际客户数", "customers"),
        _column(
            "expected",
            "number",
            "Customers the model expects to have so many",
            "模型预期的客户数",
            "customers",
        ),
        *_interval("the expected number, from chance alone", "预期客户数（仅随机波动）", "customers"),
    ),
    ("purchases",),
    Text(
        "How many customers bought again how often, and how many the model expects.",
        "复购次数的客户分布及模型预期。",
    ),
)

VALUE_ACCURACY = ResultTable(
    "value_accuracy",
    (
        _column(
            "decile",
            "integer",
            "Tenth of the customers by predicted spend, 1 the least; 0: all",
            "按预测消费划分的十分位，1 最低；0 为全体",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("predicted", "money", "Spend predicted in the test window", "测试期预测消费"),
        _column("actual", "money", "Spend there was", "测试期实际消费"),
        _column(
            "share_of_actual", "number", "Their share of all that was spent", "占实际消费总额的比例", "share"
        ),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("decile",),
    Text(
        "Predicted and actual spend in the test window, by tenths of predicted spend.",
        "测试期预测与实际消费，按预测消费的十分位。",
    ),
)

LIFETIME_CHECKS = ResultTable(
    "lifetime_checks",
    (
        _column("check", "string", "What was checked", "检查项"),
        _column("value", "number", "What was found", "结果"),
        *_interval("it", "该值"),
        _column("n", "integer", "Customers it rests on", "依据的客户数", "customers"),
        _column("warning", "flag", "The model's assumption fails", "模型假设不成立"),
        _column("meaning_en", "string", "What it means", "含义（英文）"),
        _column("meaning_zh", "string", "The same in Chinese", "含义（中文）"),
    ),
    ("check",),
    Text("What the models assume, checked on the data.", "对模型假设的数据检验。"),
)

LIFETIME_VALUES = ResultTable(
    "lifetime_values",
    (
        _column("customer_id", "string", "Customer", "客户"),
        _column("model", "string", "Model of purchases", "购买模型"),
        _column("frequency", "integer", "Repeat purchases", "复购次数", "purchases"),
        _column("recency_days", "integer", "First to last purchase", "首购至末购天数", "days"),
        _column(
            "age_days", "integer", "First purchase to the last day observed", "首购至观察期末天数", "days"
        ),
        _column("monetary_value", "number", "Mean value of a repeat purchase", "平均复购金额"),
        _column(
            "probability_alive",
            "number",
            "Probability that the customer will buy again at all",
            "仍会再次购买的概率",
            "probability",
        ),
        _column(
            "expected_purchases",
            "number",
            "Purchases expected over the horizon",
            "预测期内预期购买次数",
            "purchases",
        ),
        _column("expected_spend", "number", "Value expected of one purchase", "每次购买的预期金额"),
        _column(
            "lifetime_value",
            "money",
            "Present value of what is expected over the horizon",
            "预测期内预期价值的现值",
        ),
        _column("past_value", "money", "Value of purchases so far", "迄今购买价值"),
        _column(
            "recent_value", "money", "Value of purchases in the last horizon", "最近一个同长度期间的购买价值"
        ),
        _column(
            "potential",
            "money",
            "What is expected over the next horizon less what the last one brought, undiscounted",
            "下一期预期（未折现）减最近一期实际",
        ),
        _column(
            "tier",
            "string",
            "platinum, gold, iron or lead by lifetime value",
            "按终身价值的等级：platinum、gold、iron、lead",
        ),
        _column(
            "basis",
            "string",
            "margin, or revenue where costs are not known",
            "口径：margin 毛利；成本未知时为 revenue 收入",
        ),
        _column("horizon_days", "integer", "How far ahead", "预测天数", "days"),
        _column("discount_rate", "number", "Discount rate a year", "年折现率", "share"),
        _column("as_of_on", "day", "Last day observed", "观察期末"),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("customer_id",),
    Text(
        "Every customer's expected purchases, spend and present value.",
        "每位客户的预期购买次数、金额与现值。",
    ),
)

VALUE_TIERS = ResultTable(
    "value_tiers",
    (
        _column("position", "integer", "Order of the rows, best first", "行次，由高到低"),
        _column(
            "tier",
            "string",
            "platinum, gold, iron, lead; total",
            "等级：platinum、gold、iron、lead；total 合计",
        ),
        _column(
            "from_value",
            "money",
            "Lifetime value from which on a customer belongs to it",
            "进入该等级的终身价值下限",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("customer_share", "number", "Their share of customers", "客户占比", "share"),
        _column("lifetime_value", "money", "Their expected value", "预期价值合计"),
        *_interval(
            "their expected value, from the uncertainty of the parameters",
            "预期价值合计（参数不确定性）",
            None,
            "money",
        ),
        _column(
            "value_share", "number", "Their share of all expected value", "占全部预期价值的比例", "share"
        ),
        _column("past_value", "money", "Value of their purchases so far", "迄今购买价值合计"),
        _column(
            "active_customers",
            "number",
            "Customers among them expected to buy again at all",
            "其中预计仍会购买的客户数",
            "customers",
        ),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("tier",),
    Text(
        "Tiers of customers by lifetime value, with thresholds that stay.",
        "按终身价值划分的客户等级，门槛保持稳定。",
    ),
    behind=customers_of_tier,
)

TIER_MIGRATION = ResultTable(
    "tier_migration",
    (
        _column(
            "from_tier",
            "string",
            "Tier at the end of validation; 'new': no customer then",
            "验证期末的等级；new 表示当时尚非客户",
        ),
        _column("to_tier", "string", "Tier now, by the same thresholds", "当前等级（同一门槛）"),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("share", "number", "Share of those of the first tier", "占原等级客户的比例", "share"),
        *_interval("the share", "占比", "share"),
        _column("from_on", "day", "First date", "起始日期"),
        _column("to_on", "day", "Second date", "截止日期"),
    ),
    ("from_tier", "to_tier"),
    Text(
        "Who moved between tiers; the shares of every first tier make 100 %.",
        "客户在等级间的流动；每个原等级的占比合计为 100%。",
    ),
    behind=customers_moved,
)

GROWTH_POTENTIAL = ResultTable(
    "growth_potential",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "band",
            "string",
            "watch: the tenth with most to grow by; growing, steady, shrinking",
            "watch 增长潜力最大的十分之一；growing 增长、steady 平稳、shrinking 下降",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("recent_value", "money", "What the last horizon brought", "最近一期实际价值"),
        _column("expected_value", "money", "What the next is expected to bring", "下一期预期价值"),
        _column("potential", "money", "The difference", "差额"),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("band",),
    Text(
        "Who is expected to bring more than before: the watch list of future high-value customers.",
        "预期贡献将高于以往的客户：未来高价值客户的关注名单。",
    ),
    behind=customers_of_band,
)

RANK_CHANGE = ResultTable(
    "rank_change",
    (
        _column(
            "past_decile", "integer", "Tenth by value so far, 10 the most", "按迄今价值的十分位，10 最高"
        ),
        _column(
            "lifetime_decile",
            "integer",
            "Tenth by lifetime value, 10 the most",
            "按终身价值的十分位，10 最高",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
    ),
    ("past_decile", "lifetime_decile"),
    Text(
        "How the order of customers changes when what is expected counts, not what was.",
        "以预期价值而非历史价值排序时，客户名次如何变化。",
    ),
)
