"""`nested`: episodes within episodes, each with the peak and the end of what lies inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.journey.stream.cutting import cut
from peakend.journey.stream.rules import DEFAULT, Gap, LifeCycle, Rule, RuleError
from peakend.journey.stream.stepwise import stream_for
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from peakend.engine import Relation
    from peakend.journey.interactions import Interactions


@dataclass(frozen=True, slots=True)
class Level:
    """One level of nesting: what it is called, and the rule that cuts it within the level above."""

    name: str
    rule: Rule


LEVELS = (Level("life_cycle", LifeCycle()), Level("journey", DEFAULT), Level("event", Gap(days=1)))
"""Outermost first: all of a customer, the journeys in it, and what happened within a day of each other."""


def nested(
    interactions: Interactions,
    levels: Sequence[Level] = LEVELS,
    *,
    identities: Interactions | None = None,
    now: datetime | None = None,
) -> Relation:
    """One row an episode of every level: level, depth (1 outermost), episode_id, parent_id, place in the
    parent, customer_id, started_at, ended_at, steps, scored, peak, ending, mean, score.

    interactions, identities, now: as `episodes` takes them; emotion is −1 to 1. Each level is cut within the
    episodes of the one above, so that no episode lies in two parents.

    scored: moments with a score inside; peak: the score furthest from 0, the earlier of two as far; ending:
    the last; mean: of all; score: (peak + ending) / 2. The innermost level looks at the emotion of its
    steps, every other at the `score` of the episodes in it: a life cycle remembers its journeys, not each
    click. Null where nothing is scored. Weights are one half each by convention; whether they describe your
    customers is what `peak_end` tests.

    Raises `RuleError` without a level, or with two of one name; `InteractionsError`.
    Source: Kahneman, Fredrickson, Schreiber & Redelmeier (1993), Psychological Science 4(6).
    """
    names = [level.name for level in levels]
    if not names or len(set(names)) < len(names):
        raise RuleError(
            Text("Name at least one level, each once.", "请至少给出一个层级，且各层名称不同。"), rule=names
        )
    events = stream_for(interactions, identities, now).events
    trees = [_placed(cut(events, levels[0].rule), None)]
    for level in levels[1:]:
        inside = events.engine.query("journey/stream/inside_parents", events=events, parents=trees[-1])
        trees.append(_placed(cut(inside, level.rule), trees[-1]))
    return _rolled_up(trees, names)


def _placed(steps: Relation, parents: Relation | None) -> Relation:
    """Every step with its episode and the episode above."""
    if parents is None:
        return steps.query(
            'select t.event_id, t.customer_id, t."at", t.emotion, t.journey_id as episode_id, '
            "cast(null as varchar) as parent_id from t"
        )
    return steps.query(
        'select t.event_id, t.customer_id, t."at", t.emotion, t.journey_id as episode_id, '
        "p.episode_id as parent_id from t join p on p.event_id = t.event_id",
        p=parents,
    )


def _rolled_up(trees: Sequence[Relation], names: Sequence[str]) -> Relation:
    query = trees[0].engine.query
    moments = trees[-1].query(
        'select t.episode_id, t."at" as moment, t.event_id as item_id, t.emotion as score from t'
    )
    levels: list[Relation] = []
    for depth in range(len(trees), 0, -1):
        level = query(
            "journey/stream/rolled_up",
            {"level": names[depth - 1], "depth": depth},
            steps=trees[depth - 1],
            moments=moments,
        )
        levels.insert(0, level)
        moments = level.query(
            "select t.parent_id as episode_id, t.ended_at as moment, t.episode_id as item_id, t.score from t"
        )
    whole = levels[0]
    for level in levels[1:]:
        whole = whole.query("select t.* from t union all select u.* from u", u=level)
    return whole
