"""Who is behind a number of this room: filters over the queries that counted them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def of_a_length(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers with a journey of this class."""
    return inputs.query(
        """
        select s.customer_id, cast(count(*) as bigint) as journeys
        from sizes s
        where s.customer_id is not null and ($steps_from = 0 or s.steps_from = $steps_from)
        group by s.customer_id
        order by s.customer_id
        """,
        {"steps_from": row["steps_from"]},
        sizes=inputs.query("journey/stream/journey_sizes"),
    )


def of_a_stay(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers who stayed at this touchpoint for a known time, the longest first."""
    return inputs.query(
        """
        select s.customer_id, cast(count(*) as bigint) as stays, max(s.seconds) as longest_s
        from stays s
        where s.customer_id is not null and s.seconds is not null and s.touchpoint_id = $touchpoint_id
        group by s.customer_id
        order by max(s.seconds) desc, s.customer_id
        """,
        {"touchpoint_id": row["touchpoint_id"]},
        stays=inputs.query("journey/stream/stays"),
    )


def of_a_journey(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customer of one journey."""
    return _journeys(inputs, "journey_id", row)


def of_a_step(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customer of one step."""
    return _journeys(inputs, "event_id", row)


def of_a_way(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers with an event that came to them in this way."""
    return _journeys(inputs, "known_by", row)


def of_a_reason(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers with an event left out for this reason."""
    from peakend.journey.stream.cutting import stream_of

    found = stream_of(inputs["interactions"], inputs["identities"]).left_out
    return found.query(
        """
        select t.customer_id, cast(count(*) as bigint) as events
        from t
        where t.customer_id is not null and t.reason = $reason
        group by t.customer_id
        order by t.customer_id
        """,
        {"reason": row["reason"]},
    )


def _journeys(inputs: Inputs, column: str, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.stream.cutting import journey_tables

    steps = journey_tables(inputs)["journey_steps"]
    assert not isinstance(steps, pa.Table)
    return steps.query(
        """
        select t.customer_id, cast(count(*) as bigint) as events
        from t
        where
          t.customer_id is not null
          and case $column
            when 'journey_id' then t.journey_id when 'event_id' then t.event_id else t.known_by
          end = $value
        group by t.customer_id
        order by t.customer_id
        """,
        {"column": column, "value": row[column]},
    )


def of_a_scale(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers who gave this score, each with the mean of theirs."""
    from peakend.journey.stream.staging import scores_given

    return scores_given(inputs).query(
        """
        select t.customer_id, cast(count(*) as bigint) as n, avg(t.score) as mean
        from t
        where
          t.customer_id is not null
          and t.origin = $origin
          and coalesce(t.programme, '') = $programme
          and t.aspect = $aspect
          and t.item = $item
          and ($scope = 'programme' or t.touchpoint_id = $touchpoint)
        group by t.customer_id
        order by t.customer_id
        """,
        {
            "origin": row["origin"],
            "programme": row["programme"] or "",
            "aspect": row["aspect"],
            "item": row["item"],
            "scope": row["scope"],
            "touchpoint": row["touchpoint_id"] or "",
        },
    )


def of_a_scene(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customer of one scene."""
    return inputs.query(
        """
        select s.customer_id, s.journey_id
        from scenes s
        where s.customer_id is not null and s.journey_id = $journey_id
        order by s.customer_id, s.journey_id
        """,
        {"journey_id": row["journey_id"]},
        scenes=inputs.query("journey/stream/scenes"),
    )


def of_a_touchpoint(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers with a journey through this touchpoint (of no touchpoint: with any journey)."""
    scenes = inputs.query("journey/stream/scenes")
    if row["touchpoint_id"] is None:
        return scenes.query(
            """
            select t.customer_id, cast(count(*) as bigint) as journeys
            from t
            where t.customer_id is not null
            group by t.customer_id
            order by t.customer_id
            """
        )
    return inputs.query(
        """
        select m.customer_id, cast(count(*) as bigint) as journeys
        from met m
        where m.customer_id is not null and m.touchpoint_id = $touchpoint_id
        group by m.customer_id
        order by m.customer_id
        """,
        {"touchpoint_id": row["touchpoint_id"]},
        met=inputs.query("journey/stream/scenes_met", experience_scenes=scenes),
    )
