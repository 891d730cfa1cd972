"""The memory analyses: delight, recall, and stability of metrics."""

from __future__ import annotations

from peakend.declaration import Analysis

ANALYSES: tuple[Analysis, ...] = ()
