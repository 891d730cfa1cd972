"""The result tables of outcomes after journeys, of attribution and of sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation

_OUTCOME = column(
    "outcome",
    "string",
    "repurchase (a sale after the journey), churn (neither sale nor contact after it) or complaint",
    "结果：repurchase 旅程后再次购买、churn 旅程后既无购买也无联系、complaint 投诉",
)
_DAYS = column(
    "days", "number", "Days after the journey within which it counts", "旅程结束后的计算时限", "days"
)
_TOUCHPOINT = (
    column(
        "touchpoint_id",
        "string",
        "Touchpoint; (other): the rare ones together",
        "接触点；(other) 为少见者合并",
    ),
    column("touchpoint_en", "string", "Touchpoint's name", "接触点名称"),
    column("touchpoint_zh", "string", "Touchpoint's name in Chinese", "接触点中文名称"),
)


def _behind_outcomes(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.crediting.tables import journeys_with_outcome

    return journeys_with_outcome(inputs, row)


def _behind_attribution(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.crediting.tables import journeys_that_met

    return journeys_that_met(inputs, row)


def _behind_sequences(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.crediting.tables import journeys_in_sequence

    return journeys_in_sequence(inputs, row)


JOURNEY_OUTCOMES = ResultTable(
    "journey_outcomes",
    (
        column("journey_id", "string", "Journey", "旅程"),
        column("customer_id", "string", "Customer", "客户"),
        column("ended_at", "time", "Last event of the journey", "旅程最后互动时间"),
        column(
            "repurchased",
            "flag",
            "True: a sale within 90 days after the end (empty: too late to know)",
            "旅程结束后 90 天内是否再次购买（空为尚不可知）",
        ),
        column(
            "churned",
            "flag",
            "True: neither sale nor contact within 180 days after the end (empty: too late to know)",
            "旅程结束后 180 天内是否既无购买也无联系（空为尚不可知）",
        ),
        column(
            "complained",
            "flag",
            "True: a complaint from the start until 30 days after the end (empty: too late to know, or "
            "complaints are not recorded)",
            "自旅程开始至结束后 30 天内是否投诉（空为尚不可知，或未记录投诉）",
        ),
        column(
            "complained_at",
            "time",
            "First complaint from the start of the journey on",
            "自旅程开始起的首次投诉时间",
        ),
    ),
    ("journey_id",),
    Text(
        "What happened after each journey of a known customer, where it can be known.",
        "已知客户的每段旅程之后发生了什么（可知者）。",
    ),
)

OUTCOME_RATES = ResultTable(
    "outcome_rates",
    (
        _OUTCOME,
        _DAYS,
        column("n", "integer", "Journeys of which it is known", "可知结果的旅程数", "journeys"),
        column("n_converted", "integer", "Journeys with the outcome", "出现该结果的旅程数", "journeys"),
        column(
            "n_unknown",
            "integer",
            "Journeys that ended too late to know",
            "结束过晚尚不可知的旅程数",
            "journeys",
        ),
        column("rate", "number", "Share with the outcome", "出现该结果的占比", SHARE),
        *interval_ends("rate", SHARE),
        column(
            "cut_short",
            "number",
            "Share of the journeys with the outcome during which it fell; their later steps are left out",
            "结果发生在旅程途中的占比；其后的步骤不计入",
            SHARE,
        ),
        *HIDDEN,
    ),
    ("outcome",),
    Text("How often each outcome follows a journey.", "各结果在旅程之后出现的频率。"),
    behind=_behind_outcomes,
)

TOUCHPOINT_ATTRIBUTION = ResultTable(
    "touchpoint_attribution",
    (
        _OUTCOME,
        column(
            "method",
            "string",
            "last_touch, first_touch, linear (naive), removal (Markov removal effect), shapley",
            "方法：last_touch 末次、first_touch 首次、linear 均分（以上为朴素算法）；"
            "removal 马尔可夫移除效应、shapley 沙普利值",
        ),
        *_TOUCHPOINT,
        column("n", "integer", "Journeys that met it", "经过该接触点的旅程数", "journeys"),
        column(
            "n_converted",
            "integer",
            "Of these, journeys with the outcome",
            "其中出现该结果的旅程数",
            "journeys",
        ),
        column("share", "number", "Its share of the outcome", "该接触点所占的份额", SHARE),
        *interval_ends("share", SHARE),
        column(
            "expected",
            "number",
            "Share the method would give if every journey had the same chance of the outcome",
            "若每段旅程机会均等，该方法会给出的份额",
            SHARE,
        ),
        column("lift", "number", "share minus expected", "share 减 expected", SHARE),
        *interval_ends("lift", SHARE),
        column("p_value", "number", "Two-sided p of no lift", "无差异假设下的双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the touchpoints",
            "对全部接触点作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "more, less (than presence alone gives), cannot_tell, or not_tested (see cut_short)",
            "结论：more 多于、less 少于仅凭出现所应有；cannot_tell 尚不能断定；"
            "not_tested 未检验（见 cut_short）",
        ),
        column(
            "beside_last", "number", "share minus the share by last touch", "share 减末次触点法的份额", SHARE
        ),
        *interval_ends("beside_last", SHARE),
        column(
            "beside_last_p",
            "number",
            "p of that difference after Holm's correction over the touchpoints",
            "该差的 p 值（已对全部接触点作 Holm 校正）",
            "probability",
        ),
        column("rank", "integer", "Place by share, 1 the largest", "按份额的名次（1 为最大）"),
        column(
            "sampling_error",
            "number",
            "Standard error of shares from sampled permutations; 0: exact",
            "抽样排列造成的份额标准误；0 为精确",
            SHARE,
        ),
        *HIDDEN,
    ),
    ("outcome", "method", "touchpoint_id"),
    Text(
        "Which touchpoints an outcome goes with, by the naive methods and by those that compare.",
        "结果与哪些接触点相伴：朴素算法与比较式算法并列。",
    ),
    behind=_behind_attribution,
)


def _rates(name: str, en: str, zh: str) -> tuple[Any, ...]:
    return (
        column(f"n_{name}", "integer", f"Journeys that met {en}", f"{zh}的旅程数", "journeys"),
        column(f"rate_{name}", "number", "Share of them with the outcome", "其中出现该结果的占比", SHARE),
    )


TOUCHPOINT_SEQUENCES = ResultTable(
    "touchpoint_sequences",
    (
        _OUTCOME,
        column(
            "link",
            "string",
            "direct (the second came next) or eventual (at any time after)",
            "先后关系：direct 紧接、eventual 之后任意时刻",
        ),
        column("first_id", "string", "Touchpoint met first", "先经过的接触点"),
        column("first_en", "string", "Its name", "名称"),
        column("first_zh", "string", "Its name in Chinese", "中文名称"),
        column("second_id", "string", "Touchpoint met after it", "后经过的接触点"),
        column("second_en", "string", "Its name", "名称"),
        column("second_zh", "string", "Its name in Chinese", "中文名称"),
        column("n", "integer", "Journeys with the sequence", "出现该先后顺序的旅程数", "journeys"),
        column("n_converted", "integer", "Of these, with the outcome", "其中出现该结果的旅程数", "journeys"),
        column("rate", "number", "Share with the outcome", "出现该结果的占比", SHARE),
        *interval_ends("rate", SHARE),
        *_rates("first", "the first, not the second", "只经过前者"),
        *_rates("second", "the second, not the first", "只经过后者"),
        *_rates("neither", "neither", "两者皆未经过"),
        *_rates("reversed", "both, but not in this way", "两者皆经过但非此顺序"),
        column(
            "expected",
            "number",
            "Share if both only added up: rate_first + rate_second − rate_neither",
            "若两者仅相加应有的占比：rate_first + rate_second − rate_neither",
            SHARE,
        ),
        column("lift", "number", "rate minus expected", "rate 减 expected", SHARE),
        *interval_ends("lift", SHARE),
        column(
            "p_value",
            "number",
            "p of the claim that rate differs to one side from expected, rate_first and rate_second",
            "rate 同向偏离 expected、rate_first 与 rate_second 这一论断的 p 值",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over all pairs tested for the outcome",
            "对该结果全部受检组合作 Holm 校正后的 p 值",
            "probability",
        ),
        column("tested", "integer", "Pairs and links tested for the outcome", "该结果受检的组合数"),
        column(
            "verdict",
            "string",
            "more, less (than both add up to, and than either alone), cannot_tell, not_tested",
            "结论：more 多于、less 少于两者相加及任一单独出现；cannot_tell 尚不能断定；not_tested 未检验",
        ),
    ),
    ("outcome", "link", "first_id", "second_id"),
    Text(
        "Touchpoints one after the other, and whether the outcome is more frequent than both alone explain.",
        "接触点的先后组合，以及结果是否比两者单独出现时相加更多。",
    ),
    behind=_behind_sequences,
)
