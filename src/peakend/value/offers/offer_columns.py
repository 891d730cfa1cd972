"""The result tables of offers beside those of competitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.declaration import ResultColumn


def _estimate(name: str, unit: str | None, en: str, zh: str) -> tuple[ResultColumn, ...]:
    return (column(name, "number", en, zh, unit), *interval_ends(name, unit))


_CURRENCY = column("currency", "string", "Currency (ISO 4217)", "币种")
_RIVAL = column("competitor_id", "string", "Competitor; '(all)' for all together", "竞争者；(all) 为全部")
_HIDDEN = column(
    "hidden", "flag", "True: too few responses, so numbers are left out", "应答太少，数字不予公布"
)

RELATIVE_VALUE = ResultTable(
    "relative_value",
    (
        column("competitor_id", "string", "Competitor", "竞争者"),
        column("category", "string", "Category of products; '(all)' for all", "产品品类；(all) 为全部"),
        column("from_on", "day", "First day of the first quarter that counts", "计入的首个季度首日"),
        column("to_on", "day", "First day of the last quarter that counts", "计入的末个季度首日"),
        column("responses", "integer", "Our responses with a rating", "含评分的本公司应答", "responses"),
        column("products", "integer", "Products compared", "比较的产品数"),
        column("prices", "integer", "Products × quarters compared", "比较的产品 × 季度数"),
        column(
            "sold_prices",
            "integer",
            "Of these, how many of our prices come from sales; the others are list prices",
            "其中本公司价格取自实际销售的数量；其余为标价",
        ),
        *_estimate("own_rating", None, "Our mean rating, 1 to 5", "本公司平均评分（1 至 5）"),
        column("rival_rating", "number", "Theirs", "竞争者平均评分"),
        *_estimate("relative_quality", "times", "Our rating ÷ theirs", "相对质量：本公司评分 ÷ 竞争者评分"),
        column(
            "relative_price",
            "number",
            "Geometric mean of our price ÷ theirs, for the same product and quarter",
            "相对价格：同一产品、同一季度本公司价格 ÷ 竞争者价格的几何平均",
            "times",
        ),
        *_estimate(
            "head_to_head",
            "times",
            "Relative quality ÷ relative price; 1 for an identical competitor",
            "相对质量 ÷ 相对价格；与完全相同的竞争者相比为 1",
        ),
        column(
            "p_value", "number", "Two-sided p of equal ratings", "评分无差异假设下的双侧 p 值", "probability"
        ),
        column("adjusted_p", "number", "p after Holm's correction", "Holm 校正后的 p 值", "probability"),
        column(
            "position",
            "string",
            "better_value (better rated, not dearer), premium (better, dearer), economy (worse, cheaper), "
            "worse_value (worse, not cheaper), cannot_tell (ratings not shown to differ)",
            "better_value 物超所值（评分更高且不更贵）、premium 优质高价（更高也更贵）、"
            "economy 经济实惠（更低但更便宜）、worse_value 物有不值（更低且不更便宜）、"
            "cannot_tell 尚不能断定（评分差异未获证实）",
        ),
        _CURRENCY,
        _HIDDEN,
    ),
    ("competitor_id", "category"),
    Text(
        "Relative perceived quality and relative price beside each competitor, the last four quarters.",
        "最近四个季度与每家竞争者相比的感知质量与价格。",
    ),
)
RIVAL_PROBLEMS = ResultTable(
    "rival_problems",
    (
        column("competitor_id", "string", "Competitor", "竞争者"),
        column(
            "problem",
            "string",
            "sound, in_future, other_currency, price_missing (or not above 0), rating_missing, "
            "rating_outside_scale (1 to 5), own_price_missing (neither sold nor listed)",
            "sound 可用、in_future 日期在未来、other_currency 其他币种、price_missing 价格缺失或不大于 0、"
            "rating_missing 评分缺失、rating_outside_scale 评分超出 1 至 5、"
            "own_price_missing 本公司既无销售也无标价",
        ),
        column("prices", "integer", "Rows of competitors", "竞品行数", "rows"),
    ),
    ("competitor_id", "problem"),
    Text(
        "Competitors' prices that cannot be used, and why; left out, never corrected.",
        "不可用的竞品价格及原因；一律剔除，不作修正。",
    ),
)
_MODEL = column(
    "model",
    "string",
    "value_and_cost (a coefficient each) or value_less_cost (one for the difference)",
    "模型：value_and_cost 价值与成本各一个系数、value_less_cost 价值减成本一个系数",
)
CHOICE_COEFFICIENTS = ResultTable(
    "choice_coefficients",
    (
        _MODEL,
        column(
            "term",
            "string",
            "value, cost or value_less_cost",
            "项：value 价值、cost 成本、value_less_cost 价值减成本",
        ),
        column("choices", "integer", "Earlier choices it was fitted on", "拟合所用的较早选择次数"),
        column(
            "coefficient",
            "number",
            "Log odds of being chosen, a unit of money",
            "每一货币单位对应的选中对数优势",
            "log odds",
        ),
        column("standard_error", "number", "Standard error", "标准误", "log odds"),
        *interval_ends("coefficient", "log odds"),
        column("p_value", "number", "Two-sided p of no effect", "无影响假设下的双侧 p 值", "probability"),
        column("log_likelihood", "number", "Log-likelihood of the model", "模型的对数似然"),
        column(
            "null_log_likelihood",
            "number",
            "The same where all options are as likely",
            "各选项等可能时的对数似然",
        ),
        column(
            "pseudo_r2",
            "number",
            "McFadden's 1 − log L ÷ log L of chance",
            "McFadden 伪 R²：1 − 模型对数似然 ÷ 等可能时的对数似然",
            SHARE,
        ),
        column(
            "equality_lr",
            "number",
            "Likelihood ratio of the two models: do a unit of value and a unit of cost weigh the same?",
            "两模型的似然比统计量：一元价值与一元成本的分量是否相同",
        ),
        column("equality_p", "number", "Its p", "其 p 值", "probability"),
        _CURRENCY,
    ),
    ("model", "term"),
    Text(
        "What value and cost weigh when customers choose (conditional logit).",
        "客户选择时价值与成本的分量（条件 logit 模型）。",
    ),
)
CHOICE_PREDICTIONS = ResultTable(
    "choice_predictions",
    (
        _MODEL,
        column("used", "flag", "Shares come from this model", "份额由该模型算出"),
        column("fitted", "flag", "An optimum was found", "是否求得最优解"),
        column("note_en", "string", "Why it could not be fitted", "无法拟合的原因（英文）"),
        column("note_zh", "string", "The same in Chinese", "无法拟合的原因（中文）"),
        column("choices_before", "integer", "Earlier choices, for the fit", "较早的选择次数（用于拟合）"),
        column("choices_after", "integer", "Later choices, to judge it", "较晚的选择次数（用于检验）"),
        *_estimate(
            "hit_rate", SHARE, "Later choices whose likeliest option was taken", "较晚选择中预测命中的比例"
        ),
        column("chance", "number", "What guessing would hit", "随机猜测的命中率", SHARE),
        column(
            "verdict",
            "string",
            "better or worse than chance, or cannot_tell",
            "与随机相比：better 更好、worse 更差、cannot_tell 尚不能断定",
        ),
        column(
            "log_loss", "number", "Mean −log probability of what was taken", "所选项概率的负对数平均", "nats"
        ),
        column("chance_log_loss", "number", "The same for guessing", "随机猜测的相应值", "nats"),
    ),
    ("model",),
    Text(
        "How well models fitted on the earlier 70 % of choices predict the later 30 %.",
        "以较早 70% 的选择拟合、在较晚 30% 上检验的预测力。",
    ),
)
CHOICE_SHARES = ResultTable(
    "choice_shares",
    (
        column(
            "scenario",
            "string",
            "now, own_cost_down_5 (our cost 5 % lower), own_value_up_5 (our value 5 % higher)",
            "情景：now 现状、own_cost_down_5 我们的成本降 5%、own_value_up_5 我们的价值升 5%",
        ),
        column("option_id", "string", "Option: a competitor, or own", "选项：竞争者，或本公司（own）"),
        _MODEL,
        column("choices", "integer", "Later choices", "较晚的选择次数"),
        column("offered", "integer", "Of these, with this option", "其中含该选项的次数"),
        *_estimate("share", SHARE, "Expected share of the choices", "预期份额"),
        *_estimate("change", SHARE, "Expected share less that of now", "预期份额减现状份额"),
        *_estimate("actual", SHARE, "Share that took it (now only)", "实际份额（仅现状）"),
    ),
    ("scenario", "option_id"),
    Text(
        "Expected shares of the later choices now and if our offer were better, everything else as it is.",
        "较晚选择的预期份额：现状，以及我们改进而其他不变时。",
    ),
)
CHOICE_PROBLEMS = ResultTable(
    "choice_problems",
    (
        column(
            "problem",
            "string",
            "sound, other_currency, single_option, none_chosen, several_chosen, value_missing, cost_missing; "
            "of several the first",
            "sound 可用、other_currency 其他币种、single_option 只有一个选项、none_chosen 未选、"
            "several_chosen 多选、value_missing 价值缺失、cost_missing 成本缺失；有多项时取靠前者",
        ),
        column("choices", "integer", "Choices", "选择次数"),
        column("options", "integer", "Their options", "其选项数", "rows"),
    ),
    ("problem",),
    Text(
        "Choices that cannot be used, and why; left out whole, never corrected.",
        "不可用的选择及原因；整次剔除，不作修正。",
    ),
)
PRICE_PREMIUM = ResultTable(
    "price_premium",
    (
        column(
            "effects",
            "string",
            "What else is held: competitor, or competitor_and_quarter (free of the chance in our own rating)",
            "控制的效应：competitor 竞争者、competitor_and_quarter 竞争者与季度"
            "（不受本公司评分抽样误差影响）",
        ),
        _RIVAL,
        column("n", "integer", "Products × quarters compared", "比较的产品 × 季度数"),
        column("quarters", "integer", "Quarters", "季度数"),
        column(
            "left_out",
            "integer",
            "Products × quarters without enough ratings of ours",
            "因本公司评分不足而未计入的产品 × 季度数",
        ),
        *_estimate(
            "coefficient",
            None,
            "Log of our price over theirs, a point (of 1 to 5) of our rating less theirs; one for all",
            "评分每高 1 分（1 至 5 分制）对应的价格对数差；全体同一系数",
        ),
        column("standard_error", "number", "Its standard error", "其标准误"),
        column(
            "errors",
            "string",
            "cluster (by competitor and product) or HC1",
            "标准误口径：cluster 按竞争者与产品聚类、HC1",
        ),
        column("p_value", "number", "Two-sided p of no premium", "无溢价假设下的双侧 p 值", "probability"),
        column("rating_difference", "number", "Mean of our rating less theirs", "评分差的平均", "points"),
        column("log_price_difference", "number", "Mean log of our price over theirs", "价格对数差的平均"),
        *_estimate(
            "with_rating",
            None,
            "Part of it that goes with the difference in rating",
            "其中与评分差相伴的部分",
        ),
        column(
            "without_rating",
            "number",
            "The rest: brand, service, habit, anything else",
            "其余部分：品牌、服务、习惯等",
        ),
        *_estimate(
            "share_with_rating",
            SHARE,
            "with_rating ÷ log_price_difference; can be below 0 or above 1; empty under 1 % difference",
            "with_rating ÷ log_price_difference；可小于 0 或大于 1；价差不足 1% 时为空",
        ),
    ),
    ("effects", "competitor_id"),
    Text(
        "What a better rating goes with in price, and what part of our price difference goes with it: an "
        "association, not a cause.",
        "评分更高对应多高的价格，价差中有多少与之相伴：只是相关，并非因果。",
    ),
)
