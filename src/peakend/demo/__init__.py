"""Data to try Peakend on: real data that ship with it, and simulated companies with known truths."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.demo.simulator import SimulationReport, simulate

__all__ = ["SimulationReport", "simulate"]


def __getattr__(name: str) -> object:
    # The simulator brings numpy and scipy along; those who only want the shipped data do without.
    if name in __all__:
        from peakend.demo import simulator

        return getattr(simulator, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
