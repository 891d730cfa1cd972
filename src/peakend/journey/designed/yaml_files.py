"""Designed journeys as YAML: read with the line of every mistake, and written."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import yaml

from peakend.journey.designed.design import (
    END,
    LAYERS,
    START,
    Design,
    Flow,
    Gateway,
    Problem,
    Step,
    refuse,
)
from peakend.language import Text, meant
from peakend.warehouse.mapping_errors import MappingError
from peakend.warehouse.mapping_yaml import Document, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TOP = ("design", "version", "valid_from", "steps", "flows", "gateways")
_STEP = ("id", "touchpoint", "name", "optional", "repeatable", "channel", "within", "handoff", *LAYERS)
_FLOW = ("from", "to", "within", "handoff")
_KINDS: tuple[Gateway, ...] = ("exclusive", "parallel", "inclusive")
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)?")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def read_yaml(text: str, file: str) -> Design:
    """The design in `text`; `DesignError` with all mistakes of form. `problems_of` finds the others."""
    try:
        document = parse(text, file)
    except MappingError as cause:
        raise refuse(file, [Problem(cause.what)]) from cause
    return _Reader(document).design()


class _Reader:
    """Reads one document and collects what is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def design(self) -> Design:
        top = self._mapping(self.document.data, (), _TOP)
        steps = [self._step(row, place) for place, row in enumerate(self._list(top, "steps"))]
        gateways, lines = self._gateways(top)
        made = Design(
            design_id=self._text(top, "design", ()) or "",
            version=str(top.get("version") or "1"),
            valid_from=self._day(top),
            steps=tuple(step for step, _ in steps),
            flows=self._flows(top, steps),
            gateways=gateways,
            lines=lines,
        )
        if self.problems:
            raise refuse(self.document.file, self.problems)
        return made

    def _wrong(self, place: Sequence[str | int], en: str, zh: str) -> None:
        self.problems.append(Problem(Text(en, zh), self.document.line(place)))

    def _mapping(self, value: object, place: tuple[str | int, ...], known: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._wrong(place, f"Here belong {', '.join(known)}.", f"此处应写 {'、'.join(known)}。")
            return {}
        for name in value:
            if name not in known:
                guess = meant(name, known, 1)
                self._wrong(
                    (*place, name),
                    f"There is no entry {name!r}" + (f"; is {guess[0]!r} meant?" if guess else "."),
                    f"没有名为 {name!r} 的项" + (f"，是否应为 {guess[0]!r}？" if guess else "。"),
                )
        return value

    def _list(self, top: Mapping[str, Any], name: str) -> list[Any]:
        value = top.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong((name,), f"{name} is a list.", f"{name} 应为列表。")
            return []
        return value

    def _text(self, row: Mapping[str, Any], name: str, place: tuple[str | int, ...]) -> str | None:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._wrong((*place, name), f"{name} is missing.", f"缺少 {name}。")
        return None

    def _flag(self, row: Mapping[str, Any], name: str, place: tuple[str | int, ...]) -> bool:
        value = str(row.get(name) or "false").lower()
        if value not in _FLAGS:
            self._wrong((*place, name), f"{name} is true or false.", f"{name} 应为 true 或 false。")
        return _FLAGS.get(value, False)

    def _within(self, row: Mapping[str, Any], place: tuple[str | int, ...]) -> float | None:
        if row.get("within") is None:
            return None
        found = _DURATION.fullmatch(str(row["within"]).strip())
        if found is None:
            self._wrong(
                (*place, "within"),
                "within is a number with s, min, h or d, such as 30 min.",
                "within 应为带 s、min、h 或 d 的数字，如 30 min。",
            )
            return None
        return float(found[1]) * _UNITS[found[2] or "s"]

    def _day(self, top: Mapping[str, Any]) -> date | None:
        value = top.get("valid_from")
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._wrong(
                ("valid_from",), "valid_from is a day: 2024-01-31.", "valid_from 应为日期，如 2024-01-31。"
            )
            return None

    def _words(self, value: object, place: tuple[str | int, ...]) -> Text | str | None:
        if value is None or isinstance(value, str):
            return value or None
        if (
            isinstance(value, dict)
            and set(value) == {"en", "zh"}
            and all(str(v or "").strip() for v in value.values())
        ):
            return Text(value["en"], value["zh"])
        self._wrong(place, "Write the words, or {en: …, zh: …}.", "请直接写文字，或写 {en: …, zh: …}。")
        return None

    def _step(self, value: object, number: int) -> tuple[Step, Flow]:
        """The step, and what is said of the ways into it (ends are not filled in)."""
        place: tuple[str | int, ...] = ("steps", number)
        row = self._mapping(value, place, _STEP)
        name = self._words(row.get("name"), (*place, "name"))
        layers = {layer: self._words(row.get(layer), (*place, layer)) for layer in LAYERS}
        step_id = self._text(row, "id", place) or f"#{number + 1}"
        line = self.document.line(place)
        step = Step(
            step_id=step_id,
            touchpoint_id=str(row.get("touchpoint") or step_id),
            name=name.en if isinstance(name, Text) else name,
            name_zh=name.zh if isinstance(name, Text) else None,
            optional=self._flag(row, "optional", place),
            repeatable=self._flag(row, "repeatable", place),
            channel=row.get("channel"),
            layers={layer: words for layer, words in layers.items() if words is not None},
            line=line,
        )
        return step, Flow("", step_id, self._within(row, place), self._flag(row, "handoff", place), line)

    def _gateways(self, top: Mapping[str, Any]) -> tuple[dict[str, Gateway], dict[str, int]]:
        found: dict[str, Gateway] = {}
        lines: dict[str, int] = {}
        for number, value in enumerate(self._list(top, "gateways")):
            place = ("gateways", number)
            row = self._mapping(value, place, ("id", "kind"))
            name, kind = self._text(row, "id", place), row.get("kind")
            if kind not in _KINDS:
                self._wrong(
                    place, f"kind is one of {', '.join(_KINDS)}.", f"kind 应为 {'、'.join(_KINDS)} 之一。"
                )
            elif name in found:
                self._wrong(place, f"The id {name!r} is used twice.", f"编号 {name!r} 重复使用。")
            elif name:
                found[name], lines[name] = kind, self.document.line(place)
        return found, lines

    def _flows(self, top: Mapping[str, Any], steps: Sequence[tuple[Step, Flow]]) -> tuple[Flow, ...]:
        """Those written, else one step after the other."""
        into = {step.step_id: flow for step, flow in steps}
        if top.get("flows") is None:
            ids = [START, *(step.step_id for step, _ in steps), END]
            pairs = pairwise(ids)
            return tuple(_with(into.get(b), Flow(a, b)) for a, b in pairs) if steps else ()
        found = []
        for number, value in enumerate(self._list(top, "flows")):
            place = ("flows", number)
            row = self._mapping(value, place, _FLOW)
            before, after = self._text(row, "from", place), self._text(row, "to", place)
            if before and after:
                flow = Flow(
                    before,
                    after,
                    self._within(row, place),
                    self._flag(row, "handoff", place),
                    self.document.line(place),
                )
                found.append(_with(into.get(after), flow))
        return tuple(found)


def _with(said: Flow | None, flow: Flow) -> Flow:
    """`flow` with what its step says of the ways into it."""
    if said is None:
        return flow
    within = said.within_s if flow.within_s is None else flow.within_s
    return Flow(flow.before, flow.after, within, flow.handoff or said.handoff, flow.line or said.line)


def write_yaml(design: Design) -> str:
    """The YAML of `design`; reading it gives the same design."""
    body: dict[str, Any] = {"design": design.design_id, "version": design.version}
    if design.valid_from:
        body["valid_from"] = design.valid_from.isoformat()
    body["steps"] = [dict(_step_entries(step)) for step in design.steps]
    if design.gateways:
        body["gateways"] = [{"id": name, "kind": kind} for name, kind in design.gateways.items()]
    body["flows"] = [
        {"from": flow.before, "to": flow.after}
        | ({"within": f"{flow.within_s!r} s"} if flow.within_s is not None else {})
        | ({"handoff": True} if flow.handoff else {})
        for flow in design.flows
    ]
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)


def _step_entries(step: Step) -> Iterable[tuple[str, Any]]:
    yield "id", step.step_id
    yield "touchpoint", step.touchpoint_id
    if step.name and step.name_zh:
        yield "name", {"en": step.name, "zh": step.name_zh}
    elif step.name:
        yield "name", step.name
    for flag in ("optional", "repeatable"):
        if getattr(step, flag):
            yield flag, True
    if step.channel:
        yield "channel", step.channel
    for layer in LAYERS:
        words = step.layers.get(layer)
        if words is not None:
            yield layer, {"en": words.en, "zh": words.zh} if isinstance(words, Text) else words
