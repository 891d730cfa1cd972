"""How a company's journeys are meant to go and what goes wrong in them, as `companies/*.yaml` say it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peakend.demo.simulator.descriptions import Described, Positive, Share
from peakend.language import Text


class Standing(Described):
    """What the registry says of a touchpoint beside what happens there."""

    role: Literal["peak", "end"] | None = None
    thread: Literal["product", "contact"] | None = None
    purpose: Literal["risk", "word_of_mouth", "marketing", "design"] | None = None
    importance: Annotated[float, Field(ge=0, le=10)] | None = None
    target: Annotated[float, Field(ge=0, le=100)] | None = None
    service_level_s: Positive | None = None
    standard: Text | None = None
    script: Text | None = None
    indicator: str | None = None


class Design(Described):
    """A journey as it is meant to go. steps: touchpoints; must: those that no journey leaves out."""

    id: str
    steps: Annotated[tuple[str, ...], Field(min_length=2)]
    must: tuple[str, ...]


class Detours(Described):
    """One step at one site: shares of the journeys that skip it, repeat it, or take it after the next one."""

    touchpoint: str
    site: str
    skipped: Share
    repeated: Share
    late: Share


class Seam(Described):
    """A hand-off from one touchpoint to the next. missing: share not recorded; cost: latent, at the next."""

    before: str
    after: str
    missing: Share = 0.0
    cost: Annotated[float, Field(ge=0)] = 0.0


class Errors(Described):
    """Where small errors are more frequent: share of its events, and what one costs (latent)."""

    touchpoint: str
    channel: str
    share: Share
    cost: Annotated[float, Field(ge=0)]


class Wrong(Described):
    """What one channel tells otherwise."""

    touchpoint: str
    channel: str
    value: str


class Fact(Described):
    """One thing that several channels tell. told: (touchpoint, channel) pairs."""

    subject: str
    attribute: str
    value: str
    told: Annotated[tuple[tuple[str, str], ...], Field(min_length=2)]
    wrong: Wrong | None = None


class Forgotten(Described):
    """An item of the checklist that one site leaves out. done: share of the visits with it there."""

    site: str
    item: str
    done: Share


class BadWeek(Described):
    """A week out of control: service at one touchpoint of one site takes `factor` times as long."""

    touchpoint: str
    site: str
    at: Share
    factor: Positive


class Gesture(Described):
    """A gesture at the end, tried with customers drawn by chance from the share `at` of the window on.

    lift: latent, at its touchpoint; pace: factor on the rate of buying; unit_cost: of one gesture.
    """

    touchpoint: str
    name: Text
    at: Share
    lift: float
    pace: Positive
    unit_cost: Positive


class Erosion(Described):
    """The end wears off: latent drop at its touchpoint, reached step by step over the last `months`."""

    touchpoint: str
    drop: Annotated[float, Field(ge=0)]
    months: Annotated[int, Field(gt=0)]


class Repurchase(Described):
    """Orders that met the touchpoint are followed sooner: factors on the rate until the next order.

    last: a touchpoint that comes last wherever it comes, and does nothing.
    """

    touchpoint: str
    last: str
    met: Positive
    missed: Positive


class Journey(Described):
    """Everything about the journeys of a company. registry: by touchpoint."""

    registry: dict[str, Standing]
    designs: Annotated[tuple[Design, ...], Field(min_length=1)]
    detours: Detours
    seams: Annotated[tuple[Seam, ...], Field(min_length=1)]
    errors: Errors
    facts: Annotated[tuple[Fact, ...], Field(min_length=2)]
    forgotten: Forgotten
    bad_week: BadWeek
    gesture: Gesture
    erosion: Erosion
    repurchase: Repurchase

    @property
    def touchpoints(self) -> set[str]:
        """Every touchpoint that is named."""
        named = {*self.registry, *(step for design in self.designs for step in (*design.steps, *design.must))}
        named |= {touchpoint for seam in self.seams for touchpoint in (seam.before, seam.after)}
        named |= {touchpoint for fact in self.facts for touchpoint, _ in fact.told}
        named |= {fact.wrong.touchpoint for fact in self.facts if fact.wrong is not None}
        one = (self.detours, self.errors, self.bad_week, self.gesture, self.erosion, self.repurchase)
        return {*named, *(planted.touchpoint for planted in one), self.repurchase.last}

    @property
    def sites(self) -> set[str]:
        """Every site that is named."""
        return {self.detours.site, self.forgotten.site, self.bad_week.site}
