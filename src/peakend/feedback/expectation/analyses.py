"""The expectation analyses: gaps between expectation and perception, reliability, and the questionnaire."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.expectation.gap_columns import EXPECTATION_GAPS as GAPS_TABLE
from peakend.language import Text

# Named here and not taken from `sheets`: that imports numpy, and declarations are read by `peakend --help`.
_SHEET = (
    "feedback/survey_design",
    "feedback/respondents",
    "feedback/sheet_answers",
    "feedback/sheet_limits",
    "feedback/sheet_months",
    "feedback/sheet_respondents",
)


def _expectation_gaps(inputs: Inputs) -> Results:
    from peakend.feedback.expectation.gap_tables import expectation_gaps

    return expectation_gaps(inputs)


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
    sql=_SHEET,
    chart="expectation_gaps",
    sources=(
        "Parasuraman, Zeithaml & Berry 1988, Journal of Retailing 64(1)",
        "Oliver 1980, Journal of Marketing Research 17(4)",
        "Berger 1982, Technometrics 24(4)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (EXPECTATION_GAPS,)
