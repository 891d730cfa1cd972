"""Places of the area in the menu, and its small sheet."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.improvement import policies
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_asset("improvement.css", ("peakend.server.improvement", "assets/improvement.css"))
for position, (route, title, action, group) in enumerate(
    (
        ("visits", Text("Service visits", "上门服务"), policies.VISITS, "work"),
        ("huddles", Text("Huddles", "例会"), policies.HUDDLES, "improve"),
        ("broadcasts", Text("You said, we did", "您说，我们做"), policies.BROADCASTS, "improve"),
        ("goals", Text("Goals", "目标"), policies.GOALS, "improve"),
        ("topics", Text("Topics", "改进议题"), policies.TOPICS, "improve"),
        ("changes", Text("Changes", "变更审批"), policies.CHANGES, "improve"),
        ("cycles", Text("Cycles", "改进循环"), policies.CYCLES, "improve"),
        ("standards", Text("Service standards", "服务标准"), policies.STANDARDS, "improve"),
        ("schemes", Text("KPI schemes", "考核方案"), policies.SCHEMES, "improve"),
        ("notes", Text("Informal feedback", "非正式反馈"), policies.NOTES, "listen"),
        ("comments", Text("Public comments", "公开意见"), policies.COMMENTS, "listen"),
    ),
    start=50,
):
    add_place(f"improvement:{route}", title, action, position, group)
