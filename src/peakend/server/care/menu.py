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
        ("items", Text("Care programme", "关怀方案"), policies.PROGRAMME, "care"),
        ("goals", Text("Goals by class", "分类客户目标"), policies.GOALS, "care"),
        ("level", Text("Level of care", "关怀等级"), policies.LEVEL, "care"),
        ("consistency", Text("Evenness of care", "关怀一致性"), policies.CONSISTENCY, "care"),
        ("audits", Text("Care audits", "关怀审核"), policies.AUDITS, "care"),
        ("calendar", Text("Care calendar", "关怀日历"), policies.CALENDAR, "care"),
        ("suggestions", Text("Made to measure", "量体裁衣"), policies.SUGGESTIONS, "care"),
    ),
    start=80,
):
    add_place(f"care:{route}", title, action, position, group)
