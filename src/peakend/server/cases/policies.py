"""Who may do what with cases."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, MANAGERS, READERS, declare

WORKERS = EVERYBODY - {Role.ANALYST}

READ = declare("cases.read", EVERYBODY, Text("Read cases within reach", "查看权限范围内的工单"))
WORK = declare(
    "cases.work",
    WORKERS,
    Text("Work on cases: take, contact, resolve, close", "处理工单：领取、联系、解决、办结"),
)
ASSIGN = declare("cases.assign", LEADERS, Text("Give cases to somebody else", "转派工单"))
LEAD = declare(
    "cases.lead", READERS, Text("See the load, deadlines and figures of teams", "查看团队负荷、时限与指标")
)
REVIEW = declare("cases.review", LEADERS, Text("Score how a case was handled", "评定工单的处理质量"))
APPROVE = declare("cases.approve", LEADERS, Text("Approve compensation over a cap", "审批超限额的补偿"))
EXTEND = declare("cases.extend", LEADERS, Text("Extend the deadline of a complex case", "延长复杂工单的时限"))
EXPORT = declare("cases.export", READERS, Text("Export cases", "导出工单"))
SETTINGS = declare(
    "cases.settings",
    MANAGERS,
    Text("Change rules, deadlines, causes and templates of cases", "修改工单的规则、时限、原因与模板"),
)
ROUTE = declare(
    "cases.route", (), Text("Give every case an owner (the worker)", "为每张工单确定负责人（后台任务）")
)
ESCALATE = declare(
    "cases.escalate", (), Text("Escalate what is late (the worker)", "升级逾期工单（后台任务）")
)
