"""Which funnels a company is asked about: its moments of truth, its stages, its designed journeys."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from peakend.journey.funnels.steps import MOST_STEPS, Step
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs

STAGES = ("pre", "purchase", "use", "service")
_STAGE_NAMES = {
    "pre": Text("Before the purchase", "售前"),
    "purchase": Text("Purchase", "购买"),
    "use": Text("Use", "使用"),
    "service": Text("Service", "服务"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A step with what it is called."""

    step: Step
    name: Text
    stage: str | None


@dataclass(frozen=True, slots=True)
class Chain:
    """One funnel of the analysis. kind: moments, stages or design."""

    funnel: str
    kind: str
    version: str | None
    links: tuple[Link, ...]


def chains_of(inputs: Inputs) -> tuple[Chain, ...]:
    """The funnels that the registry and the designs tell; one of fewer than two steps is none.

    moments: the moments of truth by stage and position. stages: any touchpoint of each stage. design/…: the
    steps of the latest version of a design that may not be left out, in their order. At most 20 steps each.
    """
    registry = inputs["touchpoints"].to_arrow().to_pylist()
    designs = inputs["design_steps"].to_arrow().to_pylist()
    found = [_moments(registry), _stages(registry), *_designs(designs, registry)]
    return tuple(chain for chain in found if len(chain.links) >= 2)


def _moments(registry: Sequence[Mapping[str, Any]]) -> Chain:
    rows = [row for row in registry if row["moment_of_truth"] and row["stage"] in STAGES]
    rows.sort(key=lambda row: (STAGES.index(row["stage"]), *_place(row), row["touchpoint_id"]))
    links = [Link(Step((row["touchpoint_id"],)), _name(row), row["stage"]) for row in rows]
    return Chain("moments", "moments", None, tuple(links[:MOST_STEPS]))


def _stages(registry: Sequence[Mapping[str, Any]]) -> Chain:
    links = []
    for stage in STAGES:
        own = sorted(row["touchpoint_id"] for row in registry if row["stage"] == stage)
        if own:
            links.append(Link(Step(tuple(own)), _STAGE_NAMES[stage], stage))
    return Chain("stages", "stages", None, tuple(links))


def _designs(rows: Sequence[Mapping[str, Any]], registry: Sequence[Mapping[str, Any]]) -> list[Chain]:
    known = {row["touchpoint_id"]: row for row in registry}
    ordered = sorted(rows, key=lambda row: (row["design_id"], *_place(row), row["step_id"]))
    found = []
    for design, group in groupby(ordered, key=lambda row: str(row["design_id"])):
        steps = list(group)
        latest = max((row["valid_from"] is not None, row["valid_from"], row["version"]) for row in steps)
        version = latest[2]
        links = tuple(
            Link(
                Step((row["touchpoint_id"],), (row["channel"],) if row["channel"] else ()),
                _step_name(row, known.get(row["touchpoint_id"])),
                (known.get(row["touchpoint_id"]) or {}).get("stage"),
            )
            for row in steps
            if row["version"] == version and not row["optional"]
        )
        found.append(Chain(f"design/{design}", "design", version, links[:MOST_STEPS]))
    return found


def _place(row: Mapping[str, Any]) -> tuple[bool, int]:
    return row["position"] is None, row["position"] or 0


def _name(row: Mapping[str, Any]) -> Text:
    english = row["name"] or row["name_zh"] or row["touchpoint_id"]
    return Text(english, row["name_zh"] or english)


def _step_name(row: Mapping[str, Any], touchpoint: Mapping[str, Any] | None) -> Text:
    if row["name"] or row["name_zh"]:
        return _name(row)
    return _name(touchpoint) if touchpoint else Text(row["touchpoint_id"], row["touchpoint_id"])
