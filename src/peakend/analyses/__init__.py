"""The catalogue of analyses, and the runner: in order, only what changed, every run on record."""

from peakend.analyses.behind import BehindError, customers_behind, with_lists
from peakend.analyses.catalogue import catalogue, find
from peakend.analyses.errors import CatalogueError, ResultError, UnknownAnalysisError
from peakend.analyses.outcomes import Event, Outcome, Progress, RunInterruptedError, RunReport, Status
from peakend.analyses.records import RUNS, Record, latest_records
from peakend.analyses.runner import run
from peakend.analyses.statements import executed_sql, written_sql

__all__ = [
    "RUNS",
    "BehindError",
    "CatalogueError",
    "Event",
    "Outcome",
    "Progress",
    "Record",
    "ResultError",
    "RunInterruptedError",
    "RunReport",
    "Status",
    "UnknownAnalysisError",
    "catalogue",
    "customers_behind",
    "executed_sql",
    "find",
    "latest_records",
    "run",
    "with_lists",
    "written_sql",
]
