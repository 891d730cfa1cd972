"""Where cases stand in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.cases.policies import LEAD, READ, SETTINGS
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_asset("cases.css", ("peakend.server.cases", "assets/cases.css"))
add_place("cases:inbox", Text("Inbox", "待办工单"), READ, 1)
add_place("cases:team", Text("Team load", "团队负荷"), LEAD, 2)
add_place("cases:settings", Text("Cases and deadlines", "工单与时限"), SETTINGS, 30, "keep")
