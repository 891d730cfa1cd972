"""The word analyses: sentiment, themes, phrases, and answers given without reading."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.words.reading_analyses import ANSWER_QUALITY, SENTIMENT
from peakend.feedback.words.theme_columns import KEY_PHRASES as KEY_PHRASES_TABLE
from peakend.feedback.words.theme_columns import NEEDS as NEEDS_TABLE
from peakend.feedback.words.theme_columns import THEMES as THEMES_TABLE
from peakend.language import Text


def _themes(inputs: Inputs) -> Results:
    from peakend.feedback.words.theme_tables import theme_tables

    return theme_tables(inputs)


def _key_phrases(inputs: Inputs) -> Results:
    from peakend.feedback.words.phrase_tables import key_phrase_table

    return key_phrase_table(inputs)


_REMARKS_SQL = (
    "feedback/survey_design",
    "feedback/respondents",
    "feedback/words/remarks",
    "feedback/words/writers",
    "feedback/words/writer_scores",
    "feedback/words/overall_asked",
    "feedback/words/code_notes",
)

THEMES = Analysis(
    name="themes",
    version=1,
    chapter="words",
    title=Text("What customers speak of", "客户在谈什么"),
    meaning=Text(
        "Themes of free texts and coded comments, how those who mention them score the whole, what rose or "
        "fell, what no question asks about, and the needs behind them.",
        "开放题与编码留言中的主题：提到者的总体评分、比上期多还是少、哪些问卷没有问到，以及背后的需求。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("touchpoints", "transactions", "survey_weights"),
    gives=(THEMES_TABLE, NEEDS_TABLE),
    compute=_themes,
    sql=(*_REMARKS_SQL, "feedback/words/last_sale", "feedback/words/writer_revenue"),
    chart="themes",
    sources=(
        "Church & Hanks 1990, Computational Linguistics 16(1)",
        "Jin & Tanaka-Ishii 2006, COLING/ACL posters",
        "Lee & Seung 1999, Nature 401",
        "Greene, O'Callaghan & Cunningham 2014, ECML PKDD",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

KEY_PHRASES = Analysis(
    name="key_phrases",
    version=1,
    chapter="words",
    title=Text("What detractors say and promoters do not", "贬损者说而推荐者不说的"),
    meaning=Text(
        "Phrases and comment codes that separate detractors from promoters, by an exact test with Holm's "
        "correction.",
        "把贬损者与推荐者区分开来的短语与留言编码，经精确检验与 Holm 校正。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("touchpoints", "survey_weights"),
    gives=(KEY_PHRASES_TABLE,),
    compute=_key_phrases,
    sql=_REMARKS_SQL,
    chart="key_phrases",
    sources=(
        "Monroe, Colaresi & Quinn 2008, Political Analysis 16(4)",
        "Tarone 1990, Biometrics 46(2)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (THEMES, KEY_PHRASES, SENTIMENT, ANSWER_QUALITY)
