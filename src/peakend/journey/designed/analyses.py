"""The analyses of designed journeys: conformance with the design, and hand-offs that fail."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.designed.columns import DESIGN_CONFORMANCE, DESIGN_DEVIATIONS
from peakend.journey.designed.columns import HANDOFF_GAPS as HANDOFF_TABLE
from peakend.language import Text


def _designed(inputs: Inputs) -> Results:
    from peakend.journey.designed.conformance import designed_tables

    return designed_tables(inputs)


def _handoffs(inputs: Inputs) -> Results:
    from peakend.journey.designed.gaps import handoff_tables

    return handoff_tables(inputs)


_ROOM = "journey/designed"
_SEQUENCES = tuple(
    f"journey/traces/{name}" for name in ("by_journey", "events", "sequences", "journey_variants")
)

DESIGNED_JOURNEYS = Analysis(
    name="designed_journeys",
    version=1,
    chapter="journey",
    title=Text("Designed and lived", "设计与实际"),
    meaning=Text(
        "How many journeys go as they were designed, and where the others skip, repeat or reorder steps.",
        "有多少旅程按设计进行；其余的在哪里跳过、重复或颠倒了步骤。",
    ),
    needs=("journey_steps", "journeys", "design_steps", "design_flows"),
    gives=(DESIGN_CONFORMANCE, DESIGN_DEVIATIONS),
    compute=_designed,
    sql=(
        *_SEQUENCES,
        *(f"{_ROOM}/{name}" for name in ("lived", "lived_counts", "judged", "conformance_counts")),
        *(f"{_ROOM}/{name}" for name in ("late", "deviating", "deviation_counts")),
    ),
    chart="designed_journeys",
    sources=(
        "van der Aalst, Adriansyah & van Dongen 2012, WIREs Data Mining and Knowledge Discovery 2(2)",
        "Adriansyah 2014, Aligning Observed and Modeled Behavior",
        "OMG 2013, Business Process Model and Notation 2.0.2",
        "Wilson 1927, JASA 22(158)",
    ),
)

HANDOFFS = Analysis(
    name="handoff_gaps",
    version=1,
    chapter="journey",
    title=Text("Gaps between channels", "渠道之间的脱节"),
    meaning=Text(
        "Where customers pass between channels: designed hand-offs that nobody recorded or took over, and "
        "how customers feel next.",
        "客户在渠道之间转换之处：设计中的交接有哪些无记录、无人承接或超时，以及客户随后的感受。",
    ),
    needs=("journey_steps", "design_steps", "design_flows"),
    uses=("handoffs",),
    gives=(HANDOFF_TABLE,),
    compute=_handoffs,
    sql=tuple(f"{_ROOM}/{name}" for name in ("channel_moves", "gap_counts", "gap_feelings")),
    chart="handoff_gaps",
    sources=(
        "Wilson 1927, JASA 22(158)",
        "Welch 1947, Biometrika 34(1-2)",
        "Holm 1979, Scand. J. Statist. 6(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (DESIGNED_JOURNEYS, HANDOFFS)
