"""Splitting an amount of money into parts that add up to it exactly: the method of the largest remainder."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

# Money is kept to four places: what adds up to the last of them adds up to the cent.
UNIT = Decimal("0.0001")
PER_ONE = 10_000

Weight = int | Fraction | Decimal


class ApportionmentError(PeakendError):
    """An amount cannot be split: a weight is negative, or all are zero. `data`: amount, weights."""

    code = "value.apportionment"


def apportion(amount: Decimal | int | str, weights: Sequence[Weight]) -> list[Decimal]:
    """Parts of `amount` in proportion to `weights`, to four decimal places, whose sum is `amount` exactly.

    Every part is first cut off at the fourth place; the ten-thousandths that are left over go one each to the
    largest remainders (ties: to the earlier part). No part is a whole ten-thousandth off its exact share.
    amount: any sign, at most four places. weights: at least zero, not all zero; exact (no floats), so that
    the same weights always give the same parts. Raises `ApportionmentError`.
    Source: Hamilton's method, Balinski & Young (1982), Fair Representation, ch. 2.
    """
    shares = [Fraction(weight) for weight in weights]
    parts = _units(Decimal(amount), shares, [1] * len(shares))
    return [_money(low + (1 if more else 0)) for low, more in parts]


def apportion_groups(
    amount: Decimal, weights: Sequence[Weight], sizes: Sequence[int]
) -> list[tuple[Decimal, int]]:
    """`apportion` for `sizes[i]` parts of the same weight `weights[i]`, without writing them all out.

    Gives for each group the amount of every part, and how many of its parts get a ten-thousandth more. At
    most one group is divided within itself; which of its parts get more is for the caller to order.
    """
    parts = _units(amount, [Fraction(weight) for weight in weights], sizes)
    return [(_money(low), more) for low, more in parts]


def nearest(amount: Fraction) -> Decimal:
    """`amount` to four places, halves to the even digit."""
    return _money(round(amount * PER_ONE))


def as_decimal(value: Fraction) -> Decimal:
    """`value` as a decimal of 28 digits: exact where it ends before."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _units(amount: Decimal, weights: Sequence[Fraction], sizes: Sequence[int]) -> list[tuple[int, int]]:
    """For each group: ten-thousandths of every part, and how many of its parts get one more."""
    total = sum((w * size for w, size in zip(weights, sizes, strict=True)), Fraction(0))
    units = Fraction(amount) * PER_ONE
    if units.denominator != 1:
        raise _error(f"{amount} has more than four decimal places", f"{amount} 超过四位小数", amount, weights)
    if any(weight < 0 for weight in weights):
        raise _error("A weight is below zero", "权重不能为负数", amount, weights)
    if total == 0:
        if units:
            raise _error(
                f"There is nothing to split {amount} by", f"没有可据以分摊 {amount} 的权重", amount, weights
            )
        return [(0, 0) for _ in weights]
    exact = [units * weight / total for weight in weights]
    low = [share.numerator // share.denominator for share in exact]
    left = int(units) - sum(one * size for one, size in zip(low, sizes, strict=True))
    more = [0] * len(low)
    order = sorted(range(len(low)), key=lambda place: (low[place] - exact[place], place))
    for place in order:
        more[place] = min(left, sizes[place])
        left -= more[place]
    return list(zip(low, more, strict=True))


def _money(units: int) -> Decimal:
    return Decimal(units) * UNIT


def _error(english: str, chinese: str, amount: Decimal, weights: Sequence[Any]) -> ApportionmentError:
    return ApportionmentError(
        Text(f"{english}.", f"{chinese}。"),
        Text("Give weights of zero or more, one of them above zero.", "请提供不小于零且不全为零的权重。"),
        amount=amount,
        weights=list(weights),
    )
