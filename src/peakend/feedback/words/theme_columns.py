"""The result tables of themes, needs and key phrases: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import PERIOD as PERIOD_OF_SCORES
from peakend.feedback.score_columns import SHARE, column
from peakend.language import Text

PERIOD = tuple(
    column(
        "period_kind",
        "string",
        "wave, month, undated, or all: every period of the programme together",
        "期间类型：wave 期次、month 自然月、undated 无日期、all 该系列全部期间合计",
    )
    if one.name == "period_kind"
    else one
    for one in PERIOD_OF_SCORES
)
_SOURCE = (
    column(
        "source_id",
        "string",
        "Where it was said: a text question, or a set of coded comments (its questions' key without number)",
        "来源：开放题，或一组编码留言（题目编号去掉序号）",
    ),
    column("source_kind", "string", "text or coded", "来源类型：text 开放题、coded 编码留言"),
    column("source_en", "string", "Source's name in English", "来源英文名称"),
    column("source_zh", "string", "Source's name in Chinese", "来源中文名称"),
)
_MENTIONS = (
    column("n", "integer", "Responses that mention it", "提到此项的应答数", "responses"),
    column(
        "commented",
        "integer",
        "Responses with a remark in this source",
        "此来源中有留言的应答数",
        "responses",
    ),
    column("share", "number", "n / commented", "n 与 commented 之比", SHARE),
    column("share_low", "number", "Lower end of the interval around share", "share 的置信区间下限", SHARE),
    column("share_high", "number", "Upper end of the interval around share", "share 的置信区间上限", SHARE),
    column(
        "weighted_share",
        "number",
        "Share with survey weights (empty: neither weights nor clusters)",
        "加权占比（空为既无权重也无抽样群）",
        SHARE,
    ),
    column(
        "weighted_low",
        "number",
        "Lower end of the interval around weighted_share, widened for weights and clusters",
        "weighted_share 的置信区间下限（已计入权重与抽样群）",
        SHARE,
    ),
    column(
        "weighted_high",
        "number",
        "Upper end of the interval around weighted_share, widened for weights and clusters",
        "weighted_share 的置信区间上限（已计入权重与抽样群）",
        SHARE,
    ),
    column(
        "praised",
        "integer",
        "Of n, those whose words about it praise (empty: not read, or too few to show)",
        "其中评价正面的应答数（空为未判读，或人数过少）",
        "responses",
    ),
    column(
        "blamed",
        "integer",
        "Of n, those whose words about it blame (empty: not read, or too few to show)",
        "其中评价负面的应答数（空为未判读，或人数过少）",
        "responses",
    ),
)
_SCORES = (
    column("score_question", "string", "Question about the whole that means are of", "均值所依据的总体题"),
    column("score_en", "string", "Its short label in English", "该题英文短标签"),
    column("score_zh", "string", "Its short label in Chinese", "该题中文短标签"),
    column("scored", "integer", "Of n, those who answered it", "n 中回答了该题者", "answers"),
    column("mean", "number", "Mean score of those who mention it", "提到者的平均分", "scale points"),
    column("mean_low", "number", "Lower end of its interval", "其置信区间下限", "scale points"),
    column("mean_high", "number", "Upper end of its interval", "其置信区间上限", "scale points"),
    column(
        "others",
        "integer",
        "Others with a remark in this source who answered it",
        "此来源其他留言者中回答了该题者",
        "answers",
    ),
    column("others_mean", "number", "Mean score of those others", "其他留言者的平均分", "scale points"),
    column(
        "difference",
        "number",
        "mean less others_mean, weighted where the survey has weights or clusters",
        "提到者与其他留言者的均值之差（有权重或抽样群时按加权值计算）",
        "scale points",
    ),
    column(
        "difference_low",
        "number",
        "Lower end of its interval, not corrected",
        "其置信区间下限（未校正）",
        "scale points",
    ),
    column(
        "difference_high",
        "number",
        "Upper end of its interval, not corrected",
        "其置信区间上限（未校正）",
        "scale points",
    ),
    column(
        "p_value",
        "number",
        "p of the difference, Welch's t, two-sided",
        "均值之差的双侧 p 值（Welch t 检验）",
        "probability",
    ),
    column(
        "adjusted_p",
        "number",
        "p after Holm's correction over the period and source; the verdict follows it",
        "在同一期间与来源内作 Holm 校正后的 p 值；结论以此为准",
        "probability",
    ),
    column("compared", "integer", "How many differences were corrected for", "一并校正的比较次数"),
    column(
        "verdict",
        "string",
        "lower, higher, cannot_tell or no_scores: how those who mention it score",
        "提到者的评分：lower 较低、higher 较高、cannot_tell 尚不能断定、no_scores 无评分可比",
    ),
)
_CHANGE = (
    column("previous_period", "string", "Latest earlier period with this source", "此来源的上一期"),
    column("change", "number", "Share now less share then", "占比的变化（本期减上期）", SHARE),
    column(
        "change_low", "number", "Lower end of its interval, not corrected", "其置信区间下限（未校正）", SHARE
    ),
    column(
        "change_high", "number", "Upper end of its interval, not corrected", "其置信区间上限（未校正）", SHARE
    ),
    column("change_p", "number", "p of the change, two-sided", "变化的双侧 p 值", "probability"),
    column(
        "change_adjusted_p",
        "number",
        "p after Holm's correction over the period and source",
        "在同一期间与来源内作 Holm 校正后的 p 值",
        "probability",
    ),
    column(
        "change_verdict",
        "string",
        "more, less, cannot_tell or no_previous_period",
        "more 变多、less 变少、cannot_tell 尚不能断定、no_previous_period 无上期（或上期提到者过少）",
    ),
)
_VALUE = (
    column(
        "customers",
        "integer",
        "Known customers among those who mention it (empty: none, too few, or an anonymous survey)",
        "提到者中的已知客户数（空为没有、过少或匿名调查）",
        "customers",
    ),
    column(
        "value_at_stake",
        "money",
        "What those customers spent in the last 365 days of sales (not what the theme costs)",
        "这些客户最近 365 天的消费额（并非此主题造成的损失）",
        "money",
    ),
    column("currency", "string", "Currency of value_at_stake", "value_at_stake 的币种"),
)

THEMES = ResultTable(
    "themes",
    (
        *PERIOD,
        *_SOURCE,
        column(
            "theme", "string", "Theme: its key, or the code of coded comments", "主题编号，或编码留言的代码"
        ),
        column("theme_en", "string", "Its name in English", "英文名称"),
        column("theme_zh", "string", "Its name in Chinese", "中文名称"),
        column(
            "origin",
            "string",
            "code, label (of the questionnaire), dictionary, seed (one's own), topic (terms that occur "
            "together) or phrase (one that separates low scores)",
            "来历：code 编码、label 问卷用语、dictionary 通用词典、seed 自定义、topic 共现词组、"
            "phrase 低分者特有用语",
        ),
        column("named", "flag", "False: a code without words", "是否有名称（否为无文字的代码）"),
        column(
            "tone",
            "string",
            "positive, negative or neutral as the coder said",
            "编码者标注的倾向：正面、负面或中性",
        ),
        column(
            "need",
            "string",
            "Need it touches: convenience, knowledge, pleasure or autonomy (empty: not told)",
            "所涉需求：便利、知识、愉悦或自主（空为未定）",
        ),
        column(
            "covered_by",
            "string",
            "Questions that ask about it, by comma (empty and covered false: nobody asks)",
            "问到此项的题目，以逗号分隔（为空且 covered 为否：问卷未问及）",
        ),
        column(
            "covered",
            "flag",
            "Whether any scored question asks about it (empty: its name does not tell)",
            "是否有评分题问到（空为从名称无法判断）",
        ),
        *_MENTIONS,
        *_SCORES,
        *_CHANGE,
        *_VALUE,
        column(
            "stability",
            "number",
            "Of a topic: how alike it is found again (0 to 1)",
            "主题的稳定性（0 至 1）",
            SHARE,
        ),
    ),
    ("programme", "period", "source_id", "theme"),
    Text(
        "What customers speak of by themselves: how many, how they score the whole beside other writers, "
        "what rose or fell. Themes that fewer people than the minimum base mention are left out.",
        "客户主动谈到什么：多少人、他们的总体评分与其他留言者相比如何、比上期多还是少。"
        "提到人数低于最小基数的主题不列出。",
    ),
)

NEEDS = ResultTable(
    "needs",
    (
        *PERIOD,
        *_SOURCE,
        column(
            "need", "string", "convenience, knowledge, pleasure or autonomy", "需求：便利、知识、愉悦或自主"
        ),
        column("need_en", "string", "Its name in English", "英文名称"),
        column("need_zh", "string", "Its name in Chinese", "中文名称"),
        column("themes", "integer", "Themes that touch it", "所含主题数"),
        column(
            "uncovered", "integer", "Of these, themes that no question asks about", "其中问卷未问及的主题数"
        ),
        *_MENTIONS,
        *_SCORES,
        *_CHANGE,
        *_VALUE,
    ),
    ("programme", "period", "source_id", "need"),
    Text(
        "From themes to needs: how many speak of convenience, knowledge, pleasure and autonomy, and how they "
        "score.",
        "由主题归到需求：多少人谈到便利、知识、愉悦与自主，他们的评分如何。",
    ),
)

KEY_PHRASES = ResultTable(
    "key_phrases",
    (
        *PERIOD,
        *_SOURCE,
        column("phrase", "string", "Phrase, or code of coded comments", "短语，或编码留言的代码"),
        column("phrase_en", "string", "What it reads in English", "英文读法"),
        column("phrase_zh", "string", "What it reads in Chinese", "中文读法"),
        column(
            "group",
            "string",
            "Who says it more: detractors, promoters, low or high",
            "谁说得更多：detractors 贬损者、promoters 推荐者、low 低分者、high 高分者",
        ),
        column("score_question", "string", "Question that makes the groups", "分组依据的题目"),
        column("n", "integer", "Responses of both groups that have it", "两组中说到它的应答数", "responses"),
        column("n_low", "integer", "Of detractors (low scores)", "其中贬损者（低分者）", "responses"),
        column("n_high", "integer", "Of promoters (high scores)", "其中推荐者（高分者）", "responses"),
        column(
            "low_writers",
            "integer",
            "Detractors (low scores) with a remark",
            "有留言的贬损者（低分者）",
            "responses",
        ),
        column(
            "high_writers",
            "integer",
            "Promoters (high scores) with a remark",
            "有留言的推荐者（高分者）",
            "responses",
        ),
        column(
            "log_odds",
            "number",
            "Log odds of detractors to say it less that of promoters, shrunk",
            "贬损者与推荐者说到它的对数优势之差（已收缩）",
            "log odds",
        ),
        column("log_odds_low", "number", "Lower end of its interval", "其置信区间下限", "log odds"),
        column("log_odds_high", "number", "Upper end of its interval", "其置信区间上限", "log odds"),
        column("p_value", "number", "Fisher's exact p, two-sided", "Fisher 精确检验双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over all phrases that could be significant",
            "对所有可能显著的短语作 Holm 校正后的 p 值",
            "probability",
        ),
        column("compared", "integer", "How many phrases were corrected for", "一并校正的短语数"),
    ),
    ("programme", "period", "source_id", "phrase"),
    Text(
        "Phrases (or codes) that detractors use clearly more than promoters, and the reverse; none of fewer "
        "people than the minimum base.",
        "贬损者明显多用、或推荐者明显多用的短语（或编码）；使用人数低于最小基数者不列出。",
    ),
)
