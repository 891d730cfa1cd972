"""Customer delivered value of plain numbers: four factors of value less four of cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES = ("product", "service", "personnel", "image")
COSTS = ("money", "time", "energy", "psychic")
FACTORS = (*VALUES, *COSTS)


class FactorsError(PeakendError):
    """A factor has no such name, or is negative. `data`: factor, amount."""

    code: ClassVar[str] = "value.factors"


@dataclass(frozen=True, slots=True)
class DeliveredValue:
    """Money of one offer to one customer. Totals are None while a factor of their side is unknown.

    unknown: the factors that are not known, in the order of `FACTORS`.
    """

    total_value: Decimal | None
    total_cost: Decimal | None
    unknown: tuple[str, ...]

    @property
    def delivered_value(self) -> Decimal | None:
        """Total value less total cost."""
        if self.total_value is None or self.total_cost is None:
            return None
        return self.total_value - self.total_cost


@dataclass(frozen=True, slots=True)
class Routes:
    """A change of delivered value, split exactly: change = value_route − cost_route."""

    change: Decimal
    value_route: Decimal
    cost_route: Decimal
    factors: Mapping[str, Decimal]


def delivered_value(amounts: Mapping[str, Decimal | float | int | None]) -> DeliveredValue:
    """Total value less total cost (Kotler 1997, Marketing Management, 9th edition, chapter 2).

    amounts: money by factor: product, service, personnel, image (value); money, time, energy, psychic
    (cost, as positive numbers). One that is missing or None is unknown, never zero. Raises `FactorsError`.
    """
    exact = {name: _exact(name, amount) for name, amount in amounts.items()}
    unknown = tuple(name for name in FACTORS if exact.get(name) is None)
    return DeliveredValue(_total(exact, VALUES), _total(exact, COSTS), unknown)


def delivered_change(
    before: Mapping[str, Decimal | float | int], after: Mapping[str, Decimal | float | int]
) -> Routes:
    """By which route delivered value changed: through more value, or through less cost. All eight are needed.

    Raises `FactorsError` where one is missing.
    """
    changes: dict[str, Decimal] = {}
    for name in FACTORS:
        one, other = _exact(name, before.get(name)), _exact(name, after.get(name))
        if one is None or other is None:
            raise FactorsError(
                Text(f"The factor {name} is not known at both times.", f"因素 {name} 并非两期都已知。"),
                Text("A change needs all eight factors at both times.", "计算变化需要两期的全部八项因素。"),
                factor=name,
                amount=None,
            )
        changes[name] = other - one
    value = sum((changes[name] for name in VALUES), Decimal(0))
    cost = sum((changes[name] for name in COSTS), Decimal(0))
    return Routes(value - cost, value, cost, changes)


def _exact(name: str, amount: Decimal | float | int | None) -> Decimal | None:
    if name not in FACTORS:
        raise FactorsError(
            Text(f"There is no factor {name}.", f"没有名为 {name} 的因素。"),
            Text(f"The eight are {', '.join(FACTORS)}.", f"八项因素为：{'、'.join(FACTORS)}。"),
            factor=name,
            amount=amount,
        )
    if amount is None:
        return None
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    if not exact.is_finite() or exact < 0:
        raise FactorsError(
            Text(
                f"The factor {name} is {amount}: no amount of money.",
                f"因素 {name} 为 {amount}，不是有效金额。",
            ),
            Text("Give costs as positive numbers too.", "成本也请以正数给出。"),
            factor=name,
            amount=amount,
        )
    return exact


def _total(exact: Mapping[str, Decimal | None], names: tuple[str, ...]) -> Decimal | None:
    total = Decimal(0)
    for name in names:
        amount = exact.get(name)
        if amount is None:
            return None
        total += amount
    return total
