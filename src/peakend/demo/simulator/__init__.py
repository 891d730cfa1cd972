"""Simulated companies with planted truths: methods are tried where the answer is known, and on null twins."""

from peakend.demo.simulator.mechanism import Mechanism, switchable
from peakend.demo.simulator.run import KINDS, VERSION, Progress, SimulationReport, simulate

__all__ = [
    "KINDS",
    "VERSION",
    "Mechanism",
    "Progress",
    "SimulationReport",
    "simulate",
    "switchable",
]
