"""Places of the area in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.initiatives import policies
from peakend.server.web.navigation import add_place

add_place("initiatives:initiatives", Text("Spend and effect", "投入与成效"), policies.INITIATIVES, 70, "care")
add_place("initiatives:campaigns", Text("Win-back", "客户挽回"), policies.CAMPAIGNS, 71, "care")
add_place("initiatives:calls", Text("Win-back calls", "挽回致电"), policies.CALL, 72, "work")
