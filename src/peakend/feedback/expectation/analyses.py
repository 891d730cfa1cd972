"""The expectation analyses: gaps between expectation and perception, reliability, and the questionnaire."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.expectation import questionnaire_columns, reliability_columns
from peakend.feedback.expectation.gap_columns import EXPECTATION_GAPS as GAPS_TABLE
from peakend.feedback.sheet_files import SHEET_SQL
from peakend.language import Text

# Named here and not taken from `sheets`: that imports numpy, and declarations are read by `peakend --help`.


def _expectation_gaps(inputs: Inputs) -> Results:
    from peakend.feedback.expectation.gap_tables import expectation_gaps

    return expectation_gaps(inputs)


def _reliability(inputs: Inputs) -> Results:
    from peakend.feedback.expectation.reliability_tables import reliability

    return reliability(inputs)


def _questionnaire(inputs: Inputs) -> Results:
    from peakend.feedback.expectation.questionnaire_tables import questionnaire

    return questionnaire(inputs)


EXPECTATION_GAPS = Analysis(
    name="expectation_gaps",
    version=1,
    chapter="feel",
    title=Text("Expected and perceived", "期望与感知"),
    meaning=Text(
        "How far perception falls short of expectation or exceeds it, by item and dimension, who found it "
        "better or worse than expected, and where more than expected earns nothing.",
        "感知低于或高于期望多少（按题与维度），多少人觉得好于或不如期望，以及哪里超出期望却没有回报。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("survey_weights",),
    gives=(GAPS_TABLE,),
    compute=_expectation_gaps,
    sql=SHEET_SQL,
    chart="expectation_gaps",
    sources=(
        "Parasuraman, Zeithaml & Berry 1988, Journal of Retailing 64(1)",
        "Oliver 1980, Journal of Marketing Research 17(4)",
        "Berger 1982, Technometrics 24(4)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

RELIABILITY = Analysis(
    name="reliability",
    version=1,
    chapter="listening",
    title=Text("What the questions measure", "题目测量了什么"),
    meaning=Text(
        "How many different things the ratings of the latest period measure, which questions belong "
        "together, and how reliably each declared dimension is measured.",
        "最近一期的评分题实际测量了几样东西、哪些题同属一组，以及各声明维度测得是否可靠。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("survey_weights",),
    gives=(
        reliability_columns.RELIABILITY,
        reliability_columns.ITEMS,
        reliability_columns.EIGENVALUES,
        reliability_columns.LOADINGS,
    ),
    compute=_reliability,
    sql=SHEET_SQL,
    chart="reliability",
    sources=(
        "Cronbach 1951, Psychometrika 16(3)",
        "Maydeu-Olivares, Coffman & Hartmann 2007, Psychological Methods 12(2)",
        "Horn 1965, Psychometrika 30(2)",
        "Glorfeld 1995, Educational and Psychological Measurement 55(3)",
        "Harman & Jones 1966, Psychometrika 31(3)",
        "Jennrich 2002, Psychometrika 67(1)",
    ),
)

QUESTIONNAIRE = Analysis(
    name="questionnaire",
    version=1,
    chapter="listening",
    title=Text("The questionnaire itself", "问卷本身"),
    meaning=Text(
        "What the questions ask about, functions or feelings, what they leave out, and which series are "
        "broken because the wording or the scale changed.",
        "题目问的是功能还是感受、遗漏了什么，以及哪些序列因措辞或量表改变而断裂。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("survey_weights", "row_history"),
    gives=(
        questionnaire_columns.ITEMS,
        questionnaire_columns.DIMENSIONS,
        questionnaire_columns.SERIES,
    ),
    compute=_questionnaire,
    sql=(
        "feedback/survey_design",
        "feedback/respondents",
        "feedback/expectation/asked_levels",
        "feedback/expectation/asked_together",
    ),
    chart="questionnaire",
    sources=(
        "Parasuraman, Zeithaml & Berry 1988, Journal of Retailing 64(1)",
        "Dunn 1961, JASA 56(293)",
        "Fisher 1921, Metron 1",
    ),
)

ANALYSES: tuple[Analysis, ...] = (EXPECTATION_GAPS, RELIABILITY, QUESTIONNAIRE)
