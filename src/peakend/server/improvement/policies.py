"""What may be done in the area, and by whom."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, MANAGERS, READERS, declare

STAFF = frozenset({Role.FRONT_LINE}) | LEADERS

HUDDLES = declare("improvement.huddles", EVERYBODY, Text("See huddles of one's teams", "查看所在团队的例会"))
LEAD_HUDDLE = declare("improvement.lead_huddle", LEADERS, Text("Lead a huddle", "主持例会"))
TOPICS = declare("improvement.topics", READERS, Text("See topics of the outer loop", "查看外循环议题"))
RAISE_TOPIC = declare("improvement.raise_topic", LEADERS, Text("Raise a topic", "提出议题"))
OWN_TOPIC = declare("improvement.own_topic", MANAGERS, Text("Decide on and lead topics", "受理并推进议题"))
CYCLES = declare("improvement.cycles", READERS, Text("See cycles of improvement", "查看改进循环"))
LEAD_CYCLE = declare("improvement.lead_cycle", MANAGERS, Text("Lead a cycle of improvement", "推进改进循环"))
CHANGES = declare("improvement.changes", READERS, Text("See changes asked for", "查看变更申请"))
ASK_CHANGE = declare("improvement.ask_change", LEADERS, Text("Ask for a change", "提交变更申请"))
DECIDE_CHANGE = declare("improvement.decide_change", MANAGERS, Text("Approve or refuse a change", "审批变更"))
BROADCASTS = declare(
    "improvement.broadcasts", EVERYBODY, Text("Read what was changed for customers", "阅读改进通报")
)
SEND_BROADCAST = declare(
    "improvement.send_broadcast", MANAGERS, Text("Tell staff of a change", "发布改进通报")
)
VISITS = declare("improvement.visits", EVERYBODY, Text("See service visits", "查看上门服务"))
WORK_VISIT = declare("improvement.work_visit", STAFF, Text("Carry out a service visit", "执行上门服务"))
PLAN_VISIT = declare("improvement.plan_visit", LEADERS, Text("Plan service visits", "安排上门服务"))
CHECKLISTS = declare("improvement.checklists", READERS, Text("See checklists", "查看检查表"))
EDIT_CHECKLIST = declare("improvement.edit_checklist", MANAGERS, Text("Edit checklists", "编辑检查表"))
GESTURES = declare(
    "improvement.gestures", READERS, Text("See end gestures and their effect", "查看收尾心意及效果")
)
SET_GESTURE = declare("improvement.set_gesture", MANAGERS, Text("Set end gestures", "设置收尾心意"))
NOTES = declare("improvement.notes", EVERYBODY, Text("See informal feedback", "查看非正式反馈"))
WRITE_NOTE = declare("improvement.write_note", STAFF, Text("Write informal feedback", "记录非正式反馈"))
COMMENTS = declare("improvement.comments", READERS, Text("See public comments", "查看公开意见"))
ANSWER_COMMENT = declare(
    "improvement.answer_comment", LEADERS, Text("Answer public comments", "答复公开意见")
)
COMMENT_PAGES = declare(
    "improvement.comment_pages", MANAGERS, Text("Open public comment pages", "开设公开意见页")
)
COMMENT = declare(
    "improvement.comment", frozenset(), Text("Comment in public", "公开发表意见"), respondents=True
)
STANDARDS = declare("improvement.standards", EVERYBODY, Text("See service standards", "查看服务标准"))
SET_STANDARD = declare("improvement.set_standard", MANAGERS, Text("Set service standards", "制定服务标准"))
GOALS = declare("improvement.goals", EVERYBODY, Text("See one's own goals", "查看本人目标"))
SET_GOAL = declare("improvement.set_goal", LEADERS, Text("Set goals of people", "设定人员目标"))
SCHEMES = declare("improvement.schemes", READERS, Text("See KPI schemes", "查看考核方案"))
SET_SCHEME = declare("improvement.set_scheme", MANAGERS, Text("Set KPI schemes", "制定考核方案"))
