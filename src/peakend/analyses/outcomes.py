"""What became of each analysis in a run, as the runner reports it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from peakend.language import Text

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.declaration import Analysis, Settings

Status = Literal["done", "unchanged", "skipped", "not_run", "failed", "interrupted"]

STATUS_WORDS: Mapping[Status, Text] = {
    "done": Text("done", "完成"),
    "unchanged": Text("unchanged", "无变化"),
    "skipped": Text("skipped", "跳过"),
    "not_run": Text("not run", "未运行"),
    "failed": Text("failed", "失败"),
    "interrupted": Text("interrupted", "中断"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one analysis.

    `reason` says why it is not "done"; `error` is what a failed one raised; `rows` counts each saved table;
    `fingerprint` and `inputs` (version and rows of every table read) are empty where none was computed.
    """

    analysis: Analysis = field(repr=False)
    status: Status
    started_at: datetime
    reason: Text | None = None
    error: BaseException | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    rows: Mapping[str, int] = field(default_factory=dict)
    fingerprint: str = ""
    inputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The analysis' name."""
        return self.analysis.name


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a run: `outcome` is None when the analysis has just begun. `position` counts from 1."""

    analysis: Analysis
    position: int
    total: int
    outcome: Outcome | None


Progress = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run: an outcome for every analysis that was to run, in order, as far as the run came."""

    run_id: str
    started_at: datetime
    ended_at: datetime
    settings: Settings
    outcomes: tuple[Outcome, ...]

    def with_status(self, *statuses: Status) -> tuple[Outcome, ...]:
        """The outcomes that have one of `statuses`."""
        return tuple(outcome for outcome in self.outcomes if outcome.status in statuses)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The analyses that raised an error."""
        return self.with_status("failed")

    def __getitem__(self, name: str) -> Outcome:
        """The outcome of the analysis `name`; KeyError when the run did not come to it."""
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        raise KeyError(name)

    def __str__(self) -> str:
        return "\n".join(
            f"{o.name}: {o.status}{f' ({o.reason.en})' if o.reason else ''}" for o in self.outcomes
        )

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.started_at).total_seconds()


class RunInterruptedError(KeyboardInterrupt):
    """Ctrl-C stopped a run. What had finished is saved; the next run goes on from there."""

    def __init__(self, report: RunReport) -> None:
        self.report = report
        super().__init__("the run was interrupted; finished analyses are saved")
