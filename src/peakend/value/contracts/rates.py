"""Rates of loss and what retention is worth, in closed form."""

from __future__ import annotations


def yearly_loss(share: float, years: float) -> float:
    """Share lost in a year when `share` (0 to 1) is lost in `years` > 0 at a steady rate: 1 − (1 − s)^(1/y).

    One third in half a year is 55.6 % a year.
    """
    if not (0 <= share <= 1 and years > 0):
        raise ValueError(f"a share between 0 and 1 and years above 0, not {share} and {years}")
    return float(1 - (1 - share) ** (1 / years))


def value_at_steady_retention(margin: float, retention: float, discount_rate: float) -> float:
    """m·r / (1 + d − r): present value of margin m a year, from next year on, kept with probability r a year.

    The customer is not counted for this year's margin.
    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), equation 3.
    """
    if not (0 <= retention <= 1 and discount_rate >= 0 and retention < 1 + discount_rate):
        raise ValueError(f"retention {retention} is no share, or discount rate {discount_rate} too low")
    return margin * retention / (1 + discount_rate - retention)
