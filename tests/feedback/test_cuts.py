"""One number carries all of a respondent's segments, and gives them back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from peakend.feedback.cuts import EVERYBODY, Cut, CutBatch, ReservedSegmentationError, plan_cuts


def declared(*rows: tuple[str, str, str]) -> pa.Table:
    names = ("segmentation", "segment", "subject")
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows], pa.schema([(n, pa.string()) for n in names])
    )


def code(batch: CutBatch, *segments: tuple[str, str, str]) -> int:
    rows = {(r["segmentation"], r["segment"], r["subject"]): r["code"] for r in batch.codes.to_pylist()}
    return sum(rows[s] for s in segments)


def found(cuts: list[Cut], batch: CutBatch, profile: int) -> set[Cut]:
    return {cuts[c] for c in batch.expand(np.array([profile]))[1]}


def test_without_segmentations_there_is_everybody_and_one_scan() -> None:
    cuts, batches = plan_cuts(declared())
    assert cuts == [EVERYBODY]
    assert len(batches) == 1
    assert len(batches[0].expand(np.array([0, 0]))[0]) == 0


def test_every_combination_of_segments_comes_back_as_it_was() -> None:
    tiers, ages = ["blue", "gold", "金卡"], ["young", "old"]
    table = declared(*(("tier", t, "customer") for t in tiers), *(("age", a, "response") for a in ages))
    cuts, (batch,) = plan_cuts(table)
    for tier in [None, *tiers]:
        for age in [None, *ages]:
            own = [("tier", tier, "customer")] * (tier is not None) + [("age", age, "response")] * (
                age is not None
            )
            assert found(cuts, batch, code(batch, *own)) == {Cut(s[0], str(s[1])) for s in own}


def test_the_segment_of_the_response_overrules_that_of_the_customer() -> None:
    cuts, (batch,) = plan_cuts(
        declared(("tier", "gold", "customer"), ("tier", "blue", "customer"), ("tier", "blue", "response"))
    )
    both = code(batch, ("tier", "gold", "customer"), ("tier", "blue", "response"))
    assert found(cuts, batch, both) == {Cut("tier", "blue")}
    assert found(cuts, batch, code(batch, ("tier", "gold", "customer"))) == {Cut("tier", "gold")}


def test_many_segmentations_are_spread_over_several_scans() -> None:
    rows = [(f"cut {i}", f"segment {j}", "customer") for i in range(6) for j in range(9)]
    cuts, batches = plan_cuts(declared(*rows))
    assert len(cuts) == 1 + 54
    assert len(batches) == 3
    assert sum(len(batch.codes) for batch in batches) == 54


def test_a_segmentation_cannot_be_called_all() -> None:
    with pytest.raises(ReservedSegmentationError):
        plan_cuts(declared(("all", "all", "customer")))
