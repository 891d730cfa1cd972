"""The analysis that cuts the stream of events into journeys, for all others."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.stream.columns import JOURNEY_STEPS, KEPT, LEFT_OUT
from peakend.journey.stream.columns import JOURNEYS as JOURNEYS_TABLE
from peakend.journey.stream.overview_columns import ACCOUNT, LENGTHS
from peakend.journey.stream.overview_columns import DWELL as DWELL_TABLE
from peakend.journey.stream.staging_columns import PARTS
from peakend.journey.stream.staging_columns import SCENES as SCENES_TABLE
from peakend.journey.stream.staging_columns import STAGING as STAGING_TABLE
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


def _scenes(inputs: Inputs) -> Results:
    from peakend.journey.stream.staging import scene_tables

    return scene_tables(inputs)


def _staging(inputs: Inputs) -> Results:
    from peakend.journey.stream.staging import staging_table

    return staging_table(inputs)


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

SCENES = Analysis(
    name="experience_scenes",
    version=1,
    chapter="journey",
    title=Text("Journeys as scenes", "旅程即一幕"),
    meaning=Text(
        "Every journey as a scene: the stage it plays on, the goods as props, the staff as actors, the "
        "memory it leaves; and which of these are not on record.",
        "把每段旅程看作一幕：服务为舞台、商品为道具、员工为演员、留下的记忆；以及哪些尚无记录。",
    ),
    needs=("journeys", "journey_steps"),
    uses=("interactions", "transactions", "responses", "answers", "questions", "touchpoints"),
    gives=(SCENES_TABLE, PARTS),
    compute=_scenes,
    sql=("journey/stream/scenes", "journey/stream/scenes_met", "journey/stream/scene_parts"),
    chart="experience_scenes",
    sources=("Pine & Gilmore 1998, Harvard Business Review 76(4)",),
)

STAGING = Analysis(
    name="staging",
    version=1,
    chapter="feel",
    title=Text("The experience as it is staged", "体验的营造"),
    meaning=Text(
        "How far customers take part with body, emotion and mind; how comfort rises to admiration and what "
        "aftertaste stays; what each of the five senses meets and how that goes with satisfaction.",
        "客户在形体、情绪、知识上的参与程度；感受如何从舒适升至赞叹并留下回味；五感各得几分、与满意度有何关联。",
    ),
    needs=("questions",),
    uses=("answers", "responses", "surveys", "interactions", "service_checks", "touchpoints"),
    gives=(STAGING_TABLE,),
    compute=_staging,
    sql=("journey/stream/staged_scores", "journey/stream/staged_sums"),
    chart="staging",
    sources=("Pine & Gilmore 1998, Harvard Business Review 76(4)", "Fisher 1921, Metron 1"),
)

ANALYSES: tuple[Analysis, ...] = (JOURNEYS, OVERVIEW, DWELL, SCENES, STAGING)
