"""The area's place in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.sync.policies import READ
from peakend.server.web.navigation import add_place

add_place("sync:warehouse", Text("Data and analyses", "数据与分析"), READ, 88, "keep")
