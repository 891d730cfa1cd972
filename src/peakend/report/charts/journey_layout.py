"""Where the touchpoints of a map lie: in layers by their place in the journey, with few crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """layers: in each layer what lies in it, in order: a node's number, or −1 − the number of an edge that
    passes through. layer: of every node."""

    layers: tuple[tuple[int, ...], ...]
    layer: tuple[int, ...]


def layers_of(
    places: Sequence[float],
    layers: int,
    most: int,
    edges: Sequence[Edge] = (),
    weights: Sequence[float] = (),
) -> list[int]:
    """The layer of every node: at most `layers` of them, near places together, none above `most` nodes.

    Natural breaks: the partition of the sorted places with the least squared distance to the layers' means
    (Fisher 1958, JASA 53(284)), where what follows upon
    another rather gets a layer of its own. More layers are made where `layers` × `most` is not enough.
    """
    n = len(places)
    if n == 0:
        return []
    order = sorted(range(n), key=lambda one: (places[one], one))
    rank = {one: number for number, one in enumerate(order)}
    together = [[0.0] * (n + 1) for _ in range(n + 1)]
    for (one, other), weight in zip(edges, weights, strict=True):
        low, high = sorted((rank[one], rank[other]))
        for start in range(low + 1 if low < high else 0):
            together[start][high] += weight
    sums, squares = [0.0], [0.0]
    for one in order:
        sums.append(sums[-1] + places[one])
        squares.append(squares[-1] + places[one] ** 2)

    def spread(start: int, end: int) -> float:
        total = sums[end] - sums[start]
        linked = sum(together[start][start + 1 : end])
        return max(squares[end] - squares[start] - total * total / (end - start), 0.0) + 2.0 * linked

    wanted = min(max(layers, -(-n // most)), n)
    best = [[float("inf")] * (n + 1) for _ in range(wanted + 1)]
    cut = [[0] * (n + 1) for _ in range(wanted + 1)]
    best[0][0] = 0.0
    for k in range(1, wanted + 1):
        for end in range(k, n + 1):
            for start in range(max(k - 1, end - most), end):
                # Layers of equal width are easier to read: a little for each node beyond the first.
                cost = best[k - 1][start] + spread(start, end) + 0.02 * (end - start - 1) ** 2
                if cost < best[k][end]:
                    best[k][end], cut[k][end] = cost, start
    found = [0] * n
    end = n
    for k in range(wanted, 0, -1):
        start = cut[k][end]
        for place in range(start, end):
            found[order[place]] = k - 1
        end = start
    return found


def arranged(layer: Sequence[int], edges: Sequence[Edge], weights: Sequence[float]) -> Arrangement:
    """The order within every layer, by igraph's Sugiyama layout.

    An edge that skips layers gets a place of its own in each of them. Edges that go back, or stay in a layer,
    pull on the order like any other but get no such places.
    Source: Sugiyama, Tagawa & Toda (1981), IEEE Transactions on Systems, Man, and Cybernetics 11(2).
    """
    from igraph import Graph

    count = len(layer)
    levels = list(layer)
    items: list[int] = list(range(count))
    links: list[Edge] = []
    strength: list[float] = []
    for number, (start, end) in enumerate(edges):
        if layer[start] == layer[end]:
            continue
        low, high = (start, end) if layer[start] < layer[end] else (end, start)
        before = low
        if low == start:
            for level in range(layer[low] + 1, layer[high]):
                levels.append(level)
                items.append(-1 - number)
                links.append((before, len(levels) - 1))
                before = len(levels) - 1
        if levels[high] - levels[before] == 1:
            links.append((before, high))
            strength += [weights[number]] * (len(links) - len(strength))
    strength += [1.0] * (len(links) - len(strength))
    across = [0.0] * len(levels)
    if links:
        graph = Graph(n=len(levels), edges=links, directed=True)
        found = graph.layout_sugiyama(layers=levels, weights=strength)
        across = [point[0] for point in found.coords[: len(levels)]]
    depth = max(levels, default=-1) + 1
    rows: list[list[tuple[float, int]]] = [[] for _ in range(depth)]
    for vertex, level in enumerate(levels):
        rows[level].append((across[vertex], vertex))
    return Arrangement(tuple(tuple(items[v] for _, v in sorted(row)) for row in rows), tuple(layer))
