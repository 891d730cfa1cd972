"""Duplicates: some people have a second record, with other details and part of their orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.demo.simulator.columns import canonical, constant, days, integers
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.people import full_names, identities, personal_columns
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    people, orders, recipe = block.people, block.orders, block.world.shared.duplicates
    copied = block.drawn("duplicates")[0] < recipe.share
    people["copied"] = copied if block.world.on("duplicates") else np.zeros(block.count, bool)
    moved = people["copied"][orders["person"]] & (orders["ordinal"] > 1) & orders["identified"]
    moved &= block.drawn_orders("duplicates.orders")[0] < recipe.events_moved
    orders["record"] = moved.astype(np.int64)


def _known_since(block: Block) -> Array:
    """Day of the first order of the second record; the customer's first day where it has none."""
    orders, people = block.orders, block.people
    since = people["joined"].copy()
    moved = np.flatnonzero(orders["record"] == 1)[::-1]
    since[orders["person"][moved]] = block.world.calendar.local_day(orders["at"][moved])
    return since


def _rows(block: Block) -> Rows:
    people, recipe = block.people, block.world.shared.duplicates
    index = people["index"]
    yield "truth_identities", _truth_rows(index, np.zeros(len(index), np.int64))
    rows = np.flatnonzero(people["copied"])
    owner = customer_ids(index[rows], np.ones(len(rows), np.int64))
    yield "truth_identities", _truth_rows(index[rows], np.ones(len(rows), np.int64))
    u, more = block.drawn("duplicates.fields")[:, rows], block.drawn("duplicates.more")[:, rows]
    born = people["born"][rows] + (u[1] < recipe.year_wrong) * np.where(more[3] < 0.5, -1, 1)
    columns = personal_columns(block, rows)
    columns["city"] = _kept(columns["city"], u[2] >= recipe.city_missing)
    yield (
        "customers",
        canonical(
            "customers",
            block.world.source,
            {
                "customer_id": owner,
                "name": full_names(block, rows, shortened=u[0] < recipe.name_shortened),
                "birth_year": integers(born, where=u[1] < 1 - recipe.year_missing),
                "joined_on": days(_known_since(block)[rows]),
                **columns,
                "attributes": constant('{"system": "web"}', len(rows)),
            },
        ),
    )
    phone = _mistyped(people["phone"][rows], more[0] < recipe.phone_wrong, more[1])
    has_phone, has_email = more[2] >= recipe.phone_missing, u[3] >= recipe.email_missing
    yield "identities", identities(block, rows, "phone", owner, phone, "WP").filter(pa.array(has_phone))
    yield "identities", identities(block, rows, "email", owner, phone, "WE").filter(pa.array(has_email))


def _truth_rows(index: Array, record: Array) -> pa.Table:
    return pa.table({"customer_id": customer_ids(index, record), "person_id": customer_ids(index)})


def _kept(values: pa.Array, where: Array) -> pa.Array:
    return pa.array(values.to_numpy(zero_copy_only=False), pa.string(), mask=~where)


def _mistyped(number: Array, where: Array, u: Array) -> Array:
    """Numbers of seven digits with one digit raised by one (9 becomes 0) where `where`."""
    unit = 10 ** (u * 7).astype(np.int64)
    digit = number // unit % 10
    return np.where(where, number + ((digit + 1) % 10 - digit) * unit, number)


def _truth(world: World) -> Iterable[Truth]:
    recipe, on = world.shared.duplicates, world.on("duplicates")
    for name, share in recipe.model_dump().items():
        yield Parameter("duplicates", name, share, "share", on)


MECHANISM = Mechanism(
    name="duplicates",
    meaning=Text(
        "Some people have a second record with other details and part of their orders.",
        "部分客户在另一来源有第二份档案，信息略有出入并带走部分订单。",
    ),
    null=Text("Everybody has one record.", "每人只有一份档案。"),
    after=("orders", "people", "unidentified"),
    before=("journeys",),
    step=_step,
    rows=_rows,
    truth=_truth,
)
