"""Declarations of the analyses that read answers: how pleased the words sound, and who answered unread."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.sheet_files import SHEET_SQL
from peakend.feedback.words.quality_columns import QUALITY
from peakend.feedback.words.sentiment_columns import MODELS
from peakend.feedback.words.sentiment_columns import SENTIMENT as SENTIMENT_TABLE
from peakend.language import Text


def _sentiment(inputs: Inputs) -> Results:
    from peakend.feedback.words.sentiment_tables import sentiment_tables

    return sentiment_tables(inputs)


def _answer_quality(inputs: Inputs) -> Results:
    from peakend.feedback.words.quality_tables import quality_table

    return quality_table(inputs)


_SQL = tuple(dict.fromkeys((*SHEET_SQL, "feedback/words/texts")))

SENTIMENT = Analysis(
    name="sentiment",
    version=1,
    chapter="words",
    title=Text("How pleased the words sound", "文字中的满意与不满"),
    meaning=Text(
        "Sentiment of free texts, learnt from the company's own scores, with its accuracy on texts it has "
        "not seen; no figures where the model is no better than guessing.",
        "由公司自有评分学得的文字情感，并给出在未见过文本上的准确率；模型不优于猜测时不给数值。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("touchpoints", "interactions", "segment_members", "survey_weights"),
    gives=(MODELS, SENTIMENT_TABLE),
    compute=_sentiment,
    sql=(*_SQL, "feedback/sheet_members"),
    chart="sentiment",
    sources=(
        "Joachims 1998, ECML",
        "Platt 1999, Advances in Large Margin Classifiers",
        "DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44(3)",
        "Wilson 1927, JASA 22(158)",
    ),
)

ANSWER_QUALITY = Analysis(
    name="answer_quality",
    version=1,
    chapter="listening",
    title=Text("Answers given without reading", "未经阅读的作答"),
    meaning=Text(
        "Who gives one score to every question, beyond what attentive people would, and whether the overall "
        "score depends on it; texts that are copied, empty or a system's.",
        "各题都打同一分的应答者（仅计超出应有的部分）及其对总体得分的影响；雷同、无字或系统默认的文本。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("interactions", "survey_weights"),
    gives=(QUALITY,),
    compute=_answer_quality,
    sql=_SQL,
    chart="answer_quality",
    sources=(
        "Curran 2016, Journal of Experimental Social Psychology 66",
        "Samejima 1969, Psychometrika Monograph 17",
        "Broder 1997, Compression and Complexity of Sequences",
    ),
)
