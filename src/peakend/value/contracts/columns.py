"""The result tables of contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _active(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.contracts.observed import customers_active

    return customers_active(inputs, row)


def _of_age(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.contracts.projection import customers_of_age

    return customers_of_age(inputs, row)


def _of_group(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.contracts.groups import customers_of_group

    return customers_of_group(inputs, row)


_SOURCE = column(
    "source",
    "string",
    "holdings, or memberships where there are no holdings",
    "来源：holdings 持有；没有持有数据时为 memberships 会籍",
)
_PRODUCT = (
    _SOURCE,
    column(
        "product_id",
        "string",
        "Product (of memberships the programme); (all) for all together",
        "产品（会籍为计划）；(all) 为全部",
    ),
    column(
        "period_kind",
        "string",
        "Length of a period: month, quarter or year",
        "期长：month 月、quarter 季、year 年",
    ),
)
_RENEWALS = column("renewals", "integer", "Periods completed so far", "已完成的期数", "periods")
_MODEL = (
    column("model", "string", "Model of renewal (empty: none could be fitted)", "续约模型（空为无法拟合）"),
    column(
        "borrowed",
        "flag",
        "True: too few of the product were lost; the model is that of all products",
        "是否因该产品流失过少而借用全部产品的模型",
    ),
)
_RATE = column("discount_rate", "number", "Discount rate of a year", "年折现率", SHARE)


def _estimate(name: str, unit: str | None, en: str, zh: str) -> tuple[Any, ...]:
    return (column(name, "number", en, zh, unit), *interval_ends(name, unit))


CONTRACT_COHORTS = ResultTable(
    "contract_cohorts",
    (
        *_PRODUCT,
        column("cohort_on", "day", "First day of the period they were opened in", "开立所在周期的首日"),
        column("age", "integer", "Periods since they were opened", "开立后第几期", "periods"),
        column(
            "seen_late",
            "flag",
            "True: opened before observation began; those closed until then are not on record",
            "是否开立于观察开始之前（此前已终止者无记录）",
        ),
        column(
            "contracts",
            "integer",
            "Contracts of the cohort for which the period is over",
            "该期已结束的该批合约数",
            "contracts",
        ),
        column(
            "at_risk", "integer", "Of these, open at the start of the period", "其中期初仍有效者", "contracts"
        ),
        column("renewed", "integer", "Of these, still open at its end", "其中期末仍有效者", "contracts"),
        *_estimate("retention", SHARE, "renewed ÷ at_risk", "续约率：renewed ÷ at_risk"),
        column(
            "n", "integer", "Base of share (empty: seen late)", "share 的基数（空为未自始观察）", "contracts"
        ),
        column(
            "active", "integer", "Of n, still open at the end of the period", "其中期末仍有效者", "contracts"
        ),
        *_estimate(
            "share",
            SHARE,
            "Share of those opened that is still open at the end of the period",
            "开立合约中期末仍有效的比例",
        ),
        *HIDDEN,
    ),
    ("product_id", "cohort_on", "age"),
    Text(
        "Of the contracts opened in a period, how many are still open after one, two and more periods.",
        "同期开立的合约在一期、两期及更多期之后仍有效的比例。",
    ),
    _active,
)
CONTRACT_FAULTS = ResultTable(
    "contract_faults",
    (
        _SOURCE,
        column(
            "fault",
            "string",
            "no_opening_day, opened_in_future, closed_before_opened, closed_in_future, zero_length, "
            "opened_before_observation, or sound",
            "问题：no_opening_day 无开立日、opened_in_future 开立日在未来、"
            "closed_before_opened 终止早于开立、closed_in_future 终止日在未来、zero_length 当日终止、"
            "opened_before_observation 开立于观察开始之前、sound 无问题",
        ),
        column(
            "treatment",
            "string",
            "left_out, counted_as_open, lost_in_first_period, seen_from_then_on or used",
            "处理：left_out 剔除、counted_as_open 计为有效、lost_in_first_period 计为首期流失、"
            "seen_from_then_on 自观察开始起计入、used 照常使用",
        ),
        column("contracts", "integer", "Contracts", "合约数", "contracts"),
        column(
            "observed_since_on",
            "day",
            "First day from which closings are on record (empty: from the start)",
            "终止记录开始之日（空为自始）",
        ),
        column("as_of_on", "day", "Last day on record", "记录的最后一日"),
        column("period_kind", "string", "Length of a period in all tables", "各表所用的期长"),
    ),
    ("fault",),
    Text(
        "Contracts that cannot be as they are written, or were not seen whole, and what became of them.",
        "记录有误或未能完整观察的合约，及其处理方式。",
    ),
)
CONTRACT_MODELS = ResultTable(
    "contract_models",
    (
        *_PRODUCT,
        column("model", "string", "Model of renewal", "续约模型"),
        column("chosen", "flag", "True: used for what is projected", "是否选用"),
        column(
            "chosen_by",
            "string",
            "validation (score on the validation window), aic (windows too small), none",
            "选择依据：validation 验证窗得分、aic 窗口太小改用赤池信息准则、none 无",
        ),
        column("converged", "flag", "False: no optimum was found; no numbers", "是否收敛（否则不给数值）"),
        column("contracts", "integer", "Contracts", "合约数", "contracts"),
        column(
            "contract_periods",
            "integer",
            "Contract-periods fitted on",
            "拟合所用的合约期数",
            "contract-periods",
        ),
        column("lost", "integer", "Of these, not renewed", "其中未续约", "contract-periods"),
        *(
            one
            for name, en, zh in (
                ("alpha", "α of the beta distribution", "贝塔分布的 α"),
                ("beta", "β of the beta distribution", "贝塔分布的 β"),
                ("c", "c: above 1 each gets likelier to leave", "c：大于 1 表示个体流失倾向随时间上升"),
                ("odds", "Odds of leaving (constant retention)", "流失几率（固定续约率模型）"),
            )
            for one in (
                column(name, "number", en, zh),
                column(f"{name}_se", "number", f"Standard error of {name}", f"{name} 的标准误"),
            )
        ),
        column("log_likelihood", "number", "Log-likelihood", "对数似然"),
        column(
            "validation_score",
            "number",
            "Mean log-likelihood of a contract-period of the validation window, not fitted on",
            "验证窗（未参与拟合）每合约期的平均对数似然",
        ),
        column(
            "test_score",
            "number",
            "The same of the last window, which nothing was chosen by",
            "最后一个窗口（未参与选择）的同一指标",
        ),
        column(
            "test_predicted",
            "number",
            "Lost in the last window, as predicted",
            "最后窗口预测流失",
            "contracts",
        ),
        column("test_lost", "integer", "Lost in the last window", "最后窗口实际流失", "contracts"),
        column(
            "test_periods",
            "integer",
            "Contract-periods of the last window",
            "最后窗口的合约期数",
            "contract-periods",
        ),
        *_estimate(
            "lifetime",
            "periods",
            "Discounted expected lifetime of a new contract (DEL)",
            "新合约的折现期望寿命（DEL）",
        ),
        _RATE,
    ),
    ("product_id", "model"),
    Text(
        "Models of how contracts are renewed, which of them predicts best, and how well it did.",
        "合约续约的各模型、其中预测最好者及其实际表现。",
    ),
)
CONTRACT_SURVIVAL = ResultTable(
    "contract_survival",
    (
        *_PRODUCT,
        column("age", "integer", "Periods since opened", "开立后的期数", "periods"),
        column("at_risk", "integer", "Contracts seen in this period", "该期观察到的合约", "contracts"),
        column("lost", "integer", "Of these, not renewed", "其中未续约", "contracts"),
        *_estimate("observed", SHARE, "Share still open after it, as observed", "其后仍有效的比例（观察）"),
        *_MODEL,
        *_estimate(
            "projected",
            SHARE,
            "Share still open after it, by the model (the interval is that of its parameters)",
            "其后仍有效的比例（模型；区间只反映参数的不确定性）",
        ),
    ),
    ("product_id", "age"),
    Text(
        "How many contracts last how long: observed so far, and projected beyond.",
        "合约能持续多久：已观察到的与推算的留存。",
    ),
)
_AHEAD = (
    column("next_retention", "number", "Probability of the next renewal", "下次续约的概率", "probability"),
    column(
        "residual_terms",
        "number",
        "Renewals still to come, each at its value today (DERL, seen just before the next)",
        "今后的续约期数，按现值计（DERL，以下次续约前为准）",
        "periods",
    ),
    column(
        "terms_in_horizon",
        "number",
        "Of the renewals due within the horizon, how many are expected (not discounted)",
        "预测期内到期的续约中预期实现的期数（不折现）",
        "periods",
    ),
)
_WORTH = (
    column(
        "residual_value",
        "money",
        "residual_terms × margin per period (empty: no margin is known)",
        "residual_terms × 每期毛利（空为毛利未知）",
    ),
    column("currency", "string", "Currency (ISO 4217)", "币种"),
)
CONTRACT_RESIDUALS = ResultTable(
    "contract_residuals",
    (
        *_PRODUCT,
        _RENEWALS,
        column("contracts", "integer", "Contracts still open", "仍有效的合约", "contracts"),
        _AHEAD[0],
        *interval_ends("next_retention", "probability"),
        _AHEAD[1],
        *interval_ends("residual_terms", "periods"),
        _AHEAD[2],
        column(
            "margin_per_period",
            "money",
            "Revenue less cost of the product's lines to its holders, by contract-period",
            "持有者购买该产品的收入减成本，平均到每合约期",
        ),
        *_WORTH,
        *_MODEL,
        _RATE,
        *HIDDEN,
    ),
    ("product_id", "renewals"),
    Text(
        "What contracts still open have ahead of them, by how often they were renewed.",
        "仍有效的合约按已续约次数所对应的剩余期数与价值。",
    ),
    _of_age,
)
CONTRACT_TERMS = ResultTable(
    "contract_terms",
    (
        column("contract_id", "string", "Holding or membership", "持有或会籍编号"),
        column("customer_id", "string", "Customer", "客户"),
        column("product_id", "string", "Product, or programme", "产品或计划"),
        column("opened_on", "day", "Opened", "开立日"),
        _RENEWALS,
        *_AHEAD,
        *_WORTH,
        column("model", "string", "Model of renewal", "续约模型"),
        column("as_of_on", "day", "Last day on record", "记录的最后一日"),
    ),
    ("contract_id",),
    Text(
        "Every contract still open: its next renewal, the terms ahead of it, their value.",
        "每份仍有效合约的下次续约概率、剩余期数与价值。",
    ),
)
_LEVEL = (
    _SOURCE,
    column(
        "factor",
        "string",
        "product, entry_channel (of the customer's first purchase), a segmentation, or all",
        "维度：product 产品、entry_channel 首购渠道、划分名称，或 all 全部",
    ),
    column(
        "level",
        "string",
        "Product, channel or segment; (other): the small ones",
        "产品、渠道或分群；(other) 为其余小类",
    ),
)
_CLOSED = (
    column("contracts", "integer", "Contracts", "合约数", "contracts"),
    column("closed", "integer", "Of these, closed", "其中已终止", "contracts"),
)
CONTRACT_CURVES = ResultTable(
    "contract_curves",
    (
        *_LEVEL,
        column("months", "integer", "Months since opened", "开立后的月数", "months"),
        *_CLOSED,
        column("at_risk", "integer", "Contracts still followed then", "届时仍在观察的合约", "contracts"),
        *_estimate(
            "survival", SHARE, "Share still open then (Kaplan–Meier)", "届时仍有效的比例（Kaplan–Meier）"
        ),
        column(
            "median_months",
            "number",
            "Half are closed after so long (empty: more are still open)",
            "半数合约终止所需时间（空为尚未过半）",
            "months",
        ),
        *HIDDEN,
    ),
    ("factor", "level", "months"),
    Text(
        "How long contracts last by product, entry channel and segment.",
        "按产品、首购渠道与分群列示的合约留存。",
    ),
    _of_group,
)
CONTRACT_HAZARDS = ResultTable(
    "contract_hazards",
    (
        *_LEVEL,
        column(
            "level_name",
            "string",
            "Name of the product (empty: no product, or none)",
            "产品名称（空为非产品或无名）",
        ),
        column("reference", "string", "The largest level, which it is compared with", "参照类（合约最多者）"),
        column("reference_name", "string", "Name of the product it is compared with", "参照产品的名称"),
        *_CLOSED,
        *_estimate(
            "hazard_ratio",
            "times",
            "How many times as fast contracts close as those of the reference, at the same age",
            "同龄合约的终止速度为参照类的多少倍",
        ),
        column("p_value", "number", "Two-sided p of no difference", "无差异假设下的双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over all levels of all factors",
            "对全部维度与类别作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "better (closes more slowly), worse or cannot_tell",
            "结论：better 终止更慢、worse 更快、cannot_tell 尚不能断定",
        ),
        column(
            "proportional_p",
            "number",
            "p of a ratio that is the same at every age; small: read it as an average",
            "比值不随合约年龄变化的检验 p 值；过小时只宜视作平均值",
            "probability",
        ),
        column(
            "by_product",
            "flag",
            "True: compared within each product",
            "是否在各产品内比较",
        ),
    ),
    ("factor", "level"),
    Text(
        "Who leaves sooner: hazard ratios by product, entry channel and segment. Association, not cause.",
        "谁更早离开：按产品、首购渠道与分群的风险比。这是关联，不是因果。",
    ),
    _of_group,
)
