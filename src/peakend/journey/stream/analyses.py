"""The analysis that cuts the stream of events into journeys, for all others."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.stream.columns import JOURNEY_STEPS, KEPT, LEFT_OUT
from peakend.journey.stream.columns import JOURNEYS as JOURNEYS_TABLE
from peakend.language import Text


def _journeys(inputs: Inputs) -> Results:
    from peakend.journey.stream.cutting import journey_tables

    return journey_tables(inputs)


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
)

ANALYSES: tuple[Analysis, ...] = (JOURNEYS,)
