"""Counter-based random numbers: the published vectors, and that a draw depends on nothing but its name."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from peakend.demo.simulator.draws import Draws, gamma_quantile, philox4x32, pick


# Random123 1.14, tests/kat_vectors, philox4x32 10.
@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
            (0xFFFFFFFF, 0xFFFFFFFF),
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_generator_gives_the_published_words(
    counter: tuple[int, int, int, int], key: tuple[int, int], words: tuple[int, int, int, int]
) -> None:
    c0, c1, c2, c3 = (np.array([word], np.uint64) for word in counter)
    assert tuple(int(word[0]) for word in philox4x32((c0, c1, c2, c3), key)) == words


def test_a_draw_does_not_depend_on_its_company() -> None:
    draws, index = Draws(5), np.arange(50_000)
    together = draws.uniforms("a", index, 3, 2)
    alone = Draws(5).uniforms("a", index[[17, 49_999]], 3, 2)
    assert np.array_equal(together[:, [17, 49_999]], alone)
    assert np.array_equal(together[:, ::-1], draws.uniforms("a", index[::-1], 3, 2))


@pytest.mark.parametrize("other", ["stream", "seed", "ordinal", "slot", "index"])
def test_each_part_of_a_draws_name_gives_independent_numbers(other: str) -> None:
    index = np.arange(20_000)
    one = Draws(5).uniform("a", index)
    changed = {
        "stream": Draws(5).uniform("b", index),
        "seed": Draws(6).uniform("a", index),
        "ordinal": Draws(5).uniform("a", index, 1),
        "slot": Draws(5).uniform("a", index, 0, 1),
        "index": Draws(5).uniform("a", index + 20_000),
    }[other]
    assert abs(np.corrcoef(one, changed)[0, 1]) < 4 / np.sqrt(len(index))


def test_numbers_are_uniform_inside_the_open_interval() -> None:
    u = Draws(1).uniforms("a", np.arange(50_000))
    assert u.min() > 0
    assert u.max() < 1
    assert min(stats.kstest(lane, "uniform").pvalue for lane in u) > 1e-3
    assert np.abs(np.corrcoef(u) - np.eye(4)).max() < 4 / np.sqrt(50_000)


def test_normals_and_gammas_have_their_moments() -> None:
    index = np.arange(100_000)
    normal = Draws(2).normal("n", index)
    assert stats.kstest(normal, "norm").pvalue > 1e-3
    gamma = gamma_quantile(Draws(2).uniform("g", index), 0.9, 16.0)
    assert gamma.mean() == pytest.approx(0.9 / 16, rel=0.02)
    assert gamma.var() == pytest.approx(0.9 / 16**2, rel=0.04)


def test_pick_draws_in_proportion() -> None:
    chosen = pick(Draws(3).uniform("p", np.arange(60_000)), np.array([1.0, 2.0, 0.0, 3.0]))
    assert np.bincount(chosen, minlength=4)[2] == 0
    assert stats.chisquare(np.bincount(chosen)[[0, 1, 3]], [10_000, 20_000, 30_000]).pvalue > 1e-3
