"""The journey map: what follows what, and where the journeys of segments part."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.graph.columns import JOURNEY_CONTRASTS, JOURNEY_EDGES, JOURNEY_NODES
from peakend.language import Text


def _map(inputs: Inputs) -> Results:
    from peakend.journey.graph.map_tables import map_tables

    return map_tables(inputs)


def _contrasts(inputs: Inputs) -> Results:
    from peakend.journey.graph.contrast_tables import contrast_tables

    return contrast_tables(inputs)


_WALK = ("journey/graph/visits", "journey/graph/passages", "journey/graph/cut_passages")

JOURNEY_MAP = Analysis(
    name="journey_map",
    version=1,
    chapter="journey",
    title=Text("The journey as it is lived", "实际发生的旅程"),
    meaning=Text(
        "Which touchpoint follows which, how long customers wait in between, where they turn back and where "
        "they leave, and how they feel on the way; for everybody and for each declared segment.",
        "哪个接触点之后是哪个、其间等待多久、何处折返、何处离开、沿途感受如何；按全体与各分群列示。",
    ),
    needs=("journey_steps",),
    uses=("segment_members",),
    gives=(JOURNEY_NODES, JOURNEY_EDGES),
    compute=_map,
    sql=(
        *_WALK,
        "journey/graph/cut_visits",
        "journey/graph/edge_journeys",
        "journey/graph/edge_waits",
        "journey/graph/edges",
        "journey/graph/leaving",
        "journey/graph/node_journeys",
        "journey/graph/node_waits",
        "journey/graph/nodes",
    ),
    chart="journey_map",
    sources=(
        "van der Aalst 2016, Process Mining: Data Science in Action, ch. 5",
        "Korn & Graubard 1998, Survey Methodology 24(2)",
        "Wilson 1927, JASA 22(158)",
    ),
)

JOURNEY_CONTRASTS_ANALYSIS = Analysis(
    name="journey_contrasts",
    version=1,
    chapter="journey",
    title=Text("Where journeys part", "旅程在何处分化"),
    meaning=Text(
        "Each segment against the largest of its segmentation: which ways it takes more or less often, and "
        "where it waits longer, with a verdict after Holm's correction.",
        "各分群与同一划分中人数最多的分群相比：哪些路径走得更多或更少、何处等得更久，结论经 Holm 校正。",
    ),
    needs=("journey_steps", "journey_edges", "segment_members"),
    gives=(JOURNEY_CONTRASTS,),
    compute=_contrasts,
    sql=(*_WALK, "journey/graph/edge_journeys", "journey/graph/leaving", "journey/graph/waits"),
    chart="journey_contrasts",
    sources=(
        "Newcombe 1998, Statistics in Medicine 17(8)",
        "Woodruff 1952, JASA 47(260)",
        "Donner & Zou 2012, Statistical Methods in Medical Research 21(4)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (JOURNEY_MAP, JOURNEY_CONTRASTS_ANALYSIS)
