"""What channels tell about the same thing: one price and one phone number are told differently."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from peakend.demo.simulator.calendar import as_datetime
from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.world import World


def _registry(world: World) -> Rows:
    """Everything is read in one round, a month before the end."""
    read_at = as_datetime(world.calendar.end_us) - timedelta(days=30)
    rows = []
    for number, fact in enumerate(world.company.journey.facts, start=1):
        for place, (touchpoint, channel) in enumerate(fact.told, start=1):
            wrong = fact.wrong if world.on("conflicting_facts") else None
            differs = wrong is not None and (wrong.touchpoint, wrong.channel) == (touchpoint, channel)
            rows.append(
                {
                    "fact_id": f"F{number:02d}-{place:02d}",
                    "subject": fact.subject,
                    "attribute": fact.attribute,
                    "value": wrong.value if wrong is not None and differs else fact.value,
                    "touchpoint_id": touchpoint,
                    "channel": channel,
                    "seen_at": read_at + timedelta(minutes=10 * place),
                }
            )
    yield "published_facts", canonical_rows("published_facts", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    for fact in world.company.journey.facts:
        if fact.wrong is not None:
            yield Effect(
                "conflicting_facts",
                f"{fact.attribute}/{fact.subject}",
                1.0,
                world.on("conflicting_facts"),
                touchpoint_id=fact.wrong.touchpoint,
                unit=f"told differently: {fact.wrong.channel}",
            )


MECHANISM = Mechanism(
    name="conflicting_facts",
    meaning=Text(
        "One channel tells another price, and one a wrong phone number.",
        "某渠道告知的价格与其他渠道不同，另有一处电话号码有误。",
    ),
    null=Text("All channels tell the same.", "各渠道口径一致。"),
    registry=_registry,
    truth=_truth,
)
