"""The analysis of variants: the ways that journeys go."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.traces.columns import JOURNEY_VARIANTS
from peakend.language import Text


def _variants(inputs: Inputs) -> Results:
    from peakend.journey.traces.tables import variant_tables

    return variant_tables(inputs)


VARIANTS = Analysis(
    name="journey_variants",
    version=1,
    chapter="journey",
    title=Text("The ways customers go", "客户走过的路径"),
    meaning=Text(
        "The different sequences of touchpoints, the most frequent first, for everybody and each segment.",
        "各种接触点次序，最常见的在前，按全体与各分群列示。",
    ),
    needs=("journey_steps",),
    uses=("segment_members",),
    gives=(JOURNEY_VARIANTS,),
    compute=_variants,
    sql=tuple(
        f"journey/traces/{name}"
        for name in (
            *("by_journey", "events", "sequences", "journey_variants"),
            *("top_variants", "placed_journeys", "variant_cells"),
        )
    ),
    chart="journey_variants",
    sources=("van der Aalst 2016, Process Mining, 2nd ed., section 5.2", "Wilson 1927, JASA 22(158)"),
)

ANALYSES: tuple[Analysis, ...] = (VARIANTS,)
