"""Templates: their published shape, what may be left out, and planted weights found again."""

from __future__ import annotations

import numpy as np
import pytest

from feedback.structure.planted import composites, rows_of
from peakend.feedback.structure.errors import PathModelError
from peakend.feedback.structure.templates import ACSI, BANK, ECSI, TEMPLATES

BANK_BLOCKS = {
    "products": ["range", "rates"],
    "skill": ["knows", "explains"],
    "attitude": ["friendly", "patient"],
    "satisfaction": ["overall"],
    "loyalty": ["stay", "recommend"],
}


def test_the_shapes_are_the_published_ones() -> None:
    assert {t.key: sum(map(len, t.paths.values())) for t in (ACSI, ECSI)} == {"acsi": 9, "ecsi": 12}
    for template in TEMPLATES.values():
        model = template.model({key: [f"{key}1"] for key in template.latents})
        assert model.layout.latents == tuple(template.latents)


def test_complaints_may_be_left_out_with_their_paths() -> None:
    model = ACSI.model({key: [f"{key}1"] for key in ACSI.latents if key != "complaints"})
    assert model.layout.causes.sum() == 7


@pytest.mark.parametrize("blocks", [{"quality": ["q"]}, {key: ["q"] for key in (*ACSI.latents, "colour")}])
def test_what_does_not_fit_the_template_is_refused(blocks: dict[str, list[str]]) -> None:
    with pytest.raises(PathModelError) as refused:
        ACSI.model(blocks)
    assert refused.value.what.zh


def test_the_planted_weights_of_a_bank_are_recovered() -> None:
    """Satisfaction = .3 products + .2 skill + .45 attitude; drivers correlate by .4."""
    planted = np.array([0.3, 0.2, 0.45])
    drivers = np.full((3, 3), 0.4) + 0.6 * np.eye(3)
    inner = np.eye(5)
    inner[:3, :3] = drivers
    inner[:3, 3] = inner[3, :3] = drivers @ planted
    inner[:4, 4] = inner[4, :4] = 0.7 * inner[3, :4]
    outer = [[0.7, 0.3], [0.4, 0.6], [0.8, 0.2], [1.0], [0.5, 0.5]]
    r, weights = composites(outer, 0.35, inner)
    names = [name for block in BANK_BLOCKS.values() for name in block]
    model = BANK.model(BANK_BLOCKS, modes="B")
    exact = model.fit(correlation=r, names=names)
    found = model.fit(rows_of(r, 2500, np.random.default_rng(12), names), bootstrap=200)
    for driver, value in zip(("products", "skill", "attitude"), planted, strict=True):
        assert exact.paths[driver, "satisfaction"].value == pytest.approx(value, abs=1e-7)
        estimate = found.paths[driver, "satisfaction"]
        assert (estimate.low or 0) < value < (estimate.high or 1)
    for block, wanted in zip(BANK_BLOCKS.values(), weights, strict=True):
        assert [exact.weights[name].value for name in block] == pytest.approx(wanted, abs=1e-7)
        assert [found.weights[name].value for name in block] == pytest.approx(wanted, abs=0.12)
