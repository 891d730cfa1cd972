"""The analysis `next_steps`: how well the next step is foretold, and what comes after each context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.intervals import t_quantile, wilson
from peakend.journey.crediting.counting import OTHER, Numbered, numbered
from peakend.journey.crediting.errors import AttributionError
from peakend.journey.crediting.next_columns import NEXT_STEP_QUALITY, NEXT_STEP_TABLE
from peakend.journey.crediting.next_steps import (
    BEFORE,
    STOP,
    NextStepModel,
    context_customers,
    next_step_model,
    step_contexts,
)
from peakend.journey.crediting.prediction import LONGEST, ratio
from peakend.journey.crediting.tables import OTHERS, Names, named, table_of, touchpoint_names
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation
    from peakend.journey.crediting.prediction import Scores

Row = dict[str, Any]

SHOWN = 5
"""Next steps listed for a context."""
SEPARATOR = " > "


def next_step_tables(inputs: Inputs) -> Results:
    """Both tables; empty where there are too few journeys to check a model on later ones."""
    steps, settings = inputs["journey_steps"], inputs.settings
    try:
        model = next_step_model(steps, settings.journey_gap_days, settings.minimum_base)
    except AttributionError:  # a young log: no window would hold a check
        return {t.name: table_of(t, []) for t in (NEXT_STEP_QUALITY, NEXT_STEP_TABLE)}
    contexts, _ = step_contexts(steps, Numbered(model.names[:-1]), settings.journey_gap_days)
    return {
        NEXT_STEP_QUALITY.name: table_of(NEXT_STEP_QUALITY, _quality(model, settings)),
        NEXT_STEP_TABLE.name: table_of(
            NEXT_STEP_TABLE, _table(model, contexts, touchpoint_names(inputs), settings)
        ),
    }


def steps_taken(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The steps that a row's n counts: they left its context, and its next touchpoint came."""
    steps = inputs["journey_steps"]
    names = numbered(steps, inputs.settings.minimum_base)
    code = {name or OTHERS: place for place, name in enumerate(names.names)}
    code |= {BEFORE: len(names.names), STOP: len(names.names)}
    walked = str(row["context"]).split(SEPARATOR)
    if unknown := [name for name in (*walked, row["next_id"]) if name not in code]:
        raise AttributionError(
            Text(
                f"No context or next step is called {', '.join(unknown)}.",
                f"没有名为 {'、'.join(unknown)} 的情形或下一步。",
            ),
            Text("Write it as in next_step_table: a > b.", "请按 next_step_table 的写法填写：a > b。"),
            unknown=unknown,
        )
    third, second, last = [-2] * (LONGEST - len(walked)) + [code[name] for name in walked]
    contexts, _ = step_contexts(steps, names, inputs.settings.journey_gap_days)
    return contexts.query(
        "journey/crediting/context_steps",
        {
            "third_number": third,
            "second_number": second,
            "last_number": last,
            "next_number": code[row["next_id"]],
        },
        name="step_contexts",
    )


def _quality(model: NextStepModel, settings: Settings) -> list[Row]:
    base, one = model.reported[0], model.reported[1]
    rows = []
    for memory, scores in enumerate(model.reported):
        gain, p = _with_ends("gain", base.loss - scores.loss, scores.n, settings.confidence)
        rows.append(
            {
                "memory": memory,
                "chosen": memory == model.memory,
                "n_fit": model.steps[0],
                "n_validation": model.steps[1],
                "validation_log_loss": model.validation[memory],
                "tested_from": model.reported_from,
                "n": int(scores.n.sum()),
                **_shares(scores, settings.confidence),
                **_with_ends("log_loss", scores.loss, scores.n, settings.confidence)[0],
                **(gain if memory else {}),
                "p": p if memory else float("nan"),
                **(
                    _with_ends("gain_on_one", one.loss - scores.loss, scores.n, settings.confidence)[0]
                    if memory > 1
                    else {}
                ),
                "calibration_error": scores.calibration_error,
            }
        )
    adjusted, _ = holm([row["p"] for row in rows])
    said = verdicts([row.get("gain", 0.0) for row in rows], adjusted, settings.alpha)
    for row, p, verdict in zip(rows, adjusted, said, strict=True):
        row |= {"adjusted_p": p, "verdict": str(verdict) if row["memory"] else "base_rate"}
    return rows


def _shares(scores: Scores, confidence: float) -> Row:
    row: Row = {}
    for name, values in (("accuracy", scores.hits), ("top_3", scores.top_3)):
        found, _ = _with_ends(name, values, scores.n, confidence)
        row |= {
            name: found[name],
            f"{name}_low": max(found[f"{name}_low"], 0.0),
            f"{name}_high": min(found[f"{name}_high"], 1.0),
        }
    return row


def _with_ends(name: str, values: np.ndarray, n: np.ndarray, confidence: float) -> tuple[Row, float]:
    estimate, se = ratio(values, n)
    df = int((n > 0).sum()) - 1
    half = float(t_quantile(confidence, df)) * se
    p = float(2 * stdtr(df, -abs(estimate / se))) if se > 0 else float("nan")
    return {name: estimate, f"{name}_low": estimate - half, f"{name}_high": estimate + half}, p


def _table(model: NextStepModel, contexts: Relation, names: Names, settings: Settings) -> list[Row]:
    """The likeliest next steps of every context that enough customers left, the most frequent first."""
    memory = model.final.memory
    customers = {
        (row["third_number"], row["second_number"], row["last_number"]): row["customers"]
        for row in context_customers(contexts, memory).to_pylist()
    }
    known, place = np.unique(model.grams.context[:, LONGEST - memory :], axis=0, return_inverse=True)
    counts = np.zeros((len(known), len(model.names)))
    np.add.at(counts, (place.reshape(-1), model.grams.following), model.grams.n)
    whole = np.full((len(known), LONGEST), -2, dtype=np.int64)
    whole[:, LONGEST - memory :] = known
    # Steps that are not looked at must not be negative to be looked up.
    probabilities = model.final.probabilities(np.where(whole < 0, 0, whole))
    rows: list[Row] = []
    for index in np.argsort(-counts.sum(axis=1), kind="stable"):
        third, second, last = (int(code) for code in whole[index])
        people = customers[third, second, last]
        if people < settings.minimum_base:
            continue
        walked = [_name(model, code, before=True) for code in known[index]]
        best = np.argsort(-probabilities[index], kind="stable")[:SHOWN]
        for rank, code in enumerate(best, 1):
            if counts[index, code] < settings.minimum_base:
                continue
            p = float(probabilities[index, code])
            low, high = wilson([p], [float(people)], settings.confidence)
            follower = _name(model, code, before=False)
            rows.append(
                {
                    "context": SEPARATOR.join(walked),
                    "context_en": " → ".join(_words(name, names, 0) for name in walked),
                    "context_zh": " → ".join(_words(name, names, 1) for name in walked),
                    "next_id": follower,
                    "next_en": _words(follower, names, 0),
                    "next_zh": _words(follower, names, 1),
                    "n_context": int(counts[index].sum()),
                    "n_customers": people,
                    "n": int(counts[index, code]),
                    "probability": p,
                    "probability_low": float(low[0]),
                    "probability_high": float(high[0]),
                    "place": rank,
                }
            )
    return rows


def _name(model: NextStepModel, code: int, *, before: bool) -> str:
    if code == len(model.names) - 1:
        return BEFORE if before else STOP
    return OTHERS if model.names[code] == OTHER else model.names[code]


def _words(name: str, names: Names, language: int) -> str:
    if name == BEFORE:
        return ("Start", "开始")[language]
    if name == STOP:
        return ("The journey ends", "旅程结束")[language]
    row = named("x", name, names)
    return str(row["x_en"] if language == 0 else row["x_zh"])
