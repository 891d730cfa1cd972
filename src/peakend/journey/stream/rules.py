"""How a stream of events is cut into journeys."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from peakend.errors import PeakendError
from peakend.language import Text

_DAY_S = 86_400.0


class RuleError(PeakendError):
    """A rule that cuts nothing: no positive gap, or no touchpoint to start at. `data` has rule."""

    code: ClassVar[str] = "journey.rule"


@dataclass(frozen=True, slots=True)
class Gap:
    """A journey ends where a customer pauses for longer than `days` (or `seconds`; exactly one of them).

    Raises `RuleError` unless the pause is a number above 0.
    """

    days: float | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.days, self.seconds) if value is not None]
        if len(given) != 1 or isinstance(given[0], bool) or not 0 < given[0] < math.inf:
            raise RuleError(
                Text(
                    "A gap is a number of days or of seconds, above 0.",
                    "间隔须为大于 0 的天数或秒数，二者择一。",
                ),
                Text(
                    "Write `Gap(days=30)`, or `Gap(seconds=1800)`.",
                    "请写 `Gap(days=30)` 或 `Gap(seconds=1800)`。",
                ),
                rule=f"days={self.days!r}, seconds={self.seconds!r}",
            )

    @property
    def microseconds(self) -> int:
        seconds = self.seconds if self.seconds is not None else (self.days or 0.0) * _DAY_S
        return min(round(seconds * 1e6), 1 << 62)


@dataclass(frozen=True, slots=True)
class Between:
    """A journey opens at a start touchpoint and closes with an end one; what lies outside is in no journey.

    While it is open, another start touchpoint is a step like any other. Without an end it runs on to the
    customer's last event, or with `gap` to the first longer pause. A touchpoint may be both start and end.
    Raises `RuleError` without start or end touchpoints.
    """

    start_touchpoints: tuple[str, ...]
    end_touchpoints: tuple[str, ...]
    gap: Gap | None = None

    def __post_init__(self) -> None:
        for field in ("start_touchpoints", "end_touchpoints"):
            given = getattr(self, field)
            names = (given,) if isinstance(given, str) else tuple(given)
            if not names or not all(isinstance(name, str) for name in names):
                raise RuleError(
                    Text(
                        "Name at least one start touchpoint and one end touchpoint.",
                        "请至少指定一个起始接触点和一个结束接触点。",
                    ),
                    rule=f"{field}={given!r}",
                )
            object.__setattr__(self, field, names)


@dataclass(frozen=True, slots=True)
class ByCase:
    """A journey is what the source gives one `case_id`; events without one are cut by `otherwise`.

    otherwise=None: they are in no journey.
    """

    otherwise: Gap | Between | None = None


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """All events of a customer (of a visitor who never logs in; of a case without a customer) are one."""


Rule = Gap | Between | ByCase | LifeCycle
DEFAULT = ByCase(otherwise=Gap(days=30))
