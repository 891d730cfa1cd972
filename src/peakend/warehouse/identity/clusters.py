"""From pairs to groups: connected components, and groups that keep apart who must not be one customer.

Greedy agglomeration under cannot-link constraints: pairs are joined in falling order of strength, and a pair
that would put two records that exclude each other into one group is left out (constrained clustering,
Wagstaff et al. 2001). The pairs joined are a maximum spanning forest (Kruskal 1956), so each can be undone
by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(slots=True)
class _Groups:
    """Disjoint sets; the representative of a set is its smallest member."""

    parent: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)

    def root(self, item: str) -> str:
        parent = self.parent.setdefault(item, item)
        while parent != item:
            above = self.parent[parent]
            self.parent[item] = above
            item, parent = parent, above
        return item

    def group(self, root: str) -> list[str]:
        return self.members.get(root) or [root]

    def join(self, first: str, second: str) -> None:
        low, high = sorted((self.root(first), self.root(second)))
        if low == high:
            return
        self.parent[high] = low
        self.members[low] = [*self.group(low), *self.group(high)]
        self.members.pop(high, None)


def components(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The smallest member of everybody's connected component; whoever is in no pair is not listed."""
    groups = _Groups()
    for first, second in pairs:
        groups.join(first, second)
    return {item: groups.root(item) for item in list(groups.parent)}


@dataclass(frozen=True, slots=True)
class Edge:
    """Two records with the strength of the evidence that they are one (larger is stronger)."""

    first: str
    second: str
    strength: float


def joined_edges(
    edges: Iterable[Edge], excluded: Iterable[tuple[str, str]], already: Iterable[tuple[str, str]] = ()
) -> tuple[Sequence[Edge], Sequence[Edge]]:
    """(joined, left out): edges that build the groups, and edges that would join two `excluded` records.

    Pairs `already` joined stay so, whatever `excluded` says. An edge within a group it does not build is in
    neither. The result does not depend on the order of any argument: ties are broken by the ids.
    """
    groups = _Groups()
    for first, second in already:
        groups.join(first, second)
    apart: dict[str, set[str]] = {}
    for first, second in excluded:
        apart.setdefault(first, set()).add(second)
        apart.setdefault(second, set()).add(first)
    joined, left_out = [], []
    for edge in sorted(edges, key=_order):
        one, other = groups.root(edge.first), groups.root(edge.second)
        if one == other:
            continue
        if _exclude(groups, apart, one, other):
            left_out.append(edge)
            continue
        groups.join(edge.first, edge.second)
        joined.append(edge)
    return joined, left_out


def _order(edge: Edge) -> tuple[float, str, str]:
    low, high = sorted((edge.first, edge.second))
    return (-edge.strength, low, high)


def _exclude(groups: _Groups, apart: Mapping[str, set[str]], one: str, other: str) -> bool:
    small, large = sorted((groups.group(one), groups.group(other)), key=len)
    within = set(large)
    return any(not within.isdisjoint(apart.get(member, ())) for member in small)
