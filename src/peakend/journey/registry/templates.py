"""Registries to start from (property company, airline, bank, retailer), and a programme in seven steps.

They are data (`templates/*.yaml`): a company takes one, changes it and loads it. What in them has no
source is said to be an assumption.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import yaml

from peakend.errors import PeakendError
from peakend.language import LANGUAGES, Language, Text, meant
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROGRAMME = "programme"
_PLACED = ("stage", "link", "experience_type", "channel", "owner", "thread", "purpose")


class TemplateError(PeakendError):
    """There is no such template. `data` has template and known."""

    code: ClassVar[str] = "journey.template"


@dataclass(frozen=True, slots=True)
class Template:
    """A registry to start from. assumptions: what in it is ours and not its source's."""

    name: str
    title: Text
    source: Text
    assumptions: tuple[Text, ...]
    body: Mapping[str, Any]

    def touchpoints(self, language: Language = "en") -> pa.Table:
        """The touchpoints in the shape of the canonical table; one-language columns are in `language`.

        `attributes` holds link, owner and indicator in both languages, and what a peak or end consists of.
        """
        rows = [
            self._touchpoint(place, row, language)
            for place, row in enumerate(self.body["touchpoints"], start=1)
        ]
        return pa.Table.from_pylist(rows, schema=canonical_table("touchpoints").schema())

    def design(self, language: Language = "en") -> tuple[pa.Table, pa.Table]:
        """The designed journey with its five layers, as `design_steps` and `design_flows`.

        Each step leads to the next; one that may be left out is passed over, one that may be repeated leads
        to itself.
        """
        journey = self.body["journey"]
        common = {"design_id": journey["design"], "version": "1", "source": self._source}
        steps = [
            common
            | {
                "step_id": step["id"],
                "touchpoint_id": step["touchpoint"],
                "position": place,
                "name": step["name"]["en"],
                "name_zh": step["name"]["zh"],
                "optional": step.get("optional", False),
                "repeatable": step.get("repeatable", False),
                **{layer: step[layer][language] for layer in ("action", "question", "barrier", "emotion")},
                "attributes": _json(
                    {
                        f"{layer}_{other}": step[layer][other]
                        for layer in ("action", "question", "barrier", "emotion")
                        for other in LANGUAGES
                    }
                ),
            }
            for place, step in enumerate(journey["steps"], start=1)
        ]
        flows = [
            common | {"from_step": before, "to_step": after, "attributes": "{}"}
            for before, after in _flows(journey["steps"])
        ]
        return (
            pa.Table.from_pylist(steps, schema=canonical_table("design_steps").schema()),
            pa.Table.from_pylist(flows, schema=canonical_table("design_flows").schema()),
        )

    @property
    def _source(self) -> str:
        return f"template-{self.name}"

    def _touchpoint(self, place: int, row: Mapping[str, Any], language: Language) -> dict[str, Any]:
        placed = dict(zip(_PLACED, row["at"], strict=True))
        named = {
            "link": self.body["links"][placed["link"]],
            "owner": self.body["owners"][placed["owner"]],
            "indicator": self.body["indicators"][row["indicator"]],
        }
        both = {f"{name}_{other}": words[other] for name, words in named.items() for other in LANGUAGES}
        if "moment" in row:
            both |= {f"moment_{other}": row["moment"][other] for other in LANGUAGES}
        return {
            **placed,
            "touchpoint_id": row["id"],
            "name": row["name"]["en"],
            "name_zh": row["name"]["zh"],
            "position": place,
            **{name: words[language] for name, words in named.items()},
            "moment_of_truth": row.get("truth", False),
            "ownership": row.get("ownership", "owned"),
            "parent_id": row.get("part_of"),
            "role": row.get("role"),
            "service_level_s": row.get("within_s"),
            "standard_en": row["standard"]["en"],
            "standard_zh": row["standard"]["zh"],
            "script_en": row["script"]["en"],
            "script_zh": row["script"]["zh"],
            "source": self._source,
            "attributes": _json({**both, "side": placed["owner"], "template": self.name}),
        }


@dataclass(frozen=True, slots=True)
class Programme:
    """The seven steps of a programme. assumption: says that they are ours; shown wherever they are."""

    title: Text
    assumption: Text
    steps: pa.Table


def templates() -> Mapping[str, Template]:
    """Every template of touchpoints by name."""
    return dict(_templates())


def template(name: str, language: Language = "en") -> pa.Table:
    """The touchpoints of the template `name` in the shape of the canonical table `touchpoints`.

    language: of columns that have one language only (link, owner, indicator). Raises `TemplateError`.
    """
    return find_template(name).touchpoints(language)


def find_template(name: str) -> Template:
    """The template called `name`; raises `TemplateError`, which names those there are."""
    known = _templates()
    if name in known:
        return known[name]
    near, listed = ", ".join(meant(name, known)), ", ".join(known)
    perhaps = Text(f"Perhaps {near}? ", f"是否指 {near}？") if near else None
    raise TemplateError(
        Text(f"There is no template {name!r}.", f"没有名为 {name} 的模板。"),
        Text(
            f"{perhaps.en if perhaps else ''}There are: {listed}.",
            f"{perhaps.zh if perhaps else ''}现有模板：{listed}。",
        ),
        template=name,
        known=list(known),
    )


def programme() -> Programme:
    """Seven steps of customer experience management.

    steps: position, step_id, name, name_zh, does_en, does_zh, proof_en, proof_zh, analysis, assumption
    (always true: no source lists the steps).
    """
    body = _read(_PROGRAMME)
    rows = [
        {
            "position": place,
            "step_id": step["id"],
            "name": step["name"]["en"],
            "name_zh": step["name"]["zh"],
            **{f"{part}_{other}": step[part][other] for part in ("does", "proof") for other in LANGUAGES},
            "analysis": step["needs"]["en"],
            "assumption": True,
        }
        for place, step in enumerate(body["steps"], start=1)
    ]
    return Programme(Text(**body["title"]), Text(**body["assumption"]), pa.Table.from_pylist(rows))


@cache
def _templates() -> dict[str, Template]:
    folder = files("peakend.journey.registry").joinpath("templates")
    names = sorted(
        entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")
    )
    found = {}
    for name in names:
        if name == _PROGRAMME:
            continue
        body = _read(name)
        assumptions = tuple(Text(**words) for words in body["assumptions"])
        found[name] = Template(name, Text(**body["title"]), Text(**body["source"]), assumptions, body)
    return found


def _read(name: str) -> dict[str, Any]:
    text = files("peakend.journey.registry").joinpath("templates", f"{name}.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def _flows(steps: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Every way through `steps` in their order, leaving out what may be left out."""
    ids = [step["id"] for step in steps]
    ways = []
    for place in range(-1, len(steps)):
        before = "start" if place < 0 else ids[place]
        if place >= 0 and steps[place].get("repeatable"):
            ways.append((before, before))
        for later in range(place + 1, len(steps) + 1):
            after = "end" if later == len(steps) else ids[later]
            if (before, after) != ("start", "end"):
                ways.append((before, after))
            if later < len(steps) and not steps[later].get("optional"):
                break
    return ways


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
