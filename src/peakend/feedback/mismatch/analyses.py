"""The mismatch analyses: totals below what the parts predict, and changes that coincide."""

from __future__ import annotations

from peakend.declaration import Analysis

ANALYSES: tuple[Analysis, ...] = ()
