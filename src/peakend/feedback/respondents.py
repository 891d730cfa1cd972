"""Who answered, with the weight that counts: that of the analysis `survey_weights`, else the survey's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.engine import Relation

SURVEY_WEIGHTS = "survey_weights"


def respondents(inputs: Inputs) -> Relation:
    """Every response with its month (null in a survey with waves) and its weight."""
    return inputs.query("feedback/respondents", None, **_weights(inputs))


def survey_design(inputs: Inputs, *, calibrated: bool = True) -> Relation:
    """How many responses of each survey have a weight, a cluster, an event; `calibrated`: by new weights."""
    weights = _weights(inputs) if calibrated else _no_weights(inputs)
    return inputs.query("feedback/survey_design", None, **weights)


def _weights(inputs: Inputs) -> dict[str, Relation]:
    # An analysis that does not name the weights among its `uses` goes without them.
    return {} if SURVEY_WEIGHTS in inputs.relations else _no_weights(inputs)


def _no_weights(inputs: Inputs) -> dict[str, Relation]:
    empty = pa.table({"response_id": pa.array([], pa.string()), "weight": pa.array([], pa.float64())})
    return {SURVEY_WEIGHTS: inputs.engine.from_arrow(empty)}
