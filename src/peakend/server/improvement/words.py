"""The words of the area's codes in both languages: themes, statuses, aspects, metrics."""

from __future__ import annotations

from peakend.language import Text

THEMES: dict[str, Text] = {
    "waiting": Text("Waiting", "等候"),
    "attitude": Text("Attitude of staff", "服务态度"),
    "skill": Text("Knowledge and skill", "业务能力"),
    "information": Text("Information", "信息告知"),
    "promise": Text("Promise not kept", "承诺未兑现"),
    "quality": Text("Quality of the work", "完成质量"),
    "place": Text("Place and cleanliness", "环境与卫生"),
    "price": Text("Price and bill", "价格与账单"),
    "digital": Text("Website and app", "网站与应用"),
    "process": Text("Procedure", "办事流程"),
    "praise": Text("Praise", "表扬"),
}
TOPIC_STATUSES: dict[str, Text] = {
    "raised": Text("Raised", "已提出"),
    "accepted": Text("Accepted", "已受理"),
    "doing": Text("Being done", "整改中"),
    "done": Text("Done, to be checked", "已完成，待验证"),
    "checked": Text("Checked", "已验证"),
    "declined": Text("Declined", "不予受理"),
}
REVIEW_VERDICTS: dict[str, Text] = {
    "worked": Text("It worked", "见效"),
    "partly": Text("It worked in part", "部分见效"),
    "not": Text("It did not work", "未见效"),
}
STAGES: dict[str, Text] = {
    "listen": Text("Listen", "倾听"),
    "select": Text("Select", "甄选"),
    "allocate": Text("Allocate", "分配"),
    "act": Text("Act", "行动"),
    "review": Text("Review", "回顾"),
    "closed": Text("Closed", "已结束"),
}
STAGE_QUESTIONS: dict[str, Text] = {
    "listen": Text("What did customers say and need?", "客户说了什么、需要什么？"),
    "select": Text("Which needs fit the brand, and why these?", "哪些需求契合品牌？为何选定？"),
    "allocate": Text("What goes where, by importance?", "资源如何按重要性分配？"),
    "act": Text("What was done, for whom?", "为谁做了哪些差异化的行动？"),
    "review": Text("What came of it? Which figures show it?", "成效如何？有哪些数据佐证？"),
}
CHANGE_VERDICTS: dict[str, Text] = {
    "win_win": Text("Win-win", "双赢"),
    "trade_off": Text("Trade-off", "有得有失"),
    "lose_lose": Text("Lose-lose: helps nobody", "双输：对谁都没有好处"),
}
CHANGE_STATUSES: dict[str, Text] = {
    "asked": Text("Waits for a decision", "待审批"),
    "approved": Text("Approved", "已批准"),
    "refused": Text("Refused", "已否决"),
}
EFFECTS: dict[str, Text] = {
    "1": Text("Better", "变好"),
    "0": Text("No difference", "无变化"),
    "-1": Text("Worse", "变差"),
}
ITEMS: dict[str, Text] = {
    "feedback": Text("What customers said", "客户怎么说"),
    "share": Text("What went well", "分享好做法"),
    "raise": Text("What we cannot solve alone", "提出未解决的问题"),
    "follow_up": Text("What we agreed last time", "跟进上次约定"),
}
POINT_KINDS: dict[str, Text] = {
    "agreed": Text("Agreed", "约定"),
    "noted": Text("Noted", "记录"),
    "unsolved": Text("Unsolved", "未解决"),
}
POINT_STATES: dict[str, Text] = {
    "open": Text("Open", "未完成"),
    "done": Text("Done", "已完成"),
    "dropped": Text("Dropped", "已取消"),
    "raised": Text("Raised as a topic", "已提为议题"),
}
ASPECTS: dict[str, Text] = {
    "timeliness": Text("Timeliness", "及时性"),
    "conduct": Text("Conduct", "规范性"),
    "quality": Text("Quality", "合格性"),
    "manner": Text("Manner", "礼仪态度"),
    "procedure": Text("Procedure", "工作规范"),
    "efficiency": Text("Efficiency", "工作效率"),
}
ASPECTS_OF: dict[str, tuple[str, str, str]] = {
    "visit": ("timeliness", "conduct", "quality"),
    "counter": ("manner", "procedure", "efficiency"),
}
VISIT_STATUSES: dict[str, Text] = {
    "planned": Text("Planned", "已安排"),
    "arrived": Text("On site", "服务中"),
    "finished": Text("Finished", "已完工"),
    "cancelled": Text("Cancelled", "已取消"),
}
VISIT_VERDICTS: dict[str, Text] = {"passed": Text("Passed", "合格"), "failed": Text("Failed", "不合格")}
ARMS: dict[str, Text] = {
    "treatment": Text("Gift given", "赠送组"),
    "control": Text("No gift", "对照组"),
}
SOURCES: dict[str, Text] = {
    "staff": Text("Staff note", "员工记录"),
    "call": Text("Call note", "通话记录"),
    "social": Text("Post", "社交媒体"),
    "chat": Text("Chat", "在线会话"),
}
SENTIMENTS: dict[str, Text] = {
    "1": Text("Positive", "正面"),
    "0": Text("Neutral", "中性"),
    "-1": Text("Negative", "负面"),
}
COMMENT_STATUSES: dict[str, Text] = {
    "new": Text("New", "新意见"),
    "working": Text("In work", "处理中"),
    "answered": Text("Answered", "已答复"),
    "published": Text("Published", "已公开"),
    "rejected": Text("Rejected", "不予公开"),
}
KPI_KINDS: dict[str, Text] = {
    "service": Text("Service", "服务"),
    "complaints": Text("Complaints", "投诉"),
    "sales": Text("Sales", "销售"),
    "other": Text("Other", "其他"),
}
METRICS: dict[str, Text] = {
    "nps": Text("Net promoter score", "净推荐值"),
    "csat": Text("Satisfied (share)", "满意率"),
    "ces": Text("Ease (mean)", "省力度（均值）"),
    "rating": Text("Rating (mean)", "评分（均值）"),
    "on_time": Text("Arrived on time", "准时到达率"),
    "checklist": Text("Checklist passed", "检查表合格率"),
    "first_time_fix": Text("Fixed at the first visit", "一次修复率"),
}
STANDARD_VERDICTS: dict[str, Text] = {
    "met": Text("Met", "达标"),
    "missed": Text("Missed", "未达标"),
    "unclear": Text("Cannot tell", "尚无法判断"),
    "few": Text("Too few data", "数据不足"),
}
SHARES = frozenset({"csat", "on_time", "checklist", "first_time_fix"})


def theme_name(theme: str) -> Text:
    """The words of a theme; the company's own word stands for itself."""
    return THEMES.get(theme) or Text(theme or "No theme", theme or "未归类")
