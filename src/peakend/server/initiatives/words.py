"""The words of the area's codes in both languages."""

from __future__ import annotations

from peakend.language import Text

STATUSES: dict[str, Text] = {
    "planned": Text("Planned", "已计划"),
    "running": Text("Running", "进行中"),
    "ended": Text("Contacts ended", "已停止联系"),
}
CHANNELS: dict[str, Text] = {
    "email": Text("E-mail", "电子邮件"),
    "sms": Text("Text message", "短信"),
    "phone": Text("Call by a colleague", "员工致电"),
    "link": Text("Link handed over", "转交链接"),
    "api": Text("Another system", "其他系统"),
}
ARMS: dict[str, Text] = {
    "treated": Text("Offer", "挽回组"),
    "held": Text("Held out", "对照组"),
}
CONTACTS: dict[str, Text] = {
    "waiting": Text("Waits to be contacted", "待联系"),
    "to_call": Text("Waits for a call", "待致电"),
    "contacted": Text("Contacted", "已联系"),
    "suppressed": Text("Spared", "未打扰"),
}
CALLS: dict[str, Text] = {
    "reached": Text("Reached", "已接通"),
    "accepted": Text("Reached, offer accepted", "已接通并接受方案"),
    "not_reached": Text("Not reached", "未接通"),
    "refused": Text("Wants no such calls", "不愿再接到此类来电"),
}
KINDS: dict[str, Text] = {
    "training": Text("Training", "培训"),
    "staffing": Text("Staffing", "人员配置"),
    "equipment": Text("Equipment and building", "设备与场地"),
    "process": Text("Procedure", "流程"),
    "digital": Text("Website and app", "网站与应用"),
    "care": Text("Care for customers", "客户关怀"),
    "other": Text("Other", "其他"),
}
METRICS: dict[str, Text] = {
    "nps": Text("Net promoter score", "净推荐值"),
    "csat": Text("Satisfied (share)", "满意率"),
    "ces": Text("Ease (mean)", "省力度（均值）"),
    "rating": Text("Rating (mean)", "评分（均值）"),
}
# How far a change can go at most, in the metric's unit.
MOST: dict[str, float] = {"nps": 200.0, "csat": 1.0, "ces": 6.0, "rating": 4.0}
VERDICTS: dict[str, Text] = {
    "worked": Text("It worked", "见效"),
    "harmed": Text("It did harm", "适得其反"),
    "no_effect": Text("No effect worth it", "没有值得投入的效果"),
    "cannot_tell": Text("Cannot tell", "尚无法判断"),
    "few": Text("Too few to tell", "数据不足，无法判断"),
    "": Text("Not judged yet", "尚未判定"),
}
TONES: dict[str, str] = {"worked": "good", "harmed": "act", "no_effect": "act", "cannot_tell": "watch"}
