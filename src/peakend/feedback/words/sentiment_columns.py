"""The result tables of the sentiment: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, PERIOD, SHARE, column
from peakend.language import Text

MODELS = ResultTable(
    "sentiment_models",
    (
        column(
            "programme",
            "string",
            "Survey programme whose texts the model learnt from: its domain",
            "模型训练所用的调查系列，即其适用领域",
        ),
        column(
            "language",
            "string",
            "zh (Chinese, mixed texts included), en or other",
            "zh 中文（含中英混排）、en 英文或 other 其他",
        ),
        column("texts", "integer", "Texts that say something", "有实际内容的文本数", "answers"),
        column(
            "labelled",
            "integer",
            "Texts whose writer's score is in the top or the bottom box",
            "作者评分落在最高档或最低档的文本数",
            "answers",
        ),
        column("pleased", "number", "Share of top-box scores among them", "其中高分占比", SHARE),
        column(
            "verdict",
            "string",
            "usable, too_few, no_better_than_guessing or not_converged; without usable no figures are given",
            "usable 可用、too_few 样本太少、no_better_than_guessing 不优于猜测、not_converged 未收敛；"
            "不可用则不给出任何数值",
        ),
        column(
            "held_out",
            "string",
            "out_of_time: judged by later texts; out_of_fold: by five folds",
            "out_of_time 以较晚的文本检验；out_of_fold 以五折检验",
        ),
        column("held_out_n", "integer", "Texts it was judged by", "检验所用文本数", "answers"),
        column("accuracy", "number", "Share of them called rightly", "判断正确的占比", SHARE),
        column("accuracy_low", "number", "Lower end of its interval (Wilson)", "区间下限（Wilson）", SHARE),
        column("accuracy_high", "number", "Upper end of its interval", "区间上限", SHARE),
        column(
            "base_rate",
            "number",
            "Share right if the commoner label were always called",
            "一律判为多数类时的正确占比",
            SHARE,
        ),
        column(
            "auc",
            "number",
            "Chance that a pleased text scores above a displeased one",
            "满意文本得分高于不满意文本的概率",
            "probability",
        ),
        column(
            "auc_low", "number", "Lower end of its interval (DeLong)", "区间下限（DeLong）", "probability"
        ),
        column("auc_high", "number", "Upper end of its interval", "区间上限", "probability"),
        column(
            "calibration_error",
            "number",
            "Mean distance between promised and found shares",
            "预测占比与实际占比的平均偏差",
            SHARE,
        ),
        column(
            "unseen",
            "number",
            "Share of features of a new text of this domain that the model does not know",
            "同领域新文本中模型未见过的特征占比",
            SHARE,
        ),
    ),
    ("programme", "language"),
    Text(
        "What was learnt of pleased and displeased words, from whose texts, and how well it does on others.",
        "由谁的文本学得满意与不满意的用语，以及在未见过的文本上表现如何。",
    ),
)

SENTIMENT = ResultTable(
    "sentiment_by_touchpoint",
    (
        *PERIOD,
        column(
            "touchpoint_id",
            "string",
            "Touchpoint: the question's own, else that of the event (empty: all texts)",
            "接触点：题目所问的接触点，否则为应答所针对互动的接触点（空为全部文本）",
        ),
        column("touchpoint_en", "string", "Touchpoint's name", "接触点名称"),
        column("touchpoint_zh", "string", "Touchpoint's name in Chinese", "接触点中文名称"),
        column(
            "segmentation", "string", "Declared segmentation; 'all' for everybody", "划分名称；all 为全体"
        ),
        column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
        column("n", "integer", "Texts the model could read", "模型可判读的文本数", "answers"),
        column(
            "effective_n",
            "number",
            "As many texts of a simple sample say as much: fewer with weights and clusters",
            "等效的简单随机样本文本数（计入权重与抽样群）",
            "answers",
        ),
        column(
            "value",
            "number",
            "Share of texts by pleased writers: the mean of their calibrated probabilities, weighted",
            "作者满意的文本占比：校准概率的（加权）均值",
            SHARE,
        ),
        column(
            "low",
            "number",
            "Lower end of the interval around value (Wilson)",
            "value 的区间下限（Wilson）",
            SHARE,
        ),
        column("high", "number", "Upper end of its interval", "区间上限", SHARE),
        *HIDDEN,
    ),
    ("programme", "period", "touchpoint_id", "segmentation", "segment"),
    Text(
        "How pleased the writers of free texts sound, by touchpoint, period and segment.",
        "开放题作者的满意程度，按接触点、期间与分群列示。",
    ),
)
