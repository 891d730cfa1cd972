"""The area for programs: everything its pages do."""

from __future__ import annotations

from ninja import Router

from peakend.server.initiatives.api.initiatives import router as initiatives
from peakend.server.initiatives.api.winback import router as winback

router = Router()
for part in (winback, initiatives):
    router.add_router("", part)
