"""What stands in the way of a step, said so that one knows what to do."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.cases import presets
from peakend.server.cases.models import Case
from peakend.server.web.say import told


class NotNowError(ConflictError):
    """The case's status does not allow the step; `data["status"]` is the status it has."""

    code = "cases.not_now"

    def __init__(self, case: Case, step: Text) -> None:
        status = presets.STATUSES[case.status]
        super().__init__(
            Text(
                f"Case {case.number} cannot be {step.en} now: it is “{status.en}”.",
                f"工单 {case.number} 目前无法{step.zh}：当前状态为“{status.zh}”。",
            ),
            Text("Open the case again to see what happened meanwhile.", "请重新打开该工单，查看最新情况。"),
            status=case.status,
        )


class TakenError(ConflictError):
    """Somebody else was quicker."""

    code = "cases.taken"

    def __init__(self, case: Case) -> None:
        name = case.owner.name if case.owner else "?"
        super().__init__(
            Text(f"{name} is already working on it.", f"{name}已在处理此工单。"),
            Text(
                "Take the next one, or ask a supervisor to give it to you.",
                "请处理下一张，或请主管转派给您。",
            ),
            owner=name,
        )


class MissingError(InvalidError):
    """What a case still lacks before it may be resolved or closed; `data["missing"]` lists codes."""

    code = "cases.missing"

    def __init__(self, missing: list[tuple[str, Text]]) -> None:
        en = "; ".join(text.en for _, text in missing)
        zh = "；".join(text.zh for _, text in missing)
        super().__init__(
            Text(f"Still missing: {en}.", f"还缺：{zh}。"),
            Text("Add it, then try again.", "请补充后重试。"),
            missing=[code for code, _ in missing],
            fields=[{"field": code, "message": told(text)} for code, text in missing],
        )


def wrong(field: str, message: Text, do: Text | None = None) -> InvalidError:
    """An input that cannot be taken, with the field it stands in."""
    return InvalidError(message, do, fields=[{"field": field, "message": told(message)}])
