"""The analysis that cuts the stream of events into journeys, for all others."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.stream.columns import JOURNEY_STEPS, KEPT, LEFT_OUT
from peakend.journey.stream.columns import JOURNEYS as JOURNEYS_TABLE
from peakend.journey.stream.overview_columns import ACCOUNT, LENGTHS
from peakend.journey.stream.overview_columns import DWELL as DWELL_TABLE
from peakend.language import Text


def _journeys(inputs: Inputs) -> Results:
    from peakend.journey.stream.cutting import journey_tables

    return journey_tables(inputs)


def _lengths(inputs: Inputs) -> Results:
    from peakend.journey.stream.overview import journey_lengths

    return journey_lengths(inputs)


def _dwell(inputs: Inputs) -> Results:
    from peakend.journey.stream.overview import dwell_tables

    return dwell_tables(inputs)


JOURNEYS = Analysis(
    name="journeys",
    version=2,
    chapter="journey",
    title=Text("Journeys", "旅程"),
    meaning=Text(
        "The stream of events cut into journeys: by the case a source names, else where a customer pauses.",
        "把互动流切分为旅程：以来源所给实例为准，否则以客户的间隔为界。",
    ),
    needs=("interactions",),
    uses=("identities",),
    gives=(JOURNEYS_TABLE, JOURNEY_STEPS, KEPT, LEFT_OUT),
    compute=_journeys,
    sql=tuple(
        f"journey/stream/{name}"
        for name in (
            *("visitors", "journey_events", "threads", "journey_steps", "journeys"),
            *("kept", "left_out_events", "left_out"),
        )
    ),
    chart="journeys",
)

OVERVIEW = Analysis(
    name="journey_lengths",
    version=1,
    chapter="journey",
    title=Text("How long journeys are", "旅程有多长"),
    meaning=Text(
        "How many journeys there are, how many steps and days they take, and which events stand in none.",
        "有多少段旅程、各有多少步、历时多久，以及哪些互动未计入旅程。",
    ),
    needs=("journeys",),
    uses=("journey_events_kept", "journey_events_left_out"),
    gives=(LENGTHS, ACCOUNT),
    compute=_lengths,
    sql=("journey/stream/journey_sizes", "journey/stream/journey_lengths", "journey/stream/account"),
    chart="journey_lengths",
)

DWELL = Analysis(
    name="dwell",
    version=1,
    chapter="journey",
    title=Text("Time at each touchpoint", "各接触点的停留时间"),
    meaning=Text(
        "How long customers stay at each touchpoint: half of them, nine in ten of them, and how many longer "
        "than promised.",
        "客户在各接触点停留多久：半数客户、九成客户的时长，以及超出承诺的占比。",
    ),
    needs=("journey_steps",),
    uses=("touchpoints",),
    gives=(DWELL_TABLE,),
    compute=_dwell,
    sql=("journey/stream/stays", "journey/stream/dwell"),
    chart="dwell",
    sources=("Conover 1999, Practical Nonparametric Statistics, 3.2", "Wilson 1927, JASA 22(158)"),
)

ANALYSES: tuple[Analysis, ...] = (JOURNEYS, OVERVIEW, DWELL)
