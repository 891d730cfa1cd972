"""What keeps items from being measured, said so that a person can change it."""

from __future__ import annotations

from typing import ClassVar

from peakend.errors import PeakendError


class ExpectationError(PeakendError):
    """Expectations, perceptions or items could not be measured; the classes below say why."""

    code: ClassVar[str] = "feedback.expectation"


class ItemsError(ExpectationError):
    """The items are not what they must be: numbers, lengths, names, scales."""

    code: ClassVar[str] = "feedback.expectation.items"


class TooFewItemsError(ExpectationError):
    """Fewer items than the method needs. `data`: items, needed."""

    code: ClassVar[str] = "feedback.expectation.too_few_items"


class TooFewRespondentsError(ExpectationError):
    """Fewer respondents than the method needs. `data`: n, needed."""

    code: ClassVar[str] = "feedback.expectation.too_few_respondents"


class NothingVariesError(ExpectationError):
    """Some items have no answers, or only equal ones. `data`: names."""

    code: ClassVar[str] = "feedback.expectation.nothing_varies"


class CollinearItemsError(ExpectationError):
    """Some items follow exactly from others: their correlations have no inverse. `data`: names."""

    code: ClassVar[str] = "feedback.expectation.collinear"


class NotConvergedError(ExpectationError):
    """An iterative estimate did not settle; no number is returned."""

    code: ClassVar[str] = "feedback.expectation.not_converged"
