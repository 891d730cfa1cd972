"""What may be done in the area, and by whom."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, MANAGERS, READERS, declare

STAFF = frozenset({Role.FRONT_LINE}) | LEADERS

READ = declare("promises.read", EVERYBODY, Text("See what is promised to customers", "查看对客户的承诺"))
ECONOMICS = declare(
    "promises.economics", READERS, Text("See cost and affordability of promises", "查看承诺的成本与可负担性")
)
EDIT = declare("promises.edit", MANAGERS, Text("Write promises and their terms", "编写承诺及条款"))
LAUNCH = declare("promises.launch", MANAGERS, Text("Launch and end promises", "发布与终止承诺"))
OVERRIDE = declare(
    "promises.override",
    MANAGERS,
    Text("Launch a promise against the check, with a reason", "说明理由后越过检查发布承诺"),
)
USE = declare("promises.use", STAFF, Text("Record whether a promise was kept", "记录承诺是否兑现"))
