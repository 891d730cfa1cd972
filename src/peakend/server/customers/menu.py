"""Where customers stand in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.customers.policies import READ
from peakend.server.web.navigation import add_place

add_place("customers:list", Text("Customers", "客户"), READ, 60, "listen")
