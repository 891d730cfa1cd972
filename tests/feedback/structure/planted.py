"""Populations with known structure, and the plainest path-model algorithm to check against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Numbers = NDArray[np.float64]


def composites(
    weights: Sequence[Sequence[float]], within: float, inner: Numbers
) -> tuple[Numbers, list[list[float]]]:
    """A population of composites: the correlation matrix of all indicators, and the scaled weights.

    Indicators of a block correlate by `within`; the composites with `weights` correlate as `inner`, and
    blocks are related through them alone (Dijkstra 2017), so that PLS in mode B finds exactly these weights.
    """
    sizes = [len(block) for block in weights]
    starts = np.cumsum([0, *sizes])
    found = np.eye(starts[-1])
    scaled, loadings = [], []
    for k, block in enumerate(weights):
        r = np.full((sizes[k], sizes[k]), within) + (1 - within) * np.eye(sizes[k])
        w = np.asarray(block) / np.sqrt(np.asarray(block) @ r @ np.asarray(block))
        scaled.append(w.tolist())
        loadings.append(r @ w)
        found[starts[k] : starts[k + 1], starts[k] : starts[k + 1]] = r
    for i in range(len(weights)):
        for j in range(len(weights)):
            if i != j:
                found[starts[i] : starts[i + 1], starts[j] : starts[j + 1]] = inner[i, j] * np.outer(
                    loadings[i], loadings[j]
                )
    return found, scaled


def factors(loadings: Sequence[Sequence[float]], inner: Numbers) -> Numbers:
    """The correlation matrix of indicators that reflect factors which correlate as `inner`."""
    sizes = [len(block) for block in loadings]
    spread = np.zeros((sum(sizes), len(sizes)))
    start = 0
    for k, block in enumerate(loadings):
        spread[start : start + len(block), k] = block
        start += len(block)
    found = spread @ inner @ spread.T
    np.fill_diagonal(found, 1)
    return found


def rows_of(
    correlation: Numbers, n: int, random: np.random.Generator, names: Sequence[str]
) -> dict[str, Numbers]:
    """`n` normal rows from a population, as columns by name."""
    data = random.standard_normal((n, len(correlation))) @ np.linalg.cholesky(correlation).T
    return dict(zip(names, data.T, strict=True))


def by_hand(
    data: Mapping[str, Numbers],
    blocks: Mapping[str, Sequence[str]],
    paths: Mapping[str, Sequence[str]],
    modes: Mapping[str, str],
    scheme: str,
) -> tuple[dict[str, Numbers], dict[tuple[str, str], float]]:
    """Wold's algorithm on rows, written as in the textbook: scores and least squares, nothing else."""
    x = {name: np.column_stack([data[i] for i in listed]) for name, listed in blocks.items()}
    x = {name: (v - v.mean(0)) / v.std(0) for name, v in x.items()}
    w = {name: np.ones(v.shape[1]) for name, v in x.items()}
    causes = {name: list(paths.get(name, [])) for name in blocks}
    effects = {name: [e for e in blocks if name in causes[e]] for name in blocks}

    def scores() -> dict[str, Numbers]:
        raw = {name: x[name] @ w[name] for name in blocks}
        return {name: v / v.std() for name, v in raw.items()}

    for _ in range(500):
        y = scores()
        for name in blocks:
            weight = {other: np.corrcoef(y[name], y[other])[0, 1] for other in causes[name] + effects[name]}
            if scheme == "centroid":
                weight = {other: float(np.sign(r)) for other, r in weight.items()}
            elif scheme == "path" and causes[name]:
                beta = np.linalg.lstsq(np.column_stack([y[c] for c in causes[name]]), y[name], rcond=None)[0]
                weight |= dict(zip(causes[name], beta, strict=True))
            proxy = sum(e * y[other] for other, e in weight.items())
            if modes[name] == "A":
                w[name] = x[name].T @ proxy / len(proxy)
            else:
                w[name] = np.linalg.lstsq(x[name], proxy, rcond=None)[0]
    y = scores()
    found = {}
    for name in blocks:
        if causes[name]:
            beta = np.linalg.lstsq(np.column_stack([y[c] for c in causes[name]]), y[name], rcond=None)[0]
            found |= {(c, name): float(b) for c, b in zip(causes[name], beta, strict=True)}
    scaled = {name: w[name] / (x[name] @ w[name]).std() for name in blocks}
    return scaled, found
