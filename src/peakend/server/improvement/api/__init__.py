"""The area for programs: everything its pages do."""

from __future__ import annotations

from ninja import Router

from peakend.server.improvement.api.goals import router as goals
from peakend.server.improvement.api.huddles import router as huddles
from peakend.server.improvement.api.outer_loop import router as outer_loop
from peakend.server.improvement.api.visits import router as visits
from peakend.server.improvement.api.voices import router as voices

router = Router()
for part in (huddles, outer_loop, visits, voices, goals):
    router.add_router("", part)
