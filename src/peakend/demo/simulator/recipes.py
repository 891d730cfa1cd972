"""What all simulated companies have in common: what `companies/shared.yaml` and `comments.yaml` say."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from peakend.demo.simulator.descriptions import Described, Positive, Share, read
from peakend.demo.simulator.money_plans import Money
from peakend.language import Text


class Overall(Described):
    """A question about the whole."""

    id: str
    metric: Literal["nps", "csat", "ces"]
    text: Text
    label: Text


Sentences = dict[str, tuple[str, ...]]
"""Sentences by language (en, zh)."""


class Comments(Described):
    """Parts of comments. wordings: how many there are of each touchpoint, language and tone.

    praise, blame: by dimension of a touchpoint, and general. idle: what says nothing. hidden: about an item
    that was swapped. surprise: about what nobody expected.
    """

    wordings: Annotated[int, Field(gt=0)]
    typos: Share
    emoji: Share
    idle_share: Share
    idle: Sentences
    openings: Sentences
    endings: dict[str, Sentences]
    praise: dict[str, Sentences]
    blame: dict[str, Sentences]
    hidden: Sentences
    surprise: Sentences


class Names(Described):
    """Parts of names that are put together; chosen so that nobody is called so. inland: cities away from the
    coast, which are another region."""

    zh_family: tuple[str, ...]
    zh_first: tuple[str, ...]
    zh_second: tuple[str, ...]
    en_given: tuple[str, ...]
    en_family: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    inland: tuple[str, ...]


class Response(Described):
    """Chance of answering: logit = intercept + value × (value index) + satisfaction × (latent)."""

    invited: Share
    intercept: float
    value: float
    satisfaction: float
    no_answer: Share
    commented: Share


class Halo(Described):
    """Standard deviation of the mood of a response, on the latent scale."""

    spread: Positive


class StraightLiners(Described):
    """Who answers everything alike, and how often with each place on the scale, lowest first."""

    share: Share
    scores: Annotated[tuple[Share, ...], Field(min_length=5, max_length=5)]


class Disconfirmation(Described):
    """Standard deviations of expectations between people and within; effect of a gap on the whole."""

    person: float
    noise: float
    effect: float


class Caring(Described):
    """What a swapped item does to those who care: drop of the whole, spending lost, how many say so."""

    drop: Positive
    spending_lost: Share
    commented: Share


class Delight(Described):
    """Surprises: share of orders, lift of the whole and of the answer, how many say so."""

    share: Share
    lift: Positive
    answer: Positive
    commented: Share


class Recall(Described):
    """A survey `days` after: logit of remembering = intercept + vividness × |strongest moment|.

    own, partner: share that remembers whose it was, if the strongest moment was the company's or a partner's.
    """

    asked: Share
    days: Annotated[int, Field(gt=0)]
    intercept: float
    vividness: float
    own: Share
    partner: Share
    remembered_when_off: Share
    own_when_off: Share


class Retest(Described):
    """The same questions again after some days. reliability: by metric, the correlation of the latent values
    behind both answers."""

    asked: Share
    days: tuple[int, int]
    reliability: dict[str, Share]


class Duplicates(Described):
    """A second record of the same person in another source, and how often each field of it differs."""

    share: Share
    events_moved: Share
    name_shortened: Share
    year_missing: Share
    year_wrong: Share
    city_missing: Share
    phone_wrong: Share
    phone_missing: Share
    email_missing: Share


class Sensing(Described):
    """Share of the events whose feeling is known at the moment, and the noise with which (latent)."""

    share: Share
    noise: float


class Visitors(Described):
    """Share of the visits before an order of which only the device is known, and of the devices that
    are recognised later."""

    share: Share
    recognised: Share


class SmallErrors(Described):
    """How many events show a small error anywhere, and what kinds there are."""

    share: Share
    kinds: tuple[Text, ...]


class CheckItem(Described):
    """An item of the checklist of a visit. done: share of the visits with it."""

    id: str
    name: Text
    aspect: Literal["timeliness", "conduct", "quality"]
    required: bool = False
    weight: Positive = 1.0
    done: Share


class Checklist(Described):
    """Share of the orders of which a moment is looked at; it is checked where somebody served."""

    share: Share
    items: tuple[CheckItem, ...]


class Trial(Described):
    """Share of the customers who take part in the trial of a gesture, half of them as control."""

    share: Share


class Dirt(Described):
    equal_times: Share
    unidentified: Share
    late: Share


class Shared(Described):
    """What all kinds have in common. thresholds: cut points on the latent scale, one fewer than scores."""

    scales: dict[str, tuple[int, int]]
    thresholds: dict[str, tuple[float, ...]]
    overall: tuple[Overall, ...]
    touchpoint_question: Text
    expectation_question: Text
    expectation_label: Text
    delight_question: Text
    delight_label: Text
    recall_question: Text
    recall_label: Text
    attribution_question: Text
    attribution_label: Text
    comment_question: Text
    comment_label: Text
    comments: Comments
    names: Names
    response: Response
    halo: Halo
    straight_liners: StraightLiners
    expectations: Disconfirmation
    mismatch: Caring
    delight: Delight
    recall: Recall
    retest: Retest
    duplicates: Duplicates
    dirt: Dirt
    lookback_question: Text
    lookback_label: Text
    sensing: Sensing
    visitors: Visitors
    small_errors: SmallErrors
    checklist: Checklist
    trial: Trial
    money: Money


@cache
def shared() -> Shared:
    """What `companies/shared.yaml` and `companies/comments.yaml` say for all kinds."""
    return Shared.model_validate({**read("shared"), "comments": read("comments")})
