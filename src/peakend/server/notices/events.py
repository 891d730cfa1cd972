"""The events webhooks may ask for, by name, as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from peakend.language import Text

_events: dict[str, Text] = {
    "response.completed": Text("A customer completed a survey", "客户完成了问卷"),
    "case.opened": Text("A case was opened", "新建工单"),
    "case.escalated": Text("A case missed a deadline", "工单超时升级"),
    "case.resolved": Text("A case was resolved", "工单已解决"),
    "case.closed": Text("A case was closed", "工单已关闭"),
    "invitation.ready": Text("An invitation waits to be sent by your system", "有邀请待贵方系统发送"),
    "place.silent": Text("A place fell silent", "点位长期无人作答"),
    "survey.published": Text("A survey was published", "问卷已发布"),
    "survey.closed": Text("A survey was closed", "问卷已关闭"),
    "survey.reopened": Text("A survey was reopened", "问卷重新开放"),
    "comment.received": Text("A comment came in", "收到意见"),
    "comment.answered": Text("A comment was answered", "意见已答复"),
    "visit.finished": Text("A service visit was finished", "上门服务已完成"),
    "broadcast.sent": Text("A change was told to employees", "整改成果已告知员工"),
    "topic.raised": Text("A topic was raised", "提出改进议题"),
    "topic.analysed": Text("A topic's cause was found", "议题已查明原因"),
    "topic.planned": Text("A topic was planned", "议题已制定方案"),
    "topic.doing": Text("A topic is being worked on", "议题正在整改"),
    "topic.done": Text("A topic was done", "议题已完成"),
    "topic.checked": Text("A topic was checked", "议题已验证"),
    "topic.dropped": Text("A topic was dropped", "议题已撤销"),
    "change.approved": Text("A change was approved", "变更已批准"),
    "change.refused": Text("A change was refused", "变更未批准"),
    "webhook.test": Text("A test that you asked for", "您发起的测试"),
}


def declare_event(name: str, title: Text) -> str:
    """Let webhooks ask for the event `name` of your area; its name again."""
    _events.setdefault(name, title)
    return name


def events() -> dict[str, Text]:
    """Every known event by name."""
    return dict(_events)


def title_of(name: str) -> Text:
    """What the event is called; its name where it was not declared."""
    return _events.get(name, Text(name, name))


def wants(patterns: Iterable[str], name: str) -> bool:
    """Whether somebody who asked for `patterns` (names, `case.*`, `*`) is told of the event `name`."""
    area = name.partition(".")[0]
    return any(pattern in ("*", name, f"{area}.*") for pattern in patterns)


def is_pattern(pattern: str) -> bool:
    """Whether `pattern` names an event, an area of events, or all."""
    areas = {f"{name.partition('.')[0]}.*" for name in _events}
    return pattern == "*" or pattern in _events or pattern in areas
