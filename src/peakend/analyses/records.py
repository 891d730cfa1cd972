"""The table `analysis_runs`: every attempt at every analysis, append-only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.release import version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from peakend.analyses.outcomes import Outcome
    from peakend.declaration import Settings
    from peakend.engine import Engine

RUNS = "analysis_runs"
SCHEMA = pa.schema(
    [
        pa.field("run_id", pa.string()),
        pa.field("analysis", pa.string()),
        pa.field("version", pa.int64()),
        pa.field("fingerprint", pa.string()),
        pa.field("inputs", pa.string()),
        pa.field("status", pa.string()),
        pa.field("started_at", pa.timestamp("us")),
        pa.field("ended_at", pa.timestamp("us")),
        pa.field("seconds", pa.float64()),
        pa.field("cpu_seconds", pa.float64()),
        pa.field("result_rows", pa.string()),
        pa.field("error", pa.string()),
        pa.field("release", pa.string()),
        pa.field("settings", pa.string()),
    ]
)
# The mark an engine without transactions leaves before it replaces results, so that a killed run is seen.
SAVING = "saving"


@dataclass(frozen=True, slots=True)
class Record:
    """The last attempt at an analysis that decided something about its saved results.

    `rows` counts each result table; `settings` are those it ran with; `error` is null unless it failed.
    """

    analysis: str
    version: int
    fingerprint: str
    inputs: Mapping[str, Mapping[str, Any]]
    status: str
    started_at: datetime
    seconds: float
    rows: Mapping[str, int]
    error: str | None
    settings: Mapping[str, Any]


def utc_now() -> datetime:
    """Now in UTC, without a zone, as every `…_at` column holds it."""
    return datetime.now(UTC).replace(tzinfo=None)


def latest_records(engine: Engine, statuses: Iterable[str] | None = None) -> dict[str, Record]:
    """The newest record of each analysis (of those with one of `statuses`, when given), by its name."""
    if not engine.has_table(RUNS):
        return {}
    wanted = set(statuses) if statuses is not None else None
    rows = engine.table(RUNS).to_arrow(SCHEMA).to_pylist()
    newest: dict[str, Record] = {}
    for row in sorted(rows, key=lambda row: (row["started_at"], row["ended_at"])):
        if wanted is None or row["status"] in wanted:
            newest[row["analysis"]] = _record(row)
    return newest


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        analysis=row["analysis"],
        version=row["version"],
        fingerprint=row["fingerprint"],
        inputs=json.loads(row["inputs"]),
        status=row["status"],
        started_at=row["started_at"],
        seconds=row["seconds"],
        rows=json.loads(row["result_rows"]),
        error=row["error"],
        settings=json.loads(row["settings"]),
    )


def prepare(engine: Engine) -> None:
    """Make the empty table when the warehouse has none."""
    if not engine.has_table(RUNS):
        engine.create(RUNS, SCHEMA)


def append(
    engine: Engine, run_id: str, settings: Settings, outcomes: Iterable[Outcome], *, status: str | None = None
) -> None:
    """Write one row an outcome, under `status` instead of its own when given."""
    rows = [_row(run_id, settings, outcome, status) for outcome in outcomes]
    if rows:
        engine.insert(RUNS, pa.Table.from_pylist(rows, schema=SCHEMA))


def _row(run_id: str, settings: Settings, outcome: Outcome, status: str | None) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "analysis": outcome.analysis.name,
        "version": outcome.analysis.version,
        "fingerprint": outcome.fingerprint,
        "inputs": json.dumps(outcome.inputs, sort_keys=True),
        "status": status or outcome.status,
        "started_at": outcome.started_at,
        "ended_at": utc_now(),
        "seconds": outcome.seconds,
        "cpu_seconds": outcome.cpu_seconds,
        "result_rows": json.dumps(outcome.rows, sort_keys=True),
        "error": error_text(outcome),
        "release": version(),
        "settings": json.dumps(asdict(settings), sort_keys=True),
    }


def error_text(outcome: Outcome) -> str | None:
    """What went wrong, in English, for the record."""
    error = outcome.error
    if error is None:
        return outcome.reason.en if outcome.reason else None
    return error.in_("en") if isinstance(error, PeakendError) else f"{type(error).__name__}: {error}"
