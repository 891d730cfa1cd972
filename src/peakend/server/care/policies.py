"""What may be done in the area, and by whom."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, MANAGERS, READERS, declare

STAFF = frozenset({Role.FRONT_LINE}) | LEADERS

PROGRAMME = declare("care.programme", EVERYBODY, Text("See the care programme", "查看客户关怀方案"))
SET_ITEM = declare("care.set_item", MANAGERS, Text("Set standards of care", "制定关怀标准"))
GOALS = declare("care.goals", READERS, Text("See goals by class of customer", "查看分类客户目标"))
SET_GOAL = declare("care.set_goal", MANAGERS, Text("Set goals by class of customer", "设定分类客户目标"))
SETTLE_STEP = declare(
    "care.settle_step", LEADERS, Text("Report an adjustment as made", "完成目标下的运营调整")
)
LEVEL = declare("care.level", READERS, Text("See which level of care is needed", "查看所需关怀等级"))
CONSISTENCY = declare("care.consistency", READERS, Text("See how even care is", "查看关怀的一致性"))
AUDITS = declare("care.audits", READERS, Text("See care audits", "查看关怀审核"))
AUDIT = declare("care.audit", LEADERS, Text("Record care audits", "记录关怀审核"))
CALENDAR = declare("care.calendar", READERS, Text("See the care calendar", "查看关怀日历"))
SET_RULE = declare("care.set_rule", MANAGERS, Text("Set the care calendar", "设置关怀日历"))
TASKS = declare("care.tasks", EVERYBODY, Text("See care tasks", "查看关怀任务"))
WORK_TASK = declare("care.work_task", STAFF, Text("Carry out care tasks", "执行关怀任务"))
FOR_CUSTOMER = declare(
    "care.for_customer", EVERYBODY, Text("See what suits a customer", "查看量体裁衣的服务建议")
)
SUGGESTIONS = declare("care.suggestions", READERS, Text("See rules of suggestions", "查看服务建议规则"))
SET_SUGGESTION = declare(
    "care.set_suggestion", MANAGERS, Text("Set rules of suggestions", "设置服务建议规则")
)
