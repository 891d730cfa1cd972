"""The result table of the response mix: its columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, PERIOD, SHARE, column
from peakend.language import Text

RESPONSE_MIX = ResultTable(
    "response_mix",
    (
        *PERIOD,
        column(
            "dimension_kind",
            "string",
            "all, channel, language, segment or question",
            "口径类型：all 全体、channel 渠道、language 语言、segment 分群、question 题目",
        ),
        column(
            "dimension",
            "string",
            "The segmentation of a segment row; else the dimension_kind itself",
            "分群行为划分名称，其余同 dimension_kind",
        ),
        column(
            "category",
            "string",
            "Channel, language or segment; question_id; 'all' ('not known' when the source is silent)",
            "渠道、语言、分群或题目编号；全体为 all（来源未注明时为 not known）",
        ),
        column("label_en", "string", "Label of the category in English", "英文标签"),
        column("label_zh", "string", "Label of the category in Chinese", "中文标签"),
        column(
            "n",
            "integer",
            "Responses; in question rows, respondents the question was put to",
            "应答数；题目行为被问到该题的应答数",
            "responses",
        ),
        column("share", "number", "Share of the period's responses", "占本期应答的比例", SHARE),
        column(
            "share_low",
            "number",
            "Lower end of Wilson's interval around share",
            "share 的 Wilson 区间下限",
            SHARE,
        ),
        column(
            "share_high",
            "number",
            "Upper end of Wilson's interval around share",
            "share 的 Wilson 区间上限",
            SHARE,
        ),
        column(
            "population_share",
            "number",
            "Share of the segment in the population, where it is known",
            "该分群在总体中的占比（已知时）",
            SHARE,
        ),
        column(
            "invited",
            "integer",
            "Invitations sent in the period (empty: none are recorded)",
            "本期发出的邀请数（空为无记录）",
            "invitations",
        ),
        column(
            "bounced",
            "integer",
            "Invitations that did not arrive; they stay in the base",
            "未送达的邀请数（仍计入分母）",
            "invitations",
        ),
        column(
            "responded", "integer", "Invitations that were ever answered", "得到应答的邀请数", "invitations"
        ),
        column(
            "response_rate",
            "number",
            "responded / invited (empty: no invitations are recorded)",
            "应答率 = 得到应答的邀请数 ÷ 邀请数（无邀请记录时留空）",
            SHARE,
        ),
        column(
            "response_rate_low",
            "number",
            "Lower end of Wilson's interval around response_rate",
            "response_rate 的 Wilson 区间下限",
            SHARE,
        ),
        column(
            "response_rate_high",
            "number",
            "Upper end of Wilson's interval around response_rate",
            "response_rate 的 Wilson 区间上限",
            SHARE,
        ),
        column("answered", "number", "Question rows: share that gave an answer", "题目行：作答占比", SHARE),
        column(
            "answered_low",
            "number",
            "Lower end of Wilson's interval around answered",
            "answered 的 Wilson 区间下限",
            SHARE,
        ),
        column(
            "answered_high",
            "number",
            "Upper end of Wilson's interval around answered",
            "answered 的 Wilson 区间上限",
            SHARE,
        ),
        column(
            "not_used",
            "number",
            "Question rows: share that had not used it or could not say",
            "题目行：未使用或不适用占比",
            SHARE,
        ),
        column("no_answer", "number", "Question rows: share that left it blank", "题目行：未作答占比", SHARE),
        *HIDDEN,
    ),
    ("programme", "period", "dimension_kind", "dimension", "category"),
    Text(
        "Who answered: response rate, composition of the sample and how many answered each question.",
        "谁在作答：应答率、样本构成以及各题作答情况。",
    ),
)
