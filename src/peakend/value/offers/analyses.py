"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.offers.offer_columns import (
    CHOICE_COEFFICIENTS,
    CHOICE_PREDICTIONS,
    CHOICE_PROBLEMS,
    CHOICE_SHARES,
    PRICE_PREMIUM,
    RELATIVE_VALUE,
    RIVAL_PROBLEMS,
)

_RIVAL_SQL = (
    "value/offers/currencies_of",
    "value/offers/own_prices",
    "value/offers/own_ratings",
    "value/offers/rival_cells",
    "value/offers/rival_problem_counts",
    "value/offers/rival_rows",
)
_RIVAL_USES = ("transactions", "products", "answers", "questions", "responses")


def _relative(inputs: Inputs) -> Results:
    from peakend.value.offers.relative import relative_tables

    return relative_tables(inputs)


def _choices(inputs: Inputs) -> Results:
    from peakend.value.offers.choices import choice_tables

    return choice_tables(inputs)


def _premium(inputs: Inputs) -> Results:
    from peakend.value.offers.premium import premium_tables

    return premium_tables(inputs)


RELATIVE = Analysis(
    name="relative_value",
    version=1,
    chapter="worth",
    title=Text("Value beside competitors", "与竞争者的价值比较"),
    meaning=Text(
        "How our offer is rated and priced beside each competitor's: better value, premium, economy or worse "
        "value.",
        "我们的口碑与价格同每家竞争者相比处于何处：物超所值、优质高价、经济实惠，还是物有不值。",
    ),
    needs=("competitors",),
    uses=_RIVAL_USES,
    gives=(RELATIVE_VALUE, RIVAL_PROBLEMS),
    compute=_relative,
    sql=_RIVAL_SQL,
    chart="relative_value",
    sources=(
        "Gale 1994, Managing Customer Value",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

CHOICES = Analysis(
    name="choice_model",
    version=1,
    chapter="worth",
    title=Text("What customers choose", "客户如何选择"),
    meaning=Text(
        "What value and cost weigh when customers choose between us and others, how well that predicts later "
        "choices, and what share a better offer would have.",
        "客户在我们与别家之间选择时，价值与成本各占多大分量、能多准地预测后来的选择，以及改进后可得多少份额。",
    ),
    needs=("choice_options",),
    gives=(CHOICE_COEFFICIENTS, CHOICE_PREDICTIONS, CHOICE_SHARES, CHOICE_PROBLEMS),
    compute=_choices,
    sql=(
        "value/offers/choice_problem_counts",
        "value/offers/choice_rows",
        "value/offers/choice_sets",
        "value/offers/currencies_of",
    ),
    chart="choice_model",
    sources=(
        "McFadden 1974, Conditional logit analysis of qualitative choice behavior",
        "Albert & Anderson 1984, Biometrika 71(1)",
        "Wilson 1927, JASA 22(158)",
    ),
)

PREMIUM = Analysis(
    name="price_premium",
    version=1,
    chapter="worth",
    title=Text("Price premium and experience", "价格溢价与体验"),
    meaning=Text(
        "What a better rating goes with in price, and what part of our price difference from each competitor "
        "goes with the difference in rating.",
        "评分更高对应多高的价格，以及我们与每家竞争者的价差中有多少与评分差相伴。",
    ),
    needs=("competitors",),
    uses=_RIVAL_USES,
    gives=(PRICE_PREMIUM,),
    compute=_premium,
    sql=_RIVAL_SQL,
    chart="price_premium",
    sources=(
        "MacKinnon & White 1985, Journal of Econometrics 29(3)",
        "Liang & Zeger 1986, Biometrika 73(1)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (RELATIVE, CHOICES, PREMIUM)
