"""Files of the area that browsers fetch."""

from __future__ import annotations

from peakend.server.web.assets import add_asset

_HERE = "peakend.server.answering"
add_asset("answer.css", ("peakend.report", "tokens.css"), (_HERE, "assets/answer.css"))
add_asset("answer-frame.js", (_HERE, "assets/answer-frame.js"))
add_asset("kiosk.css", (_HERE, "assets/kiosk.css"))
add_asset("kiosk.js", (_HERE, "assets/kiosk-queue.js"), (_HERE, "assets/kiosk.js"))
