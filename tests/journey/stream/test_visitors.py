"""Anonymous events find their customer: by the login of the same visitor, or by an identity on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from peakend.journey import Gap, episodes, left_out

START = datetime(2024, 1, 1)
NOW = datetime(2026, 1, 1)
_SCHEMA = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("event_id", "customer_id", "visitor_id", "case_id", "touchpoint_id")
        ),
        ("at", pa.timestamp("us")),
    ]
)
_IDENTITIES = pa.schema(
    [
        *((name, pa.string()) for name in ("customer_id", "kind", "value")),
        ("valid_from", pa.timestamp("us")),
        ("valid_to", pa.timestamp("us")),
    ]
)
Rows = tuple[tuple[str, str | None, str | None, int], ...]


def hour(hours: int | None) -> datetime | None:
    return None if hours is None else START + timedelta(hours=hours)


def steps(
    *rows: tuple[str, str | None, str | None, int], identities: list[Any] | None = None
) -> list[dict[str, Any]]:
    """(event, customer, visitor, hour) each; identities: (customer, kind, value, from, to) each, in hours."""
    table = pa.Table.from_pylist(
        [
            {"event_id": e, "customer_id": c, "visitor_id": v, "at": hour(h), "touchpoint_id": "t"}
            for e, c, v, h in rows
        ],
        schema=_SCHEMA,
    )
    known = pa.Table.from_pylist(
        [
            {"customer_id": c, "kind": k, "value": v, "valid_from": hour(a), "valid_to": hour(b)}
            for c, k, v, a, b in identities or []
        ],
        schema=_IDENTITIES,
    )
    return episodes(table, Gap(days=30), identities=known, now=NOW).to_arrow().to_pylist()


def whose(
    *rows: tuple[str, str | None, str | None, int], identities: list[Any] | None = None
) -> dict[str, Any]:
    """Event -> (customer, how that is known), of the anonymous ones."""
    named = {e for e, c, _, _ in rows if c is None}
    found = steps(*rows, identities=identities)
    return {
        row["event_id"]: (row["customer_id"], row["known_by"]) for row in found if row["event_id"] in named
    }


def test_events_before_the_login_join_the_journey_after_it() -> None:
    found = steps(("a", None, "v", 0), ("b", None, "v", 1), ("c", "x", "v", 2), ("d", None, "v", 3))
    assert {row["journey_id"] for row in found} == {"x/1"}
    assert [row["event_id"] for row in sorted(found, key=lambda row: row["place"])] == ["a", "b", "c", "d"]
    assert {row["known_by"] for row in found} == {"login", "customer"}


def test_a_visitor_who_never_logs_in_keeps_journeys_of_his_own() -> None:
    found = steps(("a", None, "v", 0), ("b", None, "v", 1), ("c", None, "w", 1))
    assert {row["event_id"]: row["journey_id"] for row in found} == {"a": "@a/1", "b": "@a/1", "c": "@c/1"}
    assert {(row["customer_id"], row["known_by"]) for row in found} == {(None, "visitor")}


def test_a_shared_device_is_cut_at_every_login() -> None:
    found = whose(
        ("a", None, "v", 0),
        ("b", "x", "v", 1),
        ("c", None, "v", 2),
        ("d", "y", "v", 3),
        ("e", None, "v", 4),
        ("f", "x", "v", 5),
        ("g", None, "v", 6),
    )
    assert {event: customer for event, (customer, _) in found.items()} == {
        "a": "x",
        "c": "x",
        "e": "y",
        "g": "x",
    }


def test_two_logins_at_one_instant_leave_the_visitor_anonymous_and_counted() -> None:
    rows = (
        ("a", None, "v", 0),
        ("b", "x", "v", 1),
        ("c", "y", "v", 1),
        ("d", None, "v", 2),
        ("e", "y", "v", 3),
    )
    assert whose(*rows) == {"a": (None, "conflict"), "d": (None, "conflict")}


def test_an_event_at_the_instant_of_a_login_belongs_to_it() -> None:
    assert whose(("z", None, "v", 1), ("b", "x", "v", 1), ("c", "y", "v", 9)) == {"z": ("x", "login")}


def test_an_identity_names_the_visitor_while_it_is_valid() -> None:
    rows = (("a", None, "v", 0), ("b", None, "v", 5), ("c", None, "v", 10), ("d", None, "v", 15))
    identities = [("x", "device", "v", 0, 5), ("y", "cookie", "v", 10, None), ("z", "phone", "v", 0, None)]
    assert whose(*rows, identities=identities) == {
        "a": ("x", "identity"),
        "b": ("y", "identity"),
        "c": ("y", "identity"),
        "d": ("y", "identity"),
    }


def test_an_identity_that_has_ended_names_nobody_later() -> None:
    assert whose(("a", None, "v", 9), identities=[("x", "device", "v", None, 5)]) == {"a": (None, "visitor")}


def test_two_identities_at_once_are_a_conflict_unless_a_login_decides() -> None:
    both = [("x", "device", "v", None, None), ("y", "device", "v", None, None)]
    assert whose(("a", None, "v", 0), identities=both) == {"a": (None, "conflict")}
    found = whose(("a", "y", "v", 0), ("b", None, "v", 1), identities=both)
    assert found == {"b": ("y", "login")}


def test_an_identity_newer_than_the_login_wins_and_an_ended_one_ends_the_login() -> None:
    rows = (("a", "x", "v", 0), ("b", None, "v", 5), ("c", None, "v", 20))
    sold = [("x", "device", "v", None, 10), ("y", "device", "v", 15, None)]
    assert whose(*rows, identities=sold) == {"b": ("x", "login"), "c": ("y", "identity")}


def test_an_anonymous_event_of_a_case_stays_in_the_case() -> None:
    table = pa.Table.from_pylist(
        [
            {"event_id": "a", "case_id": "k", "visitor_id": "v", "at": hour(0), "touchpoint_id": "t"},
            {"event_id": "b", "customer_id": "x", "visitor_id": "v", "at": hour(1), "touchpoint_id": "t"},
        ],
        schema=_SCHEMA,
    )
    found = {row["event_id"]: row for row in episodes(table, now=NOW).to_arrow().to_pylist()}
    assert (found["a"]["journey_id"], found["a"]["customer_id"]) == ("k", "x")


def test_a_login_of_the_future_names_nobody() -> None:
    assert whose(("a", None, "v", 0), ("b", "x", "v", 99_999)) == {"a": (None, "visitor")}


def test_every_event_is_in_a_journey_or_left_out() -> None:
    rows = [("a", None, "v", 0), ("b", "x", "v", 1), ("c", None, None, 2), ("d", None, "w", 99_999)]
    table = pa.Table.from_pylist(
        [
            {"event_id": e, "customer_id": c, "visitor_id": v, "at": hour(h), "touchpoint_id": "t"}
            for e, c, v, h in rows
        ],
        schema=_SCHEMA,
    )
    out = left_out(table, now=NOW).to_arrow().to_pylist()
    assert episodes(table, now=NOW).to_arrow().num_rows + sum(row["events"] for row in out) == 4
    assert {row["reason"] for row in out} == {"nobody", "future"}
