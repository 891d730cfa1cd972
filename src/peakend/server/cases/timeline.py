"""What happened to a case, line by line, in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.cases import presets
from peakend.server.cases.deadlines import KINDS as DEADLINES
from peakend.server.cases.models import CaseEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.server.acting.actors import Actor
    from peakend.server.cases.models import Case

SENTENCES: dict[str, Text] = {
    "opened": Text("Case opened", "工单已建立"),
    "routed": Text("Given to {to} ({why})", "分派给{to}（{why}）"),
    "unrouted": Text("Nobody is there to own it", "暂无可分派的负责人"),
    "taken": Text("Taken by {who}", "{who}已领取"),
    "assigned": Text("Given by {who} to {to}, before with {before}", "{who}将工单由{before}转派给{to}"),
    "contacted": Text("{channel}: {outcome}", "{channel}：{outcome}"),
    "waiting": Text("Waiting for the customer; the clock stands still", "等待客户，计时暂停"),
    "resumed": Text(
        "Goes on after {waited} min of business time; the clock runs",
        "恢复处理，暂停 {waited} 分钟（工作时间），继续计时",
    ),
    "resolved": Text("Resolved. Cause: {cause}", "已解决，原因：{cause}"),
    "closed": Text("Closed", "已办结"),
    "reopened": Text("Reopened", "重新打开"),
    "escalated": Text("Escalated: {deadline} {state}; told {to}", "升级提醒：{deadline}{state}，已通知{to}"),
    "extended": Text("Deadline extended to {due}", "时限延至 {due}"),
    "compensated": Text("{what}: {amount} {currency}", "{what}：{currency} {amount}"),
    "asked": Text("{what}: {amount} {currency}, waits for approval", "{what}：{currency} {amount}，待审批"),
    "approved": Text("{what}: {amount} {currency} approved", "{what}：{currency} {amount}，已批准"),
    "refused": Text("{what}: {amount} {currency} refused", "{what}：{currency} {amount}，未批准"),
    "reviewed": Text("Handling scored {mean} of 5", "处理质量评分 {mean}（满分 5 分）"),
    "asked_back": Text("Customer asked how we put it right", "已邀请客户评价补救"),
    "rescored": Text("Customer scores the recovery {score}", "客户评价补救 {score} 分"),
    "noted": Text("Note", "备注"),
    "reported": Text("Report no. {child} belongs to this one", "工单 {child} 并入本单"),
    "repeated": Text("Reported {n} times in {days} days; told {to}", "{days} 天内反馈 {n} 次，已通知{to}"),
    "gathered": Text("Gathered in no. {parent}: the same again", "并入工单 {parent}（同一问题重复反馈）"),
}
STATES = {
    1: Text("is due soon", "即将到期"),
    2: Text("was missed", "已逾期"),
    3: Text("was missed long ago", "逾期过久"),
}


def happened(
    case: Case, kind: str, actor: Actor, note: str = "", at: datetime | None = None, **data: object
) -> CaseEvent:
    """Write one line; `data` fills the sentence of `kind` and goes into JSON."""
    event = line(case, kind, actor, note, at, **data)
    event.save(force_insert=True)
    return event


def line(
    case: Case, kind: str, actor: Actor, note: str = "", at: datetime | None = None, **data: object
) -> CaseEvent:
    """The same, not yet written: for several at once."""
    return CaseEvent(
        case=case,
        at=at or clock.now(),
        kind=kind,
        who=actor.name if actor.kind != "system" else "",
        user_id=actor.user_id,
        note=note,
        data=data,
    )


def sentence(event: CaseEvent, causes: Mapping[str, Text]) -> Text:
    """The line in words."""
    found = SENTENCES.get(event.kind)
    if found is None:
        return Text(event.kind, event.kind)
    given = {"who": event.who or "-", **event.data}
    texts = {name: _meaning(name, value, causes) for name, value in given.items()}
    try:
        return Text(
            found.en.format(**{name: one.en for name, one in texts.items()}),
            found.zh.format(**{name: one.zh for name, one in texts.items()}),
        )
    except KeyError:
        return Text(event.kind, event.kind)


def _meaning(name: str, value: object, causes: Mapping[str, Text]) -> Text:
    catalogues: dict[str, Mapping[str, Text]] = {
        "cause": causes,
        "channel": presets.CHANNELS,
        "outcome": presets.OUTCOMES,
        "what": presets.COMPENSATIONS,
        "deadline": DEADLINES,
        "why": WHY,
    }
    if name in catalogues:
        known = catalogues[name].get(str(value))
        if known is not None:
            return known
    if name == "state" and isinstance(value, int):
        return STATES.get(value, Text("?", "?"))
    shown = str(value).strip() or "-"
    return Text(shown, shown)


WHY: dict[str, Text] = {
    "served": Text("served the customer", "接待该客户的员工"),
    "fewest": Text("has the fewest open cases of the team", "组内在办工单最少"),
    "supervisor": Text("supervisor of the site", "网点主管"),
    "queue": Text("queue of the CX managers", "客户体验经理队列"),
    "touchpoint": Text("owns the touchpoint", "接触点负责人"),
    "hand": Text("opened it", "建单人"),
    "left": Text("colleague left", "同事离岗"),
}
