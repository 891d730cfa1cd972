"""Products that customers hold: accounts, cards, contracts. Only some kinds of company have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical, constant, days, identifiers, money, picked
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.mechanisms.renewals import months_later, terms
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

_MOST_DAYS_LATER = 200


def _rows(block: Block) -> Rows:
    world, people = block.world, block.people
    last_day = int(world.calendar.local_day(np.array([world.calendar.end_us - 1]))[0])
    for number, holding in enumerate(world.company.holdings):
        u = block.drawn("holdings", number)
        later = (u[1] * _MOST_DAYS_LATER).astype(np.int64) * (number > 0)
        opened = people["joined"] + later
        person = np.flatnonzero((u[0] < holding.share) & (opened <= last_day))
        median, spread = holding.balance
        balance = np.round(median * np.exp(spread * normal_quantile(u[2][person])), 2)
        index = people["index"][person]
        lasting = terms(block, holding, number)[person] * (holding.renewal.term if holding.renewal else 1)
        closed = months_later(opened[person], lasting)
        over = closed <= last_day
        yield (
            "holdings",
            canonical(
                "holdings",
                world.source,
                {
                    "holding_id": identifiers("H", (index, 8), (np.full(len(index), number), 2)),
                    "customer_id": customer_ids(index),
                    "product_id": picked([holding.product], np.zeros(len(index), np.int64)),
                    "opened_on": days(opened[person]),
                    "closed_on": days(closed, where=over),
                    "close_reason": picked(["not renewed"], np.zeros(len(index), np.int64), where=over),
                    "balance": money(np.round(balance * 100).astype(np.int64) * (UNIT // 100)),
                    "currency": constant(world.company.currency, len(index)),
                },
            ),
        )


def _truth(world: World) -> Iterable[Truth]:
    for holding in world.company.holdings:
        yield Parameter("holdings", f"share/{holding.product}", holding.share, "share of customers")


MECHANISM = Mechanism(
    name="holdings",
    meaning=Text("Accounts, cards and loans that customers hold.", "客户持有的账户、卡与贷款。"),
    after=("orders", "renewals"),
    rows=_rows,
    truth=_truth,
)
