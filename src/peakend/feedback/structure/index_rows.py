"""The analysis `structural_index`: indices, effects and mediation of every period, as result tables."""

from __future__ import annotations
