"""Experience as it is staged: taking part, the four stages of feeling, the five senses; and scenes."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import mean_interval, normal_quantile
from peakend.feedback.suppression import suppress
from peakend.journey.stream.scales import SCALES, codes
from peakend.journey.stream.staging_columns import PARTS, SCENES, STAGING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

Row = dict[str, Any]
_WHERE = ("scope", "origin", "programme", "touchpoint_id", "aspect")
_ENOUGH_TO_CORRELATE = 4


def scores_given(inputs: Inputs) -> Relation:
    """One row a score of a scale; see `staged_scores.sql`."""
    return inputs.query("journey/stream/staged_scores", scales=inputs.engine.from_arrow(codes()))


def staging_table(inputs: Inputs) -> Results:
    """A mean with interval an item of every scale, its correlation with satisfaction, and what nobody asked.

    Means are weighted by the survey's weights; intervals are Student's t on Kish's size, no larger than the
    number of people. Correlations are Pearson's within the same response (of a check: within the same
    event), with Fisher's interval on the number of people and Holm's correction within an aspect.
    Source: Pine & Gilmore (1998), Harvard Business Review 76(4), for scene, goods and taking part; Fisher
    (1921), Metron 1, for z.
    """
    found = inputs.engine.query("journey/stream/staged_sums", scores=scores_given(inputs)).to_arrow()
    rows = [_figures(row, inputs.settings) for row in _of_scales(found.to_pylist())]
    rows = _with_missing(rows)
    _hide(rows, inputs.settings)
    _correct(rows)
    names = {
        row["touchpoint_id"]: (row["name"], row["name_zh"])
        for row in inputs["touchpoints"]
        .query("select t.touchpoint_id, t.name, t.name_zh from t")
        .to_arrow()
        .to_pylist()
    }
    for row in rows:
        row["touchpoint_en"], row["touchpoint_zh"] = names.get(row["touchpoint_id"], (None, None))
        word = SCALES[row["aspect"]][row["item"]]
        row["label_en"], row["label_zh"] = word.en, word.zh
    return {STAGING.name: STAGING.of(rows)}


def _of_scales(rows: Sequence[Row]) -> list[Row]:
    """Without aspects of which a programme asks a single item: comfort alone is any survey's dimension."""
    asked: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        asked.setdefault((row["origin"], row["programme"] or "", row["aspect"]), set()).add(row["item"])
    return [row for row in rows if len(asked[(row["origin"], row["programme"] or "", row["aspect"])]) > 1]


def _figures(sums: Mapping[str, Any], settings: Settings) -> Row:
    row: Row = {name: sums[name] for name in (*_WHERE, "item", "n", "customers")}
    row["position"] = list(SCALES[row["aspect"]]).index(row["item"]) + 1
    row["missing"] = False
    if sums["w"] > 0:
        mean = sums["wx"] / sums["w"]
        size = min(sums["w"] ** 2 / sums["ww"], float(sums["people"]))
        spread = max(sums["wxx"] / sums["w"] - mean**2, 0.0)
        se = np.sqrt(spread / (size - 1)) if size > 1 else np.nan
        low, high = mean_interval(mean, se, size - 1, settings.confidence, (0.0, 1.0))
        row |= {"value": 100 * mean, "value_low": _or_none(100 * low), "value_high": _or_none(100 * high)}
    return row | _correlation(sums, settings)


def _correlation(sums: Mapping[str, Any], settings: Settings) -> Row:
    """Pearson's r of the item and satisfaction; nothing where too few or where either does not vary."""
    n, people = sums["pairs"], sums["paired_people"]
    if people < max(_ENOUGH_TO_CORRELATE, settings.minimum_base):
        return {"pairs": n}
    across = n * sums["xy"] - sums["x"] * sums["y"]
    spread = (n * sums["xx"] - sums["x"] ** 2) * (n * sums["yy"] - sums["y"] ** 2)
    if spread <= 1e-9 * n**4:
        return {"pairs": n}
    r = float(np.clip(across / np.sqrt(spread), -1, 1))
    z, se = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)), 1 / np.sqrt(people - 3)
    half = normal_quantile(settings.confidence) * se
    return {
        "pairs": n,
        "correlation": r,
        "correlation_low": float(np.tanh(z - half)),
        "correlation_high": float(np.tanh(z + half)),
        "p_value": float(2 * ndtr(-abs(z) / se)),
    }


def _or_none(value: object) -> float | None:
    number = float(np.asarray(value))
    return None if np.isnan(number) else number


def _place(row: Row) -> tuple[str, ...]:
    return tuple(row[name] or "" for name in _WHERE)


def _with_missing(rows: Sequence[Row]) -> list[Row]:
    """Every item of a scale of which something is asked; taking part and feeling are asked along the whole
    journey, so that what one touchpoint lacks is missing only of the senses."""
    every: list[Row] = []
    for _, group in groupby(sorted(rows, key=_place), key=_place):
        found = list(group)
        every += found
        first = found[0]
        if first["scope"] == "touchpoint" and first["aspect"] != "senses":
            continue
        items = list(SCALES[first["aspect"]])
        for item in items:
            if item not in {row["item"] for row in found}:
                asked = {name: first[name] for name in _WHERE}
                every.append(
                    asked
                    | {
                        "item": item,
                        "position": items.index(item) + 1,
                        "missing": True,
                        "n": 0,
                        "customers": 0,
                    }
                )
    return sorted(every, key=lambda row: (*_place(row), row["position"]))


def _hide(rows: Sequence[Row], settings: Settings) -> None:
    """Small cells, and touchpoints that the total of the programme would give away."""
    wholes = [row for row in rows if row["scope"] == "programme" and not row["missing"]]
    family = {
        (row["origin"], row["programme"], row["aspect"], row["item"]): n for n, row in enumerate(wholes)
    }
    parts = [row for row in rows if row["scope"] == "touchpoint" and not row["missing"]]
    cells = suppress(
        [row["n"] for row in parts],
        [family[(row["origin"], row["programme"], row["aspect"], row["item"])] for row in parts],
        [row["n"] for row in wholes],
        settings.minimum_base,
    )
    for row in rows:
        row["hidden"] = not row["missing"] and row["n"] < settings.minimum_base
    for row, hidden, withheld in zip(parts, cells.hidden, cells.withheld, strict=True):
        row["hidden"] = bool(hidden or withheld)
    for row in rows:
        if row["hidden"]:
            kept = {"hidden", "missing", "position", "item", *_WHERE}
            row |= {name: None for name in row if name not in kept}


def _correct(rows: Sequence[Row]) -> None:
    tested = [row for row in rows if row.get("p_value") is not None]
    families = sorted({_family(row) for row in tested})
    adjusted, _ = holm(
        [row["p_value"] for row in tested],
        np.array([families.index(_family(row)) for row in tested], dtype=np.int64),
    )
    for row, p in zip(tested, adjusted.tolist(), strict=True):
        row["adjusted_p"] = p


def _family(row: Row) -> tuple[str, str, str, str]:
    return row["scope"], row["origin"], row["programme"] or "", row["aspect"]


def scene_tables(inputs: Inputs) -> Results:
    """Every journey as a scene, and what the journeys through each touchpoint have of one.

    Source: Pine & Gilmore (1998), Harvard Business Review 76(4): service as the stage, goods as props.
    """
    scenes = inputs.query("journey/stream/scenes")
    met = inputs.query("journey/stream/scenes_met", experience_scenes=scenes)
    least = {"least": inputs.settings.minimum_base}
    parts = inputs.query("journey/stream/scene_parts", least, passed=met, experience_scenes=scenes)
    return {SCENES.name: scenes, PARTS.name: parts}
