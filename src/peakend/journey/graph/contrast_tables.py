"""The analysis `journey_contrasts`: each segment against the largest of its segmentation."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from peakend.journey.graph.columns import JOURNEY_CONTRASTS
from peakend.journey.graph.contrasts import Row, contrasts, corrected, groups_of

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results


def contrast_tables(inputs: Inputs) -> Results:
    """Edges that `journey_edges` hides are not compared either."""
    settings = inputs.settings
    edges = inputs["journey_edges"].to_arrow().to_pylist()
    groups = groups_of(
        inputs.engine, inputs["journey_steps"], inputs["segment_members"], edges, settings.confidence
    )
    rows: list[Row] = []
    for _, together in groupby(groups, key=lambda group: group.segmentation):
        segments = sorted(together, key=lambda group: (-group.size, group.segment))
        for segment in segments[1:]:
            rows += contrasts(segment, segments[0], settings.minimum_base, settings.confidence)
    corrected(rows, settings.alpha)
    return {JOURNEY_CONTRASTS.name: JOURNEY_CONTRASTS.of(rows)}
