"""How a history is cut: a model is fitted on the first part, chosen on the second, judged on the third."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

TEST_SHARE = 0.2
VALIDATION_SHARE = 0.2
SHORTEST_DAYS = 10
"""Of a window: with shorter ones a week's rhythm would be all that is judged."""


@dataclass(frozen=True, slots=True)
class Split:
    """Days, each window up to and with its last: fitted until `chosen_from`, then validation, then test.

    first_on: the first purchase there is. fitted_until, validated_until: last days of the first two windows.
    last_on: the last day observed.
    """

    first_on: date
    fitted_until: date
    validated_until: date
    last_on: date

    @property
    def validation_days(self) -> int:
        return (self.validated_until - self.fitted_until).days

    @property
    def test_days(self) -> int:
        return (self.last_on - self.validated_until).days


def split(first_on: date, last_on: date) -> Split | None:
    """The last fifth of the time judges, the fifth before it chooses; None when a window is under ten days.

    Times are cut, not customers: a model that saw the future of some would look better than it is.
    """
    span = (last_on - first_on).days + 1
    test = round(TEST_SHARE * span)
    validation = round(VALIDATION_SHARE * span)
    if min(test, validation) < SHORTEST_DAYS:
        return None
    validated_until = last_on - timedelta(days=test)
    return Split(first_on, validated_until - timedelta(days=validation), validated_until, last_on)
