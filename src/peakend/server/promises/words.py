"""The words of the area's codes in both languages."""

from __future__ import annotations

from peakend.language import Text

STATUSES: dict[str, Text] = {
    "draft": Text("Draft", "草稿"),
    "launched": Text("Launched", "已发布"),
    "ended": Text("Ended", "已终止"),
}
KINDS: dict[str, Text] = {
    "number": Text("Number", "数值"),
    "yes_no": Text("Yes or no", "是／否"),
    "text": Text("Text", "文字"),
}
BETTER: dict[str, Text] = {
    "more": Text("More (or yes) is better for customers", "越多（或“是”）对客户越好"),
    "less": Text("Less (or no) is better for customers", "越少（或“否”）对客户越好"),
}
COMPARISONS: dict[str, Text] = {
    "kept": Text("Kept", "一致"),
    "narrower": Text("Narrower", "缩水"),
    "missing": Text("Missing", "缺失"),
    "not_advertised": Text("Not advertised", "未宣传"),
}
VERDICTS: dict[str, Text] = {
    "affordable": Text("Affordable", "可负担"),
    "unaffordable": Text("Unaffordable", "无力负担"),
    "cannot_tell": Text("Cannot tell", "尚无法判断"),
    "hollow": Text("Hollow", "名不副实"),
}
DENIALS: dict[str, Text] = {
    "used_up": Text("Used up under the terms", "按条款次数已用完"),
    "not_eligible": Text("Not eligible under the terms", "按条款不符合资格"),
    "no_capacity": Text("No place or stock", "名额或库存不足"),
    "not_known": Text("Staff did not know of it", "员工不知晓该承诺"),
    "system": Text("The system did not allow it", "系统不支持"),
    "other": Text("Other", "其他"),
}
