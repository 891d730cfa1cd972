"""The analyses of attribution: what follows a journey, which touchpoints go with it, and what comes next."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.crediting import columns, next_columns
from peakend.language import Text


def _outcomes(inputs: Inputs) -> Results:
    from peakend.journey.crediting.outcomes import outcome_tables

    return outcome_tables(inputs)


def _attribution(inputs: Inputs) -> Results:
    from peakend.journey.crediting.tables import attribution_tables

    return attribution_tables(inputs)


def _sequences(inputs: Inputs) -> Results:
    from peakend.journey.crediting.tables import sequence_tables

    return sequence_tables(inputs)


def _next_steps(inputs: Inputs) -> Results:
    from peakend.journey.crediting.next_tables import next_step_tables

    return next_step_tables(inputs)


_HERE = "journey/crediting/"
_STEPS = (f"{_HERE}touchpoint_steps", f"{_HERE}judged", f"{_HERE}attributed_steps", f"{_HERE}outcome_rates")

JOURNEY_OUTCOMES = Analysis(
    name="journey_outcomes",
    version=1,
    chapter="journey",
    title=Text("What follows a journey", "旅程之后"),
    meaning=Text(
        "Whether the customer bought again, left or complained after each journey, where it can be known.",
        "每段旅程之后客户是否再次购买、流失或投诉（可知者）。",
    ),
    needs=("journeys", "journey_steps"),
    uses=("transactions", "cases", "touchpoints"),
    gives=(columns.JOURNEY_OUTCOMES,),
    compute=_outcomes,
    sql=(f"{_HERE}journey_outcomes",),
)

ATTRIBUTION = Analysis(
    name="attribution",
    version=1,
    chapter="journey",
    title=Text("Which touchpoints go with the outcome", "结果与哪些接触点相伴"),
    meaning=Text(
        "Repurchase, churn and complaints credited to touchpoints: last touch beside Markov removal effects "
        "and Shapley values.",
        "把再次购买、流失与投诉归于各接触点：末次触点法与马尔可夫移除效应、沙普利值并列。",
    ),
    needs=("journey_steps", "journey_outcomes"),
    uses=("touchpoints",),
    gives=(columns.OUTCOME_RATES, columns.TOUCHPOINT_ATTRIBUTION),
    compute=_attribution,
    sql=(
        *_STEPS,
        f"{_HERE}touch_counts",
        f"{_HERE}touch_sets",
        f"{_HERE}met_journeys",
        f"{_HERE}met_outcome",
    ),
    chart="attribution",
    sources=(
        "Anderl, Becker, von Wangenheim & Schumann 2016, Int. Journal of Research in Marketing 33(3)",
        "Zhao, Mahboobi & Bagheri 2018, Shapley Value Methods for Attribution Modeling",
        "Singal, Besbes, Désir, Goyal & Iyengar 2022, Management Science 68(10)",
    ),
)

SEQUENCES = Analysis(
    name="sequences",
    version=1,
    chapter="journey",
    title=Text("Touchpoints that work together", "相互成就的接触点"),
    meaning=Text(
        "Pairs of touchpoints, one after the other, after which an outcome is more or less frequent than "
        "after both alone.",
        "先后出现的接触点组合：其后某结果比两者单独出现时更多或更少。",
    ),
    needs=("journey_steps", "journey_outcomes"),
    uses=("touchpoints",),
    gives=(columns.TOUCHPOINT_SEQUENCES,),
    compute=_sequences,
    sql=(
        *_STEPS,
        f"{_HERE}met_counts",
        f"{_HERE}pairs_met",
        f"{_HERE}pair_counts",
        f"{_HERE}sequence_journeys",
    ),
    chart="sequences",
    sources=(
        "VanderWeele & Knol 2014, Epidemiologic Methods 3(1)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

NEXT_STEPS = Analysis(
    name="next_steps",
    version=1,
    chapter="journey",
    title=Text("What comes next", "下一步会到哪里"),
    meaning=Text(
        "The next step of a journey foretold from the last ones, checked on later journeys.",
        "由最近几步预测旅程的下一步，并以其后的旅程检验。",
    ),
    needs=("journey_steps",),
    uses=("touchpoints",),
    gives=(next_columns.NEXT_STEP_QUALITY, next_columns.NEXT_STEP_TABLE),
    compute=_next_steps,
    sql=(
        f"{_HERE}touchpoint_steps",
        f"{_HERE}journey_windows",
        f"{_HERE}step_contexts",
        f"{_HERE}context_counts",
        f"{_HERE}context_customers",
        f"{_HERE}context_steps",
    ),
    chart="next_steps",
    sources=(
        "Witten & Bell 1991, IEEE Transactions on Information Theory 37(4)",
        "Chen & Goodman 1999, Computer Speech & Language 13(4)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (JOURNEY_OUTCOMES, ATTRIBUTION, SEQUENCES, NEXT_STEPS)
