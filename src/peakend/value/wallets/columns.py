"""The result tables of share of wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _of_share(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.wallets.wallet_tables import customers_of_share

    return customers_of_share(inputs, row)


def _of_band(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.wallets.wallet_tables import customers_of_band

    return customers_of_band(inputs, row)


_WAVE = (
    column("category", "string", "Category", "品类"),
    column("as_of_on", "day", "Day the wallets are of", "钱包数据的日期"),
)
_CURRENCY = column("currency", "string", "Currency (ISO 4217)", "币种")
_OWN = column("own_spend", "money", "Spend with us", "在本公司的支出")
_TOTAL = column("total_spend", "money", "Spend with everybody", "品类总支出")
_TEST = (
    column("p_value", "number", "Two-sided p of no difference", "无差异假设下的双侧 p 值", "probability"),
    column("adjusted_p", "number", "p after Holm's correction", "Holm 校正后的 p 值", "probability"),
    column(
        "verdict",
        "string",
        "better, worse or cannot_tell (empty: not compared)",
        "结论：better 更高、worse 更低、cannot_tell 尚不能断定（空为未比较）",
    ),
)


def _estimate(name: str, unit: str | None, en: str, zh: str) -> tuple[Any, ...]:
    return (column(name, "number", en, zh, unit), *interval_ends(name, unit))


SHARE_OF_WALLET = ResultTable(
    "share_of_wallet",
    (
        *_WAVE,
        column(
            "measure",
            "string",
            "stated (own ÷ total spend as customers say) or rule (Wallet Allocation Rule, from ranks)",
            "口径：stated 客户自述的本公司支出 ÷ 总支出、rule 由排名按钱包分配法则推算",
        ),
        column(
            "segmentation", "string", "Declared segmentation; 'all' for everybody", "划分名称；all 为全体"
        ),
        column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
        column("n", "integer", "Customers with a usable wallet", "钱包数据可用的客户", "customers"),
        *_estimate(
            "mean_share",
            SHARE,
            "Mean of customers' shares: every customer counts the same",
            "客户份额的平均：每位客户权重相同",
        ),
        *_estimate(
            "ratio_share",
            SHARE,
            "Σ own ÷ Σ total spend: every unit of money counts the same (stated only)",
            "本公司支出合计 ÷ 总支出合计：每一元权重相同（仅 stated）",
        ),
        _OWN,
        _TOTAL,
        column(
            "headroom", "money", "Spend with others: total less own", "花在别家的支出：总支出减本公司支出"
        ),
        column(
            "difference",
            "number",
            "mean_share minus that of all others of the segmentation",
            "mean_share 减去该划分中其他客户的相应值",
            SHARE,
        ),
        *interval_ends("difference", SHARE),
        *_TEST,
        _CURRENCY,
        *HIDDEN,
    ),
    ("category", "as_of_on", "measure", "segmentation", "segment"),
    Text(
        "How much of what customers spend in a category they spend with us: as they say, and by the rank "
        "they give us; everybody and by segment.",
        "客户在该品类的支出中有多少花在本公司：按客户自述与按其给出的排名推算，列示全体与各分群。",
    ),
    _of_share,
)
WALLET_TRENDS = ResultTable(
    "wallet_trends",
    (
        _WAVE[0],
        column("before_on", "day", "Day of the earlier wallets", "前一次钱包数据的日期"),
        _WAVE[1],
        column("n", "integer", "Customers asked both times", "两次均有数据的客户", "customers"),
        *_estimate("change", SHARE, "Mean change of their shares", "其份额变化的平均"),
        *_TEST,
        column("ratio_before", "number", "Σ own ÷ Σ total, the earlier time", "前一次的支出合计之比", SHARE),
        column("ratio_now", "number", "Σ own ÷ Σ total, now", "本次的支出合计之比", SHARE),
        *HIDDEN,
    ),
    ("category", "as_of_on"),
    Text(
        "How the share of wallet of the same customers changed since the day before it.",
        "同一批客户的钱包份额较上一次的变化。",
    ),
)
WALLET_RULE = ResultTable(
    "wallet_rule",
    (
        *_WAVE,
        column(
            "n",
            "integer",
            "Customers with a stated share and a rank",
            "自述份额与排名俱全的客户",
            "customers",
        ),
        column("stated_share", "number", "Mean of their stated shares", "自述份额的平均", SHARE),
        column("rule_share", "number", "Mean of their shares by the rule", "法则推算份额的平均", SHARE),
        *_estimate("bias", SHARE, "Rule less stated share, on average", "法则推算减自述份额的平均"),
        column(
            "mean_absolute_error",
            "number",
            "How far off the rule is for a customer",
            "法则对单个客户的平均绝对误差",
            SHARE,
        ),
        *_estimate(
            "slope",
            "correlation",
            "Stated share gained for each point by the rule (1: calibrated)",
            "法则份额每高一点，自述份额高多少（1 为校准）",
        ),
        column("correlation", "number", "Correlation of the two", "二者的相关系数", "correlation"),
        *HIDDEN,
    ),
    ("category", "as_of_on"),
    Text(
        "How well the Wallet Allocation Rule says what customers state.",
        "钱包分配法则与客户自述的吻合程度。",
    ),
)
WALLET_RULE_CELLS = ResultTable(
    "wallet_rule_cells",
    (
        *_WAVE,
        column("brands_used", "integer", "Brands used", "使用品牌数"),
        column("own_rank", "number", "Our rank among them", "本公司排名"),
        column("n", "integer", "Customers", "客户数", "customers"),
        column("rule_share", "number", "Share by the rule", "法则推算的份额", SHARE),
        *_estimate("stated_share", SHARE, "Mean of the stated shares", "自述份额的平均"),
        *HIDDEN,
    ),
    ("category", "as_of_on", "brands_used", "own_rank"),
    Text(
        "The rule's share and the stated one by number of brands and rank.",
        "按品牌数与排名比较法则推算与客户自述的份额。",
    ),
)
WALLET_HEADROOM = ResultTable(
    "wallet_headroom",
    (
        *_WAVE,
        column(
            "size_band",
            "integer",
            "Size of the wallet: thirds of customers by total spend, 3 the largest",
            "钱包大小：按总支出把客户三等分，3 为最大",
        ),
        column(
            "share_band",
            "integer",
            "Share with us: 1 under 25 %, 2 under 50 %, 3 under 75 %, 4 the rest",
            "本公司份额：1 低于 25%、2 低于 50%、3 低于 75%、4 其余",
        ),
        column("customers", "integer", "Customers", "客户数", "customers"),
        _TOTAL,
        _OWN,
        column("headroom", "money", "Their spend with others", "其花在别家的支出"),
        column(
            "headroom_share",
            "number",
            "Part of all headroom of the category",
            "占该品类全部外流支出的比例",
            SHARE,
        ),
        _CURRENCY,
        *HIDDEN,
    ),
    ("category", "as_of_on", "size_band", "share_band"),
    Text(
        "Where the money is that customers spend with others: by size of wallet and share with us.",
        "客户花在别家的钱在哪里：按钱包大小与本公司份额。",
    ),
    _of_band,
)
WALLET_FAULTS = ResultTable(
    "wallet_faults",
    (
        *_WAVE,
        column(
            "fault",
            "string",
            "spend: spend_missing, negative_spend, own_above_total, nothing_spent, other_currency, "
            "sound_spend; rank: rank_missing, rank_outside_brands, sound_rank; both: in_future",
            "支出：spend_missing 缺失、negative_spend 为负、own_above_total 本公司高于总额、"
            "nothing_spent 总额为零、other_currency 其他币种、sound_spend 无问题；"
            "排名：rank_missing 缺失、rank_outside_brands 超出品牌数、sound_rank 无问题；"
            "两者：in_future 日期在未来",
        ),
        column("wallets", "integer", "Wallets", "钱包数", "rows"),
    ),
    ("category", "as_of_on", "fault"),
    Text(
        "Wallets that cannot be used for spend or for ranks, and why; left out, never corrected.",
        "支出或排名不可用的钱包及原因；一律剔除，不作修正。",
    ),
)
CUSTOMER_WALLETS = ResultTable(
    "customer_wallets",
    (
        column("customer_id", "string", "Customer", "客户"),
        *_WAVE,
        _TOTAL,
        _OWN,
        column("elsewhere_spend", "money", "Spend with others", "花在别家的支出"),
        column("stated_share", "number", "Own ÷ total spend", "本公司支出 ÷ 总支出", SHARE),
        column("rule_share", "number", "Share by the Wallet Allocation Rule", "按钱包分配法则的份额", SHARE),
        column("brands_used", "integer", "Brands used", "使用品牌数"),
        column("own_rank", "number", "Our rank among them", "本公司排名"),
        column(
            "spend_fault",
            "string",
            "Why spend cannot be used (empty: it can)",
            "支出不可用的原因（空为可用）",
        ),
        column(
            "rank_fault",
            "string",
            "Why the rank cannot be used (empty: it can)",
            "排名不可用的原因（空为可用）",
        ),
        _CURRENCY,
    ),
    ("customer_id", "category", "as_of_on"),
    Text(
        "Every customer's share of wallet, stated and by the rule.",
        "每位客户的钱包份额：自述与按法则推算。",
    ),
)
