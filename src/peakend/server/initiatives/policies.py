"""What may be done in the area, and by whom."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import LEADERS, MANAGERS, READERS, declare

CAMPAIGNS = declare("initiatives.campaigns", READERS, Text("See win-back campaigns", "查看客户挽回活动"))
LEAD_CAMPAIGN = declare(
    "initiatives.lead_campaign", MANAGERS, Text("Plan and run win-back campaigns", "策划并开展客户挽回活动")
)
ACCEPT = declare(
    "initiatives.accept", LEADERS, Text("Record that an offer was accepted", "登记客户接受挽回方案")
)
CALL = declare(
    "initiatives.call",
    LEADERS | {Role.FRONT_LINE},
    Text("Call customers to win them back", "致电挽回客户"),
)
RUN = declare("initiatives.run", frozenset(), Text("Contact and settle win-back campaigns", "执行挽回活动"))
INITIATIVES = declare(
    "initiatives.read", READERS, Text("See initiatives, their spend and effect", "查看举措的投入与成效")
)
LEAD_INITIATIVE = declare(
    "initiatives.lead", MANAGERS, Text("Set down initiatives and their spend", "登记举措及其投入")
)
