"""A score of a relation is the score of its rows, on every engine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from peakend.feedback import ces, csat, nps, rating_mean, top_box
from peakend.feedback.scales import ScoreOutsideScaleError
from peakend.feedback.scores import AnswersError

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine
    from peakend.feedback import Score


def answers() -> pa.Table:
    random = np.random.default_rng(3)
    scores: list[float | None] = random.integers(1, 6, 500).astype(float).tolist()
    scores[10] = None
    flights = [None if n % 50 == 0 else f"航班 {n % 23}" for n in range(500)]
    return pa.table(
        {"score": scores, "my weight": random.uniform(0, 3, 500), "flight": pa.array(flights, pa.string())}
    )


@pytest.mark.parametrize(
    "design", [{}, {"weights": "my weight"}, {"weights": "my weight", "clusters": "flight"}]
)
def test_a_relation_and_its_rows_agree(engine: Engine, design: dict[str, str]) -> None:
    table = answers()
    relation = engine.from_arrow(table)
    arrays = {what: table[name].to_pylist() for what, name in design.items()}
    metrics: list[Callable[..., Score]] = [nps, csat, ces, rating_mean, top_box]
    for metric in metrics:
        stored = metric(relation, **design, scale=(1, 5))
        held = metric(table["score"].to_pylist(), **arrays, scale=(1, 5))
        assert flat(stored) == pytest.approx(flat(held))


def flat(score: Score) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name, value in asdict(score).items():
        found |= {f"{name}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
    return found


def test_what_arrays_refuse_a_relation_refuses(memory: Engine) -> None:
    with pytest.raises(ScoreOutsideScaleError, match="11"):
        nps(memory.from_arrow(pa.table({"score": [9.0, 11.0]})))
    weighted = memory.from_arrow(pa.table({"score": [9.0, 10.0], "w": [1.0, -1.0]}))
    with pytest.raises(AnswersError, match="1 weights"):
        nps(weighted, weights="w")
    with pytest.raises(AnswersError, match="All weights are zero"):
        nps(memory.from_arrow(pa.table({"score": [9.0], "w": [0.0]})), weights="w")
    with pytest.raises(AnswersError, match="name of a column"):
        nps(weighted, weights=[1.0, 1.0])
    with pytest.raises(AnswersError, match="only where the scores are a relation"):
        nps([9.0], weights="w")


def test_an_empty_relation_has_no_score(memory: Engine) -> None:
    found = nps(memory.from_arrow(pa.table({"score": pa.array([], pa.float64())})))
    assert (found.value, found.n) == (None, 0)
