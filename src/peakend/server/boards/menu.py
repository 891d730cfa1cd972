"""Where the area stands in the menu, and its sheet."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.boards.policies import ANALYSES, READ
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_place("boards:home", Text("Start", "首页"), READ, 10)
add_place("boards:list", Text("Dashboards", "看板"), READ, 30)
add_place("boards:analyses", Text("Analyses", "分析"), ANALYSES, 40)
add_asset("boards.css", ("peakend.server.boards", "assets/boards.css"))
