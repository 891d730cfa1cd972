"""The word analyses: sentiment, themes, phrases, and answers given without reading."""

from __future__ import annotations

from peakend.declaration import Analysis

ANALYSES: tuple[Analysis, ...] = ()
