"""The area for programs: everything its pages do."""

from __future__ import annotations

from ninja import Router

from peakend.server.care.api.audits import router as audits
from peakend.server.care.api.calendar import router as calendar
from peakend.server.care.api.programme import router as programme
from peakend.server.care.api.suggestions import router as suggestions

router = Router()
for part in (programme, audits, calendar, suggestions):
    router.add_router("", part)
