"""The result table of what disappoints and what delights."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.drivers.driver_columns import POINTS, PROBABILITY, WHICH, WHY, interval, test
from peakend.feedback.score_columns import SHARE, column
from peakend.language import Text

ROLES = ResultTable(
    "driver_roles",
    (
        *WHICH,
        column("n", "integer", "Respondents in the model", "模型中的应答者数", "responses"),
        column("poor_to", "number", "Highest score that counts as poor", "计为差的最高分", POINTS),
        column("top_from", "number", "Lowest score that counts as excellent", "计为优的最低分", POINTS),
        column(
            "poor_n",
            "integer",
            "Answers that are poor (empty: too few to show)",
            "差评数（空为过少不予公布）",
            "answers",
        ),
        column(
            "top_n",
            "integer",
            "Answers that are excellent (empty: too few to show)",
            "优评数（空为过少不予公布）",
            "answers",
        ),
        *interval(
            "penalty",
            POINTS,
            "Overall score of a poor experience less that of a middling one, other parts equal",
            "体验差时的总体评分与体验一般时之差（其他部分相同）",
        ),
        *interval(
            "reward",
            POINTS,
            "Overall score of an excellent experience less that of a middling one, other parts equal",
            "体验优时的总体评分与体验一般时之差（其他部分相同）",
        ),
        *test("effect", "neither end matters", "两端均无关联"),
        column(
            "asymmetry",
            "number",
            "(reward − |penalty|) / (reward + |penalty|), −1 to 1",
            "（奖励 − 惩罚）÷（奖励 + 惩罚），−1 至 1",
        ),
        *test("tilt", "the slope below the middle equals that above", "中段以下与以上的斜率相等"),
        column(
            "role",
            "string",
            "basic (only takes away), excitement (only adds), performance (both), indifferent (shown to be "
            "small) or cannot_tell",
            "角色：basic 基本型（只会减分）、excitement 兴奋型（只会加分）、performance 期望型（双向）、"
            "indifferent 无差异（已证实影响很小）、cannot_tell 尚不能断定",
        ),
        column("kano", "string", "The same as Kano's letter: M, A, O or I", "对应的卡诺类别：M、A、O 或 I"),
        *interval(
            "detractors",
            SHARE,
            "Change of the share of unhappy respondents a point of the part (logistic model)",
            "该项每高 1 分，不满者占比的变化（逻辑回归）",
        ),
        column(
            "detractors_adjusted_p",
            "number",
            "p of no change, after Holm's correction over the parts",
            "无变化的 p 值（Holm 校正）",
            PROBABILITY,
        ),
        *interval(
            "promoters",
            SHARE,
            "Change of the share of delighted respondents a point of the part (logistic model)",
            "该项每高 1 分，赞赏者占比的变化（逻辑回归）",
        ),
        column(
            "promoters_adjusted_p",
            "number",
            "p of no change, after Holm's correction over the parts",
            "无变化的 p 值（Holm 校正）",
            PROBABILITY,
        ),
        *test("ends", "it works alike at both ends (log-odds)", "对两端的作用相同（对数优势）"),
        column(
            "end",
            "string",
            "more_detractors (keeps from being unhappy more than it delights), more_promoters, both or "
            "cannot_tell (empty: no model of the ends)",
            "作用端：more_detractors 主要减少不满、more_promoters 主要增加赞赏、both 两端皆有、"
            "cannot_tell 尚不能断定（空为无两端模型）",
        ),
        column(
            "unhappy_to", "number", "Highest outcome that counts as unhappy", "计为不满的总体题最高分", POINTS
        ),
        column(
            "delighted_from",
            "number",
            "Lowest outcome that counts as delighted",
            "计为赞赏的总体题最低分",
            POINTS,
        ),
        *WHY,
    ),
    ("programme", "period", "outcome_id", "question_id"),
    Text(
        "What a poor experience of a part takes away and an excellent one adds; what goes with unhappy and "
        "with delighted respondents.",
        "某项体验差会减多少、体验优会加多少；什么与不满者相伴，什么与赞赏者相伴。",
    ),
)
