"""Delivered value of every customer in a window of time, as relations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from peakend.value.revenue import revenue_of

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.engine import Relation

YEAR_DAYS = 365
"""Long enough that most relationship surveys ask a customer once in it, and every season is in it once."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days `from_on` to `until_on`, both inside, in one currency."""

    from_on: date
    until_on: date
    currency: str

    def asked(self) -> dict[str, Any]:
        """The parameters of the queries."""
        return {
            "from_at": datetime.combine(self.from_on, time()),
            "to_at": datetime.combine(self.until_on + timedelta(days=1), time()),
            "currency": self.currency,
        }


@dataclass(frozen=True, slots=True)
class Windows:
    """now: the last year of sales. before: the year before it."""

    now: Window
    before: Window


def windows(inputs: Inputs) -> Windows | None:
    """By the day of the last transaction; None without one. Raises `SeveralCurrenciesError`,
    `NoSuchCurrencyError`."""
    revenue = revenue_of(inputs["transactions"], inputs.settings.currency)
    if revenue is None:
        return None
    last = revenue.last_at.date()

    def ending(on: date, days: int) -> Window:
        return Window(on - timedelta(days=days - 1), on, revenue.currency)

    return Windows(ending(last, YEAR_DAYS), ending(last - timedelta(days=YEAR_DAYS), YEAR_DAYS))


def delivered_in(inputs: Inputs, window: Window) -> Relation:
    """One row a customer with any factor known: the columns of `customer_delivered_value`.

    Of one order: mean answers about a factor as a share of their scale × what the whole scale is worth, the
    mean price paid, and the minutes spent ÷ orders × what a minute is worth (`value_factors`).
    """
    asked = window.asked()
    said = inputs.query("value/delivered/factors_of_customers", _times(asked))
    spent = inputs.query("value/delivered/costs_of_customers", asked)
    units = inputs.engine.query("value/delivered/units", said=said, spent=spent)
    worth = inputs.query("value/delivered/worth_of_factors", {"currency": window.currency}, units=units)
    events = inputs.query("value/delivered/relationship_events", _times(asked))
    return inputs.engine.query(
        "value/delivered/customer_delivered_value",
        {"from_on": window.from_on, "until_on": window.until_on, "currency": window.currency},
        units=units,
        worth=worth,
        events=events,
    )


def worth_in(inputs: Inputs, window: Window) -> Relation:
    """One row a customer: what they brought in the window."""
    return inputs.query("value/delivered/worth_in_window", window.asked())


def quadrants(inputs: Inputs, delivered: Relation, relationship: Relation) -> Relation:
    """One row a customer of `delivered`: the quadrant of what they get and what they bring."""
    return inputs.engine.query("value/delivered/quadrants", delivered=delivered, relationship=relationship)


def _times(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: asked[name] for name in ("from_at", "to_at")}
