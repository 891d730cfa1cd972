"""What is wrong with a design: everything at once, each with its line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from peakend.journey.designed.design import END, START, Design, Problem
from peakend.language import Text, meant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


def problems_of(design: Design, touchpoints: Collection[str] | None = None) -> list[Problem]:
    """Ids used twice, flows to nothing, steps never reached or without a way to the end, and steps at
    touchpoints that are not in `touchpoints` (None: not known). A way back (a cycle) is no problem.
    """
    return [
        *_ids(design),
        *_ends(design),
        *_ways(design),
        *(() if touchpoints is None else _touchpoints(design, touchpoints)),
    ]


def _ids(design: Design) -> Iterator[Problem]:
    if not design.steps:
        yield Problem(Text("The design has no steps.", "设计中没有任何步骤。"))
    seen: set[str] = set()
    for step in design.steps:
        if step.step_id in seen or step.step_id in design.gateways:
            yield Problem(
                Text(f"The id {step.step_id!r} is used twice.", f"编号 {step.step_id!r} 重复使用。"),
                step.line,
            )
        if step.step_id in (START, END):
            yield Problem(
                Text(f"No step may be called {step.step_id!r}.", f"步骤编号不能为 {step.step_id!r}。"),
                step.line,
            )
        seen.add(step.step_id)
    for (before, after), times in Counter((f.before, f.after) for f in design.flows).items():
        if times > 1:
            line = [f.line for f in design.flows if (f.before, f.after) == (before, after)][-1]
            yield Problem(
                Text(f"The flow {before} → {after} stands twice.", f"流转 {before} → {after} 重复。"), line
            )


def _ends(design: Design) -> Iterator[Problem]:
    known = {START, END, *(step.step_id for step in design.steps), *design.gateways}
    for flow in design.flows:
        for name in (flow.before, flow.after):
            if name not in known:
                yield Problem(_unknown(Text("step", "步骤"), name, known), flow.line)
        if flow.before == END or flow.after == START:
            yield Problem(
                Text(f"Nothing follows the end or precedes the start: {flow.before} → {flow.after}.",
                     f"终点之后、起点之前不能有步骤：{flow.before} → {flow.after}。"),
                flow.line,
            )  # fmt: skip


def _ways(design: Design) -> Iterator[Problem]:
    forward: dict[str, set[str]] = {}
    backward: dict[str, set[str]] = {}
    for flow in design.flows:
        forward.setdefault(flow.before, set()).add(flow.after)
        backward.setdefault(flow.after, set()).add(flow.before)
    reached, ending = _from(START, forward), _from(END, backward)
    if END not in reached and design.steps:
        yield Problem(Text("No way leads from the start to the end.", "没有从起点到终点的路径。"))
    lines = {step.step_id: step.line for step in design.steps} | dict(design.lines)
    for name in [*(step.step_id for step in design.steps), *design.gateways]:
        if name not in reached:
            yield Problem(
                Text(f"{name} is never reached from the start.", f"从起点无法到达 {name}。"), lines.get(name)
            )
        if name not in ending:
            yield Problem(
                Text(
                    f"{name} is a dead end: no way leads from it to the end.",
                    f"{name} 是死路：无法走到终点。",
                ),
                lines.get(name),
            )


def _from(first: str, ways: Mapping[str, set[str]]) -> set[str]:
    found, open_ = {first}, [first]
    while open_:
        more = ways.get(open_.pop(), set()) - found
        found |= more
        open_ += more
    return found


def _touchpoints(design: Design, known: Collection[str]) -> Iterator[Problem]:
    for step in design.steps:
        if step.touchpoint_id not in known:
            yield Problem(_unknown(Text("touchpoint", "接触点"), step.touchpoint_id, known), step.line)


def _unknown(kind: Text, name: str, known: Collection[str]) -> Text:
    guess = meant(name, known, 1)
    return Text(
        f"There is no {kind.en} {name!r}" + (f"; is {guess[0]!r} meant?" if guess else "."),
        f"没有名为 {name!r} 的{kind.zh}" + (f"，是否应为 {guess[0]!r}？" if guess else "。"),
    )
