"""A designed journey: its steps with five layers, what may follow what, and the canonical tables it fills."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.language import LANGUAGES, Text
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

Gateway = Literal["exclusive", "parallel", "inclusive"]
START, END = "start", "end"
LAYERS = ("action", "question", "barrier", "emotion")
"""The layers beside the step itself."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the line it stands on (None: not known)."""

    what: Text
    line: int | None = None


class DesignError(PeakendError):
    """A design that cannot be used. `data` has file and problems, a list of `Problem`."""

    code: ClassVar[str] = "journey.design"


def refuse(file: str, problems: Sequence[Problem]) -> DesignError:
    """The error that tells all `problems` of `file` together, by line."""
    listed = sorted(problems, key=lambda problem: (problem.line or 0, problem.what.en))
    return DesignError(
        Text(
            "\n".join([f"{file}:", *(f"  {_where(p, 'line ', ': ')}{p.what.en}" for p in listed)]),
            "\n".join([f"{file}：", *(f"  {_where(p, '第 ', ' 行：')}{p.what.zh}" for p in listed)]),
        ),
        Text("Correct the file and try again.", "请更正文件后重试。"),
        file=file,
        problems=listed,
    )


def _where(problem: Problem, before: str, after: str) -> str:
    return f"{before}{problem.line}{after}" if problem.line else ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step. layers: action, question, barrier and emotion in words; line: where it stands in its file."""

    step_id: str
    touchpoint_id: str
    name: str | None = None
    name_zh: str | None = None
    optional: bool = False
    repeatable: bool = False
    channel: str | None = None
    layers: Mapping[str, Text | str] = field(default_factory=dict)
    line: int | None = None

    def layer(self, name: str, language: str = "en") -> str | None:
        """The words of one layer."""
        said = self.layers.get(name)
        if isinstance(said, Text):
            return said.zh if language == "zh" else said.en
        return said


@dataclass(frozen=True, slots=True)
class Flow:
    """`after` may follow `before`: ids of steps or gateways, or START and END."""

    before: str
    after: str
    within_s: float | None = None
    handoff: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Design:
    """One version of a designed journey. gateways: kinds by id."""

    design_id: str
    version: str
    steps: tuple[Step, ...]
    flows: tuple[Flow, ...]
    valid_from: date | None = None
    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def tables(self, source: str = "design", language: str = "en") -> tuple[pa.Table, pa.Table]:
        """`design_steps` and `design_flows` in the canonical shape.

        A layer that is given in two languages stands in `language`, and in both within `attributes`.
        """
        common: dict[str, Any] = {"design_id": self.design_id, "version": self.version, "source": source}
        steps = [
            common
            | {
                "step_id": step.step_id,
                "touchpoint_id": step.touchpoint_id,
                "position": place,
                "name": step.name,
                "name_zh": step.name_zh,
                "optional": step.optional,
                "repeatable": step.repeatable,
                "channel": step.channel,
                "valid_from": self.valid_from,
                **{layer: step.layer(layer, language) for layer in LAYERS},
                "attributes": _both(step),
            }
            for place, step in enumerate(self.steps, start=1)
        ]
        flows = [
            common
            | {
                "from_step": flow.before,
                "to_step": flow.after,
                "within_s": flow.within_s,
                "handoff": flow.handoff,
                "from_gateway": self.gateways.get(flow.before),
                "to_gateway": self.gateways.get(flow.after),
            }
            for flow in self.flows
        ]
        return (
            pa.Table.from_pylist(steps, schema=canonical_table("design_steps").schema()),
            pa.Table.from_pylist(flows, schema=canonical_table("design_flows").schema()),
        )


def _both(step: Step) -> str | None:
    said = {
        f"{layer}_{language}": words.in_(language)
        for layer, words in step.layers.items()
        if isinstance(words, Text)
        for language in LANGUAGES
    }
    return json.dumps(said, ensure_ascii=False) if said else None


def designs_of(steps: Iterable[Mapping[str, Any]], flows: Iterable[Mapping[str, Any]]) -> list[Design]:
    """The designs in rows of `design_steps` and `design_flows`, by id and version."""
    made: dict[tuple[str, str], tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]] = {}
    for row in steps:
        made.setdefault((row["design_id"], row["version"]), ([], []))[0].append(row)
    for row in flows:
        made.setdefault((row["design_id"], row["version"]), ([], []))[1].append(row)
    return [_design(*key, *rows) for key, rows in sorted(made.items())]


def _design(
    design: str, version: str, steps: Sequence[Mapping[str, Any]], flows: Sequence[Mapping[str, Any]]
) -> Design:
    ordered = sorted(steps, key=lambda row: (_place(row), row["step_id"]))
    sides = ("from", "to")
    return Design(
        design_id=design,
        version=version,
        steps=tuple(
            Step(
                row["step_id"],
                row["touchpoint_id"],
                row["name"],
                row["name_zh"],
                bool(row["optional"]),
                bool(row["repeatable"]),
                row["channel"],
                dict(_layers(row)),
            )
            for row in ordered
        ),
        flows=tuple(
            Flow(row["from_step"], row["to_step"], row["within_s"], bool(row["handoff"]))
            for row in sorted(flows, key=lambda row: (row["from_step"], row["to_step"]))
        ),
        valid_from=max((row["valid_from"] for row in ordered if row["valid_from"]), default=None),
        gateways={
            row[f"{side}_step"]: row[f"{side}_gateway"]
            for row in flows
            for side in sides
            if row[f"{side}_gateway"]
        },
    )


def _place(row: Mapping[str, Any]) -> int:
    return int(row["position"]) if row["position"] is not None else 1 << 30


def _layers(row: Mapping[str, Any]) -> Iterator[tuple[str, Text | str]]:
    try:
        more = json.loads(row.get("attributes") or "{}")
    except ValueError:
        more = {}
    for layer in LAYERS:
        en, zh = (more.get(f"{layer}_{language}") for language in LANGUAGES)
        if en and zh:
            yield layer, Text(en, zh)
        elif row[layer]:
            yield layer, row[layer]
