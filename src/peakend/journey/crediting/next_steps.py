"""A model of the next step: fitted on early journeys, chosen on later ones, reported on the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.journey.crediting.counting import OTHER, Numbered, numbered
from peakend.journey.crediting.errors import AttributionError
from peakend.journey.crediting.prediction import LONGEST, Grams, NextStep, Scores, fitted, scored
from peakend.journey.interactions import relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pyarrow as pa

    from peakend.engine import Relation
    from peakend.journey.interactions import Interactions

FIT, CHOOSE = 0.6, 0.8
"""Journeys by their start: up to the first share for fitting, from there to the second for choosing."""
GROUPS = 50
FEWEST = 100
"""Steps that each window must have."""
BEFORE, STOP = "(start)", "(end)"
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class NextStepModel:
    """names: what may follow, by code; the last is the end of the journey. memory: steps back, as chosen.

    validation: log loss by memory 0 … 3 on the validation window. reported: scores by memory on the last
    window, of chains fitted on all journeys that ended before it. steps: how many steps were fitted, chosen
    and reported on. final: the chosen chain (at least memory 1) on everything; grams: its counts.
    """

    names: tuple[str, ...]
    memory: int
    validation: tuple[float, ...]
    reported: tuple[Scores, ...]
    steps: tuple[int, int, int]
    reported_from: datetime
    final: NextStep
    grams: Grams

    def after(self, *context: str, most: int = 5) -> list[tuple[str, float]]:
        """The likeliest next steps after the last touchpoints, oldest first. KeyError for an unknown one."""
        code = {name: place for place, name in enumerate(self.names)}
        code[BEFORE] = code[STOP]
        codes = [code[name] for name in context[-LONGEST:]]
        row = np.array([[code[BEFORE]] * (LONGEST - len(codes)) + codes], dtype=np.int64)
        found = self.final.probabilities(row)[0]
        best = np.argsort(-found, kind="stable")[:most]
        return [(self.names[place], float(found[place])) for place in best]


def next_step_model(steps: Interactions, gap_days: float = 30.0, minimum: int = 10) -> NextStepModel:
    """A model of the next step from journeys: which touchpoint follows, or that the journey ends.

    steps: journey_id, place, event_id, at, customer_id (may be null), touchpoint_id. Windows go by the start
    of journeys; what straddles two of them is left out. That a journey ended counts only where the data run
    `gap_days` longer. Memory 0 (the base rate) to 3 are fitted, the one with the least log loss on the
    validation window is chosen. Only counts of four consecutive steps leave the engine.
    Raises `AttributionError` where a window has fewer than `FEWEST` steps.
    Source: see `fitted`; order of a chain by held-out likelihood and windows in time: Bergmeir & Benítez
    (2012), Information Sciences 191.
    """
    relation = relation_of(steps, ("journey_id", "place", "event_id", "at", "customer_id", "touchpoint_id"))
    names = numbered(relation, minimum)
    contexts, windows = step_contexts(relation, names, gap_days)
    parts = _grams(contexts)
    counted = tuple(int(parts[part].n.sum()) for part in ("fit", "choose", "report"))
    if min(counted) < FEWEST:
        raise AttributionError(
            Text(
                f"Too few steps to check a model of the next one: {counted[0]} early, {counted[1]} later, "
                f"{counted[2]} last; each needs {FEWEST}.",
                f"步骤太少，无法检验下一步模型：前期 {counted[0]}、中期 {counted[1]}、后期 {counted[2]}，"
                f"每段至少需要 {FEWEST}。",
            ),
            Text("Load a longer history.", "请载入更长的历史。"),
            steps=counted,
        )
    size = len(names.names) + 1
    orders = range(LONGEST + 1)
    validation = tuple(
        scored(fitted(parts["fit"], size, memory), parts["choose"], 1).log_loss for memory in orders
    )
    memory = int(np.argmin(np.asarray(validation)))
    before = parts["fit"] + parts["choose"]
    reported = tuple(scored(fitted(before, size, order), parts["report"], GROUPS) for order in orders)
    everything = before + parts["between"] + parts["report"]
    return NextStepModel(
        (*names.names, STOP),
        memory,
        validation,
        reported,
        (counted[0], counted[1], counted[2]),
        windows["report_from"],
        fitted(everything, size, max(memory, 1)),
        everything,
    )


def step_contexts(steps: Relation, names: Numbered, gap_days: float) -> tuple[Relation, Mapping[str, Any]]:
    """One row a step after which it is known what came, and the windows. Counts and lists are made of it."""
    windows = steps.query(
        "journey/crediting/journey_windows", {"fit": FIT, "choose": CHOOSE}, name="journey_steps"
    ).to_arrow()
    found = windows.to_pylist()[0]
    if found["report_from"] is None or found["choose_from"] is None:
        raise AttributionError(Text("There are no journeys yet.", "尚无旅程。"))
    until = np.datetime64(found["observed_until"], "us").astype(np.int64)
    size = len(names.names)
    relation = steps.engine.query(
        "journey/crediting/step_contexts",
        {
            "choose_from": found["choose_from"],
            "report_from": found["report_from"],
            "groups": GROUPS,
            "other": size - 1 if OTHER in names.names else -1,
            "before": size,
            "stop": size,
            "quiet_until_us": int(until) - round(gap_days * _DAY_US),
        },
        journey_steps=steps,
        numbers=names.relation(steps),
    )
    return relation, found


def _grams(contexts: Relation) -> dict[str, Grams]:
    table = contexts.query("journey/crediting/context_counts", name="step_contexts").to_arrow()
    codes = [
        np.asarray(table[name].to_numpy(), dtype=np.int64)
        for name in ("third_number", "second_number", "last_number", "next_number", "customer_group")
    ]
    part = np.array(table["part"].to_pylist(), dtype=object)
    n = np.asarray(table["n"].to_numpy(), dtype=float)
    found = {}
    for name in ("fit", "choose", "between", "report"):
        mine = part == name
        group = codes[4][mine] if name == "report" else np.zeros(int(mine.sum()), dtype=np.int64)
        found[name] = Grams(np.column_stack([c[mine] for c in codes[:3]]), codes[3][mine], n[mine], group)
    return found


def context_customers(contexts: Relation, memory: int) -> pa.Table:
    """How many customers left each context of `memory` steps; −2 where a step is not looked at."""
    return contexts.query(
        "journey/crediting/context_customers", {"memory": memory}, name="step_contexts"
    ).to_arrow()
