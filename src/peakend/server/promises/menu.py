"""The place of the area in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.promises import policies
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_asset("promises.css", ("peakend.server.promises", "assets/promises.css"))
add_place("promises:promises", Text("Promises", "对客户的承诺"), policies.READ, 61, "care")
