"""The area's place in the menu and its style sheet."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.surveys.policies import READ
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_asset("surveys.css", ("peakend.server.surveys", "assets/surveys.css"))
add_place("surveys:list", Text("Surveys", "调查"), READ, 10, "listen")
