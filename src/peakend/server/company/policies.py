"""What may be done with sites, teams and touchpoints."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, MANAGERS, READERS, declare

READ = declare("company.read", EVERYBODY, Text("See sites, teams and touchpoints", "查看网点、班组与接触点"))
SITES = declare("company.sites", LEADERS | READERS, Text("Open the pages of sites", "打开网点页面"))
MANAGE = declare("company.manage", {Role.ADMINISTRATOR}, Text("Change sites and teams", "维护网点与班组"))
TOUCHPOINTS = declare("company.touchpoints", MANAGERS, Text("Change touchpoints", "维护接触点"))
