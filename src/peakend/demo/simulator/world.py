"""What is fixed before the first customer: company, calendar, chance, and which mechanisms act."""

from __future__ import annotations

from dataclasses import dataclass

from peakend.demo.simulator.calendar import FIRST_DAY, Calendar
from peakend.demo.simulator.company import Company, company
from peakend.demo.simulator.company import Kind as Kind
from peakend.demo.simulator.draws import Draws
from peakend.demo.simulator.recipes import Shared, shared

_FLAT = ((1.0,) * 12, (1.0,) * 7)


@dataclass(frozen=True, eq=False)
class World:
    """One simulation's fixed part, known by identity. `off`: the mechanisms replaced by their null."""

    company: Company
    shared: Shared
    calendar: Calendar
    draws: Draws
    off: frozenset[str]

    def on(self, mechanism: str) -> bool:
        """Whether the mechanism acts."""
        return mechanism not in self.off

    @property
    def source(self) -> str:
        return self.company.source

    @property
    def tier_names(self) -> tuple[str, ...]:
        return tuple(tier.name for tier in self.company.tiers)

    def change_us(self, at: float) -> int:
        """UTC microseconds of a change after the share `at` of the window.

        It is local midnight of the first of a month, so that a monthly series has no mixed month.
        """
        month = round(at * self.calendar.months)
        return self.calendar.at(self.calendar.month_starts[month])


def world(kind: Kind, *, seed: int, months: int, off: frozenset[str] = frozenset()) -> World:
    """The fixed part of a simulation of `kind`."""
    described = company(kind)
    by_month, by_weekday = (
        _FLAT if "seasonality" in off else (described.volume.by_month, described.volume.by_weekday)
    )
    calendar = Calendar(months, by_month, by_weekday, described.volume.by_hour)
    return World(described, shared(), calendar, Draws(seed), off)


__all__ = ["FIRST_DAY", "Kind", "World", "world"]
