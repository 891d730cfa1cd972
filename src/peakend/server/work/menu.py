"""The area's place in the menu; and what it tells to whatever watches the site."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.web.navigation import add_place
from peakend.server.work.policies import READ
from peakend.server.work.watching import watch

add_place("work:worker", Text("Worker", "后台任务"), READ, 90, "keep")
watch()
