"""The area's places in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.people import policies
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_asset("people.css", ("peakend.server.people", "assets/people.css"))
add_place("people:people", Text("People", "人员"), policies.READ, 10, "keep")
add_place("people:tokens", Text("Tokens", "API 令牌"), policies.OWN, 40, "keep")
add_place("people:audit", Text("Audit", "审计日志"), policies.AUDIT, 50, "keep")
