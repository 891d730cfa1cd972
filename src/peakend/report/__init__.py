"""The report: charts, sentences, the HTML page and the spreadsheet made from the results in a warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.report.page import write_report
    from peakend.report.spreadsheet import write_spreadsheet

__all__ = ["write_report", "write_spreadsheet"]


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: drawing and spreadsheets are heavy."""
    if name == "write_report":
        from peakend.report.page import write_report

        return write_report
    if name == "write_spreadsheet":
        from peakend.report.spreadsheet import write_spreadsheet

        return write_spreadsheet
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
