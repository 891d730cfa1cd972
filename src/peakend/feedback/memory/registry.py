"""The analysis `metric_stability`: every published metric, how precise and stable it is, and its use."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from peakend.feedback.memory.columns import METRIC_REGISTRY
from peakend.feedback.memory.retest import FEWEST, Agreement, agreement, answers_for_margin
from peakend.feedback.memory.targets import UNSTABLE, stability_of
from peakend.feedback.periods import Period, Survey, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results

Row = dict[str, Any]

UNITS = {"nps": "NPS points", "csat": "share", "ces": "scale points", "rating": "scale points"}
FORMULAS = {
    "nps": "100 × (promoters − detractors) / n",
    "csat": "top box / n",
    "ces": "Σ score / n",
    "rating": "Σ score / n",
}


def metric_registry(inputs: Inputs) -> Results:
    """The table `metric_registry`, from the published scores, the trends and the retests."""
    retests = _retests(inputs)
    wording = {row["question_id"]: row for row in inputs["questions"].to_arrow().to_pylist()}
    owners = {row["touchpoint_id"]: row["owner"] for row in inputs["touchpoints"].to_arrow().to_pylist()}
    wobbles = _wobbles(inputs)
    rows: list[Row] = []
    for metric in UNITS:
        for key, last in sorted(_latest(inputs, metric).items()):
            question = wording.get(last["question_id"], {})
            row = _row(metric, last, retests.get(last["question_id"]), inputs.settings.minimum_base)
            row |= {
                "programme": key[0],
                "definition_en": question.get("text_en"),
                "definition_zh": question.get("text_zh"),
                "owner": owners.get(last["touchpoint_id"]),
                "wobble": wobbles.get((metric, *key)),
            }
            rows.append(row)
    return {METRIC_REGISTRY.name: METRIC_REGISTRY.of(rows)}


def _row(metric: str, last: Row, found: Agreement | None, minimum: int) -> Row:
    weighted = last["weighted_value"] is not None
    value, se = (last["weighted_value"], last["weighted_se"]) if weighted else (last["value"], last["se"])
    low, high = (last["weighted_low"], last["weighted_high"]) if weighted else (last["low"], last["high"])
    stability = stability_of(found)
    too_few = bool(last["hidden"]) or value is None or (last["n"] or 0) < minimum
    reason = "too_few" if too_few else UNSTABLE if stability == UNSTABLE else None
    margin = _margin(metric, last)
    known = found is not None and found.n >= FEWEST
    return {
        "question_id": last["question_id"],
        "label_en": last["label_en"],
        "label_zh": last["label_zh"],
        "metric": metric,
        "formula": FORMULAS[metric],
        "unit": UNITS[metric],
        "source_table": f"{metric}_by_touchpoint",
        "period": last["period"],
        "n": last["n"],
        "value": value,
        "half_width": None if low is None or high is None else (high - low) / 2,
        "margin": margin,
        # n·se² is the variance of one answer, design effect included.
        "minimum_n": answers_for_margin(last["n"] * se**2, margin) if se and margin and last["n"] else None,
        "retested": found.n if found is not None and known else 0,
        "reliability": found.value if found is not None and known else None,
        "reliability_low": found.low if found is not None and known else None,
        "reliability_high": found.high if found is not None and known else None,
        "stability": stability,
        "usable": reason is None,
        "reason": reason,
    }


def _margin(metric: str, row: Row) -> float | None:
    if metric == "nps":
        return 5.0
    if metric == "csat":
        return 0.05
    low, high = row["scale_low"], row["scale_high"]
    return (high - low) / 40 if low is not None and high is not None else None


def _latest(inputs: Inputs, metric: str) -> Mapping[tuple[str, str], Row]:
    """Everybody's newest row of each programme and question; the whole of it where it has touchpoints."""
    table = inputs[f"{metric}_by_touchpoint"].to_arrow()
    rows = table.filter(pc.equal(table["segmentation"], "all")).to_pylist()
    periods = {(r["programme"] or "", r["period_kind"], r["period"] or "", r["period_start"]) for r in rows}
    surveys = [
        Survey(f"{p}/{label}", p, label, start, None)
        for p, kind, label, start in sorted(periods, key=str)
        if kind == "wave"
    ]
    order = in_order(
        [Period(p, kind, label, start) for p, kind, label, start in sorted(periods, key=str)], surveys
    )
    place = {(p.programme, p.kind, p.label): number for number, p in enumerate(order)}
    found: dict[tuple[str, str], list[tuple[Any, Row]]] = defaultdict(list)
    for row in rows:
        rank = (
            row["period_kind"] != "undated",
            place[row["programme"] or "", row["period_kind"], row["period"] or ""],
            row["n"] or 0,
            row["touchpoint_id"] or "",
        )
        found[row["programme"] or "", row["question_id"]].append((rank, row))
    return {key: max(listed, key=lambda one: one[0])[1] for key, listed in found.items()}


def _wobbles(inputs: Inputs) -> Mapping[tuple[str, str, str], float]:
    rows = inputs["score_trends"].to_arrow().to_pylist()
    return {
        (row["metric"], row["programme"] or "", row["question_id"]): row["wobble"]
        for row in rows
        if row["segmentation"] == "all" and row["wobble"] is not None
    }


def _retests(inputs: Inputs) -> Mapping[str, Agreement]:
    table = inputs.query("feedback/memory/retests").to_arrow()
    order = [(name, "ascending") for name in ("question_id", "customer_id", "event_id")]
    table = table.sort_by(order)
    first, second = (
        np.asarray(table[name].to_numpy(), dtype=float) for name in ("first_score", "second_score")
    )
    asked = np.array(table["question_id"].to_pylist(), dtype=object)
    names: Sequence[str] = sorted(set(asked.tolist()))
    return {
        name: agreement(first[asked == name], second[asked == name], confidence=inputs.settings.confidence)
        for name in names
        if (asked == name).sum() >= FEWEST
    }
