"""The expectation analyses: gaps between expectation and perception, reliability and dimensions."""

from __future__ import annotations

from peakend.declaration import Analysis

ANALYSES: tuple[Analysis, ...] = ()
