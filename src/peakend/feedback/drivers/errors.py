"""What keeps the importance of drivers from being computed, said so that a person can change it."""

from __future__ import annotations

from typing import ClassVar

from peakend.errors import PeakendError


class DriversError(PeakendError):
    """The importance of drivers could not be computed; the classes below say why."""

    code: ClassVar[str] = "feedback.drivers"


class DriverInputError(DriversError):
    """What was handed over is not what it must be: lengths, names, infinite numbers, choices."""

    code: ClassVar[str] = "feedback.drivers.input"


class NotACorrelationError(DriversError):
    """A matrix given as correlations is none: not square, not symmetric, not positive semi-definite."""

    code: ClassVar[str] = "feedback.drivers.not_a_correlation"


class NothingVariesError(DriversError):
    """The outcome, or every driver, has no answers or only equal ones. `data`: names."""

    code: ClassVar[str] = "feedback.drivers.nothing_varies"


class TooFewAnswersError(DriversError):
    """Fewer answers than the drivers need. `data`: n, needed."""

    code: ClassVar[str] = "feedback.drivers.too_few_answers"


class NeverTogetherError(DriversError):
    """Two questions were never answered by the same respondent. `data`: pairs of names."""

    code: ClassVar[str] = "feedback.drivers.never_together"


class NotConvergedError(DriversError):
    """An iterative estimate did not settle; no number is returned. `data`: iterations."""

    code: ClassVar[str] = "feedback.drivers.not_converged"


class TooManyDriversError(DriversError):
    """More drivers than an exact method can walk. `data`: drivers, most."""

    code: ClassVar[str] = "feedback.drivers.too_many_drivers"
