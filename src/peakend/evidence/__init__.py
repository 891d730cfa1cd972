"""Did it pay: what an initiative changed, how sure that is, what it cost, and what stays in control."""

from peakend.evidence.effects import Effect, effect_on_means, effect_on_proportions
from peakend.evidence.errors import EvidenceError
from peakend.evidence.means import Sample, detectable_difference, difference_of_means, n_for_means, sample
from peakend.evidence.proportions import (
    Counted,
    detectable_rise,
    difference_of_proportions,
    n_for_proportions,
    power_of_proportions,
)
from peakend.evidence.returns import Return, returned
from peakend.evidence.verdicts import Judged, Verdict, judged, more_needed

__all__ = [
    "Counted",
    "Effect",
    "EvidenceError",
    "Judged",
    "Return",
    "Sample",
    "Verdict",
    "detectable_difference",
    "detectable_rise",
    "difference_of_means",
    "difference_of_proportions",
    "effect_on_means",
    "effect_on_proportions",
    "judged",
    "more_needed",
    "n_for_means",
    "n_for_proportions",
    "power_of_proportions",
    "returned",
    "sample",
]
