"""Simulated companies as Arrow tables, made once a process and request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from peakend.demo.simulator.mechanism import mechanisms, switched_off
from peakend.demo.simulator.run import block_rows, blocks, once
from peakend.demo.simulator.world import Kind, world

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Tally

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]


@lru_cache(maxsize=8)
def _company(
    kind: Kind, customers: int, seed: int, without: tuple[str, ...], months: int, block: int
) -> Tables:
    fixed = world(kind, seed=seed, months=months, off=switched_off(without))
    parts: dict[str, list[pa.Table]] = {}
    for name, table in once(fixed):
        parts.setdefault(name, []).append(table)
    tally: Tally = Counter()
    for simulated in blocks(fixed, customers, block):
        for name, table in block_rows(simulated):
            parts.setdefault(name, []).append(table)
        tally.update(simulated.tally)
    for mechanism in mechanisms():
        if mechanism.closing:
            for name, table in mechanism.closing(fixed, tally):
                parts.setdefault(name, []).append(table)
    return {name: pa.concat_tables(tables) for name, tables in parts.items()}


@pytest.fixture(scope="session")
def company() -> Company:
    """`company(kind, customers=…, seed=…, without=(…))`: every table of a simulated company, unsorted."""

    def build(
        kind: Kind,
        *,
        customers: int = 400,
        seed: int = 1,
        without: tuple[str, ...] = (),
        months: int = 24,
        block: int = 100_000,
    ) -> Tables:
        return _company(kind, customers, seed, without, months, block)

    return build


Scores = Callable[[Tables, str], tuple[npt.NDArray[np.str_], npt.NDArray[np.float64]]]


@pytest.fixture(scope="session")
def scores() -> Scores:
    """`scores(tables, question)`: (response ids, scores) of the answered answers to a question."""

    def find(tables: Tables, question: str) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.float64]]:
        answers = tables["answers"]
        which = pa.compute.and_(
            pa.compute.equal(answers["question_id"], question), pa.compute.equal(answers["state"], "answered")
        )
        chosen = answers.filter(which)
        return chosen["response_id"].to_numpy(), chosen["score"].to_numpy()

    return find
