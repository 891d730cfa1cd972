"""The area's places in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.company import policies
from peakend.server.web.navigation import add_place

add_place("company:sites", Text("Sites and teams", "网点与班组"), policies.SITES, 20, "keep")
add_place("company:touchpoints", Text("Touchpoints", "接触点"), policies.TOUCHPOINTS, 30, "keep")
