"""The analyses of what is remembered: the moments of every journey, and the model that describes memory."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.remembered.columns import DISTANCES, MODELS, ROLES, VERDICT
from peakend.journey.remembered.moment_columns import MEMORY, SOURCES
from peakend.journey.remembered.moment_columns import MOMENTS as MOMENTS_TABLE
from peakend.language import Text


def _moments(inputs: Inputs) -> Results:
    from peakend.journey.remembered.memory_tables import moment_tables

    return moment_tables(inputs)


def _peak_end(inputs: Inputs) -> Results:
    from peakend.journey.remembered.memory_tables import memory_tables

    return memory_tables(inputs)


_ROOM = "journey/remembered/"

MOMENTS = Analysis(
    name="moments",
    version=1,
    chapter="journey",
    title=Text("Moments of journeys", "旅程中的时刻"),
    meaning=Text(
        "What customers felt at every moment of a journey, as far as it is known: its peak, worst, end and "
        "average, and the score of the whole that they gave afterwards.",
        "客户在旅程各时刻的感受（如已知）：峰值、最差、终值与平均，以及事后对整体的评分。",
    ),
    needs=("journey_steps", "journeys", "interactions"),
    uses=("touchpoints", "surveys", "questions", "responses", "answers"),
    gives=(MOMENTS_TABLE, MEMORY, SOURCES),
    compute=_moments,
    sql=tuple(
        _ROOM + name
        for name in (
            "answers_outside",
            "asked_moments",
            "operations_moments",
            "moments",
            "placed_moments",
            "peak_end",
            "remembered",
            "journey_memory",
            "moment_sources",
        )
    ),
    chart="moments",
    sources=(
        "Kahneman, Fredrickson, Schreiber & Redelmeier 1993, Psychological Science 4(6)",
        "Redelmeier & Kahneman 1996, Pain 66(1)",
    ),
)

PEAK_END = Analysis(
    name="peak_end",
    version=1,
    chapter="journey",
    title=Text("What customers remember", "客户记住了什么"),
    meaning=Text(
        "Whether the peak and the end, the worst moment, or the average of a journey foretells the "
        "score that customers give afterwards, tried on later journeys; what each touchpoint is to memory.",
        "事后的总体评分由峰值与终值、最差时刻还是平均决定（以后期旅程检验），以及各接触点在记忆中的角色。",
    ),
    needs=("journey_moments", "journey_memory"),
    uses=("segment_members", "touchpoints"),
    gives=(VERDICT, MODELS, DISTANCES, ROLES),
    compute=_peak_end,
    sql=tuple(
        _ROOM + name
        for name in ("memory_rows", "cross_products", "coverage", "touchpoint_moments", "touchpoint_roles")
    ),
    chart="peak_end",
    sources=(
        "Kahneman, Fredrickson, Schreiber & Redelmeier 1993, Psychological Science 4(6)",
        "Redelmeier & Kahneman 1996, Pain 66(1)",
        "Diebold & Mariano 1995, Journal of Business & Economic Statistics 13(3)",
        "Burnham & Anderson 2002, Model Selection and Multimodel Inference",
    ),
)

ANALYSES: tuple[Analysis, ...] = (MOMENTS, PEAK_END)
