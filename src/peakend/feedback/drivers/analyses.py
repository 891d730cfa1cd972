"""The driver analyses: what moves the overall score, and what to fix first."""

from __future__ import annotations

from peakend.declaration import Analysis

ANALYSES: tuple[Analysis, ...] = ()
