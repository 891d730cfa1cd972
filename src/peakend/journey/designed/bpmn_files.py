"""Designed journeys from BPMN 2.0: the subset that says what may follow what.

Read: start and end events without a trigger, tasks of every type, exclusive, parallel and inclusive gateways,
sequence flows. Lanes, notes and the drawing are passed over; anything else is an error that names it.
Source: OMG (2013), Business Process Model and Notation 2.0.2, sections 10.3, 10.5, 10.6 and 13.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from peakend.journey.designed.design import END, LAYERS, START, Design, Flow, Gateway, Problem, Step, refuse
from peakend.journey.designed.xml_tree import Element, read_xml
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_TASKS = {
    *("task", "userTask", "serviceTask", "sendTask", "receiveTask", "manualTask"),
    *("businessRuleTask", "scriptTask"),
}
_GATEWAYS: Mapping[str, Gateway] = {
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
}
_PASSED_OVER = {
    *("documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group"),
    *("dataObject", "dataObjectReference", "dataStoreReference", "property", "ioSpecification"),
}
_INSIDE = {
    *("documentation", "extensionElements", "incoming", "outgoing", "standardLoopCharacteristics"),
    *("conditionExpression", "property", "ioSpecification", "dataInputAssociation", "dataOutputAssociation"),
}
_SAID = re.compile(r"\s*touchpoint\s*[:=：]\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


def read_bpmn(text: bytes, file: str, touchpoints: Mapping[str, str] | None = None) -> Design:
    """The design in `text`: its id is the process's, its version "1" unless an attribute `version` says.

    touchpoints: touchpoint_id by any name it goes by (its id, its names). A task's touchpoint is what an
    attribute or extension element `touchpoint` of any other namespace says, or "touchpoint: …" in its
    documentation, else the one called like the task's id or name. Such attributes may also say optional,
    repeatable, channel, handoff and within, and the layers. Raises `DesignError` with all mistakes.
    """
    return _Reader(read_xml(text, file), file, touchpoints or {}).design()


class _Reader:
    def __init__(self, root: Element, file: str, touchpoints: Mapping[str, str]) -> None:
        self.root, self.file, self.touchpoints = root, file, touchpoints
        self.problems: list[Problem] = []
        self.steps: list[Step] = []
        self.gateways: dict[str, Gateway] = {}
        self.ends: dict[str, str] = {}
        self.flows: list[Flow] = []
        self.lines: dict[str, int] = {}

    def design(self) -> Design:
        process = self._process()
        for child in process.children:
            self._read(child)
        self._check_ends()
        if self.problems:
            raise refuse(self.file, self.problems)
        return Design(
            design_id=process.get("id") or "process",
            version=_extension(process, "version") or "1",
            steps=tuple(self.steps),
            flows=tuple(self._joined()),
            gateways=self.gateways,
            lines=self.lines,
        )

    def _wrong(self, element: Element, en: str, zh: str) -> None:
        self.problems.append(Problem(Text(en, zh), element.line))

    def _process(self) -> Element:
        if (self.root.space, self.root.name) != (MODEL, "definitions"):
            raise refuse(
                self.file,
                [
                    Problem(
                        Text(
                            "This is no BPMN 2.0: its root is not definitions.",
                            "不是 BPMN 2.0：根元素应为 definitions。",
                        )
                    )
                ],
            )
        found = [child for child in self.root.children if (child.space, child.name) == (MODEL, "process")]
        if len(found) != 1:
            said = Text(
                f"The file has {len(found)} processes; one is a journey.",
                f"文件含 {len(found)} 个流程；一个流程为一段旅程。",
            )
            raise refuse(self.file, [Problem(said, found[1].line if found else None)])
        return found[0]

    def _read(self, element: Element) -> None:
        if element.space != MODEL or element.name in _PASSED_OVER:
            return
        if element.name == "sequenceFlow":
            self._flow(element)
            return
        name = element.get("id") or ""
        known = (
            element.name in _TASKS or element.name in _GATEWAYS or element.name in ("startEvent", "endEvent")
        )
        for inside in (element, *element.children) if known else (element,):
            if inside.space == MODEL and not (known and (inside is element or inside.name in _INSIDE)):
                self._outside(inside, name)
        if not known:
            return
        if not name or name in self.lines:
            self._wrong(element, f"The id {name!r} is missing or used twice.", f"编号 {name!r} 缺失或重复。")
        self.lines[name] = element.line
        if element.name in _GATEWAYS:
            self.gateways[name] = _GATEWAYS[element.name]
        elif element.name in _TASKS:
            self.steps.append(self._step(element, name))
        else:
            self.ends[name] = START if element.name == "startEvent" else END

    def _outside(self, element: Element, around: str) -> None:
        called = element.get("name") or element.get("id") or around or "–"
        self._wrong(
            element,
            f"{element.name} ({called}) is outside the part of BPMN that Peakend reads: start, end, tasks, "
            "exclusive, parallel and inclusive gateways, flows.",
            f"{element.name}（{called}）不在 Peakend 支持的 BPMN 范围内："
            "开始、结束、任务、排他/并行/包容网关与顺序流。",
        )

    def _step(self, task: Element, name: str) -> Step:
        title = task.get("name")
        layers = {layer: words for layer in LAYERS if (words := _extension(task, layer))}
        return Step(
            step_id=name,
            touchpoint_id=self._touchpoint(task, name, title),
            name=title,
            name_zh=_extension(task, "name_zh"),
            optional=_extension(task, "optional") == "true",
            repeatable=_extension(task, "repeatable") == "true"
            or any(task.named("standardLoopCharacteristics")),
            channel=_extension(task, "channel"),
            layers=cast("dict[str, Text | str]", layers),
            line=task.line,
        )

    def _touchpoint(self, task: Element, name: str, title: str | None) -> str:
        said = _extension(task, "touchpoint")
        for words in task.named("documentation"):
            if said is None and (found := _SAID.search(words.text)):
                said = found[1]
        for known in (said, None if said else name, None if said else title):
            if known and known in self.touchpoints:
                return self.touchpoints[known]
        return said or (title if title and not self.touchpoints else name)

    def _flow(self, element: Element) -> None:
        before, after = element.get("sourceRef"), element.get("targetRef")
        if not before or not after:
            self._wrong(element, "A sequence flow lacks its source or target.", "顺序流缺少起点或终点。")
            return
        within = _extension(element, "within")
        seconds: float | None = None
        if within is not None:
            found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)?", within.strip())
            if found is None:
                self._wrong(
                    element,
                    "within is a number with s, min, h or d.",
                    "within 应为带 s、min、h 或 d 的数字。",
                )
            else:
                seconds = float(found[1]) * _UNITS[found[2] or "s"]
        self.flows.append(
            Flow(before, after, seconds, _extension(element, "handoff") == "true", element.line)
        )

    def _check_ends(self) -> None:
        for kind, en, zh in ((START, "start event", "开始事件"), (END, "end event", "结束事件")):
            if kind not in self.ends.values():
                self._wrong(self.root, f"The process has no {en}.", f"流程没有{zh}。")
        for flow in self.flows:
            for name in (flow.before, flow.after):
                if name not in self.lines:
                    self.problems.append(
                        Problem(
                            Text(
                                f"A flow names {name!r}, which is not there.",
                                f"顺序流指向不存在的 {name!r}。",
                            ),
                            flow.line,
                        )
                    )

    def _joined(self) -> list[Flow]:
        """Flows between steps, gateways, START and END.

        A task with several flows out takes them all (BPMN 2.0.2, section 13.3.1): it gets a parallel gateway.
        Several start events are alternatives.
        """
        leaving: dict[str, int] = {}
        for flow in self.flows:
            leaving[flow.before] = leaving.get(flow.before, 0) + 1
        starts = [name for name, kind in self.ends.items() if kind == START]
        several = {
            name: (f"{name}-all" if name not in starts else f"{START}-{name}")
            for name, times in leaving.items()
            if times > 1 and name not in self.gateways
        }
        found = []
        for name, gateway in several.items():
            self.gateways[gateway] = "parallel"
            self.lines[gateway] = self.lines[name]
            found.append(Flow(self.ends.get(name, name), gateway))
        for flow in self.flows:
            before = several.get(flow.before, self.ends.get(flow.before, flow.before))
            found.append(
                Flow(before, self.ends.get(flow.after, flow.after), flow.within_s, flow.handoff, flow.line)
            )
        return list({(flow.before, flow.after): flow for flow in found}.values())


def _extension(element: Element, name: str) -> str | None:
    """What an attribute of another namespace, or an extension element, called `name` says."""
    for (space, own), value in element.attributes.items():
        if space not in ("", MODEL) and own == name:
            return value.strip() or None
    for holder in element.named("extensionElements"):
        for child in _all(holder):
            if child.name == name:
                return (
                    child.get("id") or child.get("value") or child.get("ref") or child.text
                ).strip() or None
            if child.get("name") == name and child.get("value"):
                return str(child.get("value")).strip()
    return None


def _all(element: Element) -> list[Element]:
    return [found for child in element.children for found in (child, *_all(child))]
