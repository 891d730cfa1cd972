"""The next step: smoothing by hand, memory recovered, a null twin, later journeys only, and Helpdesk."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
import pytest

from peakend.journey.crediting import AttributionError, NextStepModel, next_step_model
from peakend.journey.crediting.prediction import Grams, fitted, ratio, scored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Walks = tuple[pa.Table, pa.Table]


def _walked(journeys: Callable[..., Walks], memory: int, seed: int = 1, size: int = 1500) -> pa.Table:
    """Journeys over a, b, c that may end at any step: what comes depends on the last `memory` steps."""
    random = np.random.default_rng(seed)
    paths = []
    for _ in range(size):
        path = [int(random.integers(0, 3))]
        while random.random() < 0.9:
            likely = path[-1] if memory == 1 else (path[-1] + path[-2]) % 3 if len(path) > 1 else None
            sure = likely is not None and random.random() < 0.8
            path.append(likely if sure and likely is not None else int(random.integers(0, 3)))
        paths.append(["abc"[step] for step in path])
    return journeys(paths, [0] * size)[0]


def _accuracy(model: NextStepModel, memory: int) -> float:
    scores = model.reported[memory]
    return float(scores.hits.sum() / scores.n.sum())


def test_witten_bell_by_hand() -> None:
    """After x: a 3, b 1 of 4 (2 kinds); whole: a 3, b 2 of 5 (2 kinds) over the even third."""
    grams = Grams(
        np.array([[9, 9, 0], [9, 9, 0], [9, 9, 1]]),
        np.array([0, 1, 1]),
        np.array([3.0, 1.0, 1.0]),
        np.zeros(3, dtype=np.int64),
    )
    chain = fitted(grams, 3, 1)
    whole = np.array([3 + 2 / 3, 2 + 2 / 3, 2 / 3]) / 7
    assert chain.probabilities(np.array([[9, 9, 0]]))[0] == pytest.approx(
        (np.array([3, 1, 0]) + 2 * whole) / 6
    )
    # A context that was never seen speaks as the whole does.
    assert chain.probabilities(np.array([[9, 9, 2]]))[0] == pytest.approx(whole)
    for context in ([9, 9, 0], [9, 9, 1], [1, 0, 2]):
        assert fitted(grams, 3, 3).probabilities(np.array([context])).sum() == pytest.approx(1)


def test_scores_are_counted_by_group() -> None:
    grams = Grams(np.array([[9, 9, 0]] * 2), np.array([0, 1]), np.array([3.0, 1.0]), np.array([0, 1]))
    chain = fitted(grams, 4, 1)
    found = scored(chain, grams, 2)
    assert found.hits.tolist() == [3, 0]
    assert found.top_3.tolist() == [3, 1]
    p = chain.probabilities(np.array([[9, 9, 0]]))[0]
    assert found.log_loss == pytest.approx(-(3 * np.log(p[0]) + np.log(p[1])) / 4)
    assert found.calibration_error == pytest.approx(abs(p[0] - 0.75))


def test_the_interval_of_a_ratio_knows_its_clusters() -> None:
    hits, n = np.array([4.0, 0, 4, 0]), np.array([4.0, 4, 4, 4])
    estimate, se = ratio(hits, n)
    assert estimate == 0.5
    assert se == pytest.approx(np.sqrt(4 / 3 * 4 * 2**2) / 16)
    assert np.isnan(ratio(hits[:1], n[:1])[1])


@pytest.mark.parametrize("memory", [1, 2])
def test_the_planted_memory_is_chosen(journeys: Callable[..., Walks], memory: int) -> None:
    model = next_step_model(_walked(journeys, memory), gap_days=0.001)
    assert model.memory == memory
    # Nine tenths go on, 80 % of these as planted and a third of the rest; the first steps are free.
    assert 0.7 < _accuracy(model, memory) < 0.9 * (0.8 + 0.2 / 3) + 0.02
    assert model.reported[memory].log_loss < model.reported[memory - 1].log_loss - 0.1
    assert model.reported[memory].calibration_error < 0.03


def test_in_the_null_twin_no_memory_helps(journeys: Callable[..., Walks]) -> None:
    """Every step is drawn anew and may be the last: there is nothing but the base rate."""
    random = np.random.default_rng(3)
    paths = [list(random.choice(list("abc"), 1 + random.geometric(0.2))) for _ in range(2500)]
    model = next_step_model(journeys(paths, [0] * 2500)[0], gap_days=0.001)
    base, one = model.reported[0], model.reported[1]
    gain, se = ratio(base.loss - one.loss, base.n)
    assert gain < 3 * se + 0.01
    assert _accuracy(model, 1) == pytest.approx(_accuracy(model, 0), abs=0.03)


def test_windows_are_in_time_and_share_no_journey(journeys: Callable[..., Walks]) -> None:
    """The world changes before the last fifth: what is fitted before cannot know, and the report says so."""
    early, late = [["a", "b"] * 4] * 800, [["a", "a", "b", "b"] * 2] * 200
    model = next_step_model(journeys(early + late, [0] * 1000)[0], gap_days=0.001)
    assert model.validation[1] < 0.3
    assert model.reported[1].log_loss > 1
    assert sum(model.steps) <= 8000


def test_a_journey_that_may_go_on_has_no_end_yet(journeys: Callable[..., Walks]) -> None:
    steps = journeys([["a", "b"]] * 1000, [0] * 1000)[0]
    done = next_step_model(steps, gap_days=0.001)
    assert dict(done.after("a", "b"))["(end)"] > 0.99
    # With a gap of three hours a third of the journeys are still open.
    part = next_step_model(steps, gap_days=3 / 24)
    assert part.grams.n.sum() < done.grams.n.sum() - 100


def test_too_short_a_log_is_refused(journeys: Callable[..., Walks]) -> None:
    with pytest.raises(AttributionError, match="Too few steps"):
        next_step_model(journeys([["a", "b"]] * 20, [0] * 20)[0], gap_days=0.001)
    with pytest.raises(KeyError):
        next_step_model(_walked(journeys, 1), gap_days=0.001).after("nowhere")


def helpdesk(path: Path) -> pa.Table:
    """The log's events in the order of the file, as steps."""
    rows = []
    with gzip.open(path) as file:
        for _, element in ET.iterparse(file):
            if not element.tag.endswith("trace"):
                continue
            case = next(c.get("value") for c in element if c.get("key") == "concept:name")
            for place, event in enumerate(e for e in element if e.tag.endswith("event")):
                values = {child.get("key"): child.get("value") for child in event}
                rows.append(
                    (
                        case,
                        place,
                        np.datetime64((values["time:timestamp"] or "")[:23], "us"),
                        values["concept:name"],
                    )
                )
            element.clear()
    return pa.table(
        {
            "journey_id": [row[0] for row in rows],
            "place": [row[1] + 1 for row in rows],
            "event_id": [f"{row[0]}/{row[1]:04d}" for row in rows],
            "customer_id": pa.nulls(len(rows), pa.string()),
            "at": pa.array(np.array([row[2] for row in rows])),
            "touchpoint_id": [row[3] for row in rows],
        }
    )


def test_helpdesk_is_foretold_better_than_by_the_majority(private_data: Callable[[str], Path]) -> None:
    """21,348 events of 4,580 cases, the end of a case counting as a step; the page of methods quotes this."""
    steps = helpdesk(private_data("event_logs") / "Helpdesk.xes.gz")
    assert len(steps) == 21_348
    model = next_step_model(steps)
    accuracy, majority = _accuracy(model, model.memory), _accuracy(model, 0)
    assert model.memory == 1
    assert accuracy == pytest.approx(0.700, abs=0.001)
    assert majority == pytest.approx(0.203, abs=0.001)
    assert model.reported[1].log_loss == pytest.approx(0.866, abs=0.001)
    assert model.reported[0].log_loss == pytest.approx(1.891, abs=0.001)
