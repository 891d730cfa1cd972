"""The analyses of experience and money, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.experience import columns


def _promoters(inputs: Inputs) -> Results:
    from peakend.value.experience.promoters import promoter_tables

    return promoter_tables(inputs)


def _focus(inputs: Inputs) -> Results:
    from peakend.value.experience.focus import focus_tables

    return focus_tables(inputs)


_ANSWERS = tuple(
    f"value/experience/{name}"
    for name in (
        "answer_span", "followed_list", "high_value", "latest_answers", "money_around", "overall_answers",
        "spent_cells", "stratified", "worth_list", "worth_sums",
    )
)  # fmt: skip

PROMOTERS = Analysis(
    name="promoters_worth",
    version=1,
    chapter="worth",
    title=Text("What promoters are worth", "推荐者值多少"),
    meaning=Text(
        "Promoters, passives and detractors by lifetime value, profit and what they spent after they "
        "answered, also among customers who had spent alike before.",
        "推荐者、中立者与贬损者的终身价值、利润及应答后的消费，并在此前消费相近的客户中比较。",
    ),
    needs=("answers", "questions", "responses", "lifetime_values"),
    uses=("customer_profit", "transactions"),
    gives=(columns.PROMOTERS_WORTH, columns.SATISFACTION_RETURN),
    compute=_promoters,
    sql=_ANSWERS,
    chart="promoters_worth",
    sources=(
        "Reichheld 2006, The Ultimate Question",
        "Keiningham et al. 2007, Journal of Marketing 71(3)",
        "Rothman, Greenland & Lash 2008, Modern Epidemiology, chapter 15",
        "White 1980, Econometrica 48(4)",
    ),
)

FOCUS = Analysis(
    name="value_focus",
    version=1,
    chapter="worth",
    title=Text("Whose satisfaction pays", "谁的满意值得投入"),
    meaning=Text(
        "From all customers to value customers, high-value customers and those of them whose key factors "
        "fail; and what a budget spread on all returns beside the same aimed.",
        "从全部客户、价值客户、高价值客户到关键因素未满足的高价值客户；并比较预算平均投放与精准投放的回报。",
    ),
    needs=("answers", "questions", "responses", "lifetime_values"),
    uses=("customer_profit", "customers", "transactions"),
    gives=(columns.VALUE_FOCUS, columns.KEY_FACTORS),
    compute=_focus,
    sql=(
        *_ANSWERS,
        *(
            f"value/experience/{name}"
            for name in (
                "factor_misses", "factor_pairs", "factor_sums", "focus_customers", "focus_list", "focus_sums",
            )
        ),
    ),
    chart="value_focus",
)  # fmt: skip

ANALYSES: tuple[Analysis, ...] = (PROMOTERS, FOCUS)
