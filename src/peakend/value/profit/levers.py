"""Levers that may turn a customer who costs more than they bring, with what each is assumed to do."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Mapping[str, Text] = {
    "price": Text("price", "价格"),
    "terms": Text("terms", "条款"),
    "channel": Text("channel", "渠道"),
    "bundle": Text("bundle", "组合"),
    "service": Text("service level", "服务等级"),
}
_SIX = Decimal("0.000001")


class AssumptionError(PeakendError):
    """An assumption about levers is outside its range. `data`: assumption, value."""

    code = "value.lever_assumption"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the levers are assumed to do: stated guesses of a company, not estimates from its data.

    All are shares (0 to 1) of the same period's figures. price_rise: the price goes up by it; price_loss:
    of the volume is lost by that. discount_cut: of discounts is no longer given; discount_loss: of the volume
    is lost by that. channel_moved: of the cost to serve moves to a channel that costs channel_cost of it.
    bundle_more: volume sold on top at the same margin and the same cost to serve. service_cut: the cost to
    serve goes down by it. What was spent to win the customer stays spent. Raises `AssumptionError`.
    """

    price_rise: float = 0.05
    price_loss: float = 0.03
    discount_cut: float = 0.5
    discount_loss: float = 0.03
    channel_moved: float = 0.5
    channel_cost: float = 0.3
    bundle_more: float = 0.1
    service_cut: float = 0.25

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise AssumptionError(
                    Text(
                        f"The assumption {name} is a share between 0 and 1, not {value!r}.",
                        f"假设 `{name}` 应为 0 与 1 之间的占比，而不是 {value!r}。",
                    ),
                    Text(f"{value:g} % is written {value / 100:g}.", f"{value:g}% 请写作 {value / 100:g}。"),
                    assumption=name,
                    value=value,
                )

    def words(self) -> Text:
        """The assumptions in a sentence a reader can disagree with."""
        p = {name: f"{100 * getattr(self, name):g}" for name in self.__slots__}
        return Text(
            f"Price +{p['price_rise']} %, {p['price_loss']} % of volume lost; {p['discount_cut']} % of "
            f"discounts withdrawn, {p['discount_loss']} % of volume lost; {p['channel_moved']} % of the cost "
            f"to serve moved to a channel at {p['channel_cost']} % of its cost; {p['bundle_more']} % more "
            f"volume by bundles; cost to serve −{p['service_cut']} %.",
            f"提价 {p['price_rise']}%，流失销量 {p['price_loss']}%；收回 {p['discount_cut']}% 的折扣，"
            f"流失销量 {p['discount_loss']}%；{p['channel_moved']}% 的服务成本转移到成本为原来 "
            f"{p['channel_cost']}% 的渠道；组合销售增加销量 {p['bundle_more']}%；"
            f"服务成本降低 {p['service_cut']}%。",
        )


@dataclass(frozen=True, slots=True)
class LeverSet:
    """Some levers together, as factors: of the price, of discounts returned, of the volume, of the cost to
    serve. `place`: the order in which sets are tried, fewest levers first."""

    code: str
    levers: tuple[str, ...]
    place: int
    price: Decimal
    discount_back: Decimal
    volume: Decimal
    service: Decimal

    @property
    def name(self) -> Text:
        names = [NAMES[lever] for lever in self.levers]
        return Text(" + ".join(name.en for name in names), "＋".join(name.zh for name in names))


def lever_sets(assumed: Assumptions) -> tuple[LeverSet, ...]:
    """Every set of one lever or more, fewest levers first, then in the order of `NAMES`."""
    sets = [chosen for size in range(1, len(NAMES) + 1) for chosen in combinations(NAMES, size)]
    return tuple(_set(chosen, place, assumed) for place, chosen in enumerate(sets, start=1))


def levers_table(sets: tuple[LeverSet, ...]) -> pa.Table:
    """The sets for the engine."""
    factor = pa.decimal128(9, 6)
    columns = {
        "lever_set": pa.array([one.code for one in sets], pa.string()),
        "place": pa.array([one.place for one in sets], pa.int64()),
        **{
            name: pa.array([getattr(one, name) for one in sets], factor)
            for name in ("price", "discount_back", "volume", "service")
        },
    }
    return pa.table(columns)


def _set(levers: tuple[str, ...], place: int, assumed: Assumptions) -> LeverSet:
    said = {name: Decimal(str(getattr(assumed, name))) for name in Assumptions.__slots__}
    one, nothing = Decimal(1), Decimal(0)
    volume = one
    if "price" in levers:
        volume *= 1 - said["price_loss"]
    if "terms" in levers:
        volume *= 1 - said["discount_loss"]
    if "bundle" in levers:
        volume *= 1 + said["bundle_more"]
    service = one
    if "channel" in levers:
        service *= 1 - said["channel_moved"] * (1 - said["channel_cost"])
    if "service" in levers:
        service *= 1 - said["service_cut"]
    return LeverSet(
        "+".join(levers),
        levers,
        place,
        (one + said["price_rise"] if "price" in levers else one).quantize(_SIX),
        (said["discount_cut"] if "terms" in levers else nothing).quantize(_SIX),
        volume.quantize(_SIX),
        service.quantize(_SIX),
    )
