"""Places of the area in the menu, and its small sheet."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.care import policies
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_asset("care.css", ("peakend.server.care", "assets/care.css"))
for position, (route, title, action, group) in enumerate(
    (
        ("tasks", Text("Care tasks", "关怀任务"), policies.TASKS, "work"),
        ("items", Text("Care programme", "关怀方案"), policies.PROGRAMME, "improve"),
        ("goals", Text("Goals by class", "分类客户目标"), policies.GOALS, "improve"),
        ("level", Text("Level of care", "关怀等级"), policies.LEVEL, "improve"),
        ("consistency", Text("Evenness of care", "关怀一致性"), policies.CONSISTENCY, "improve"),
        ("audits", Text("Care audits", "关怀审核"), policies.AUDITS, "improve"),
        ("calendar", Text("Care calendar", "关怀日历"), policies.CALENDAR, "improve"),
        ("suggestions", Text("Made to measure", "量体裁衣"), policies.SUGGESTIONS, "improve"),
    ),
    start=70,
):
    add_place(f"care:{route}", title, action, position, group)
