"""The command line: `peakend …`, thin over the workspace. Nothing heavy is imported before it is needed."""

from peakend.cli.entry import main

__all__ = ["main"]
