"""The analyses of this room, declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.declaration import Analysis

ANALYSES: tuple[Analysis, ...] = ()
