"""Groups grow from the strongest pairs, and keep apart who must stay apart."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from peakend.warehouse.identity.clusters import Edge, components, joined_edges

PAIRS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=12)


@given(pairs=PAIRS)
def test_components_are_named_by_their_smallest_member_in_any_order(pairs: list[tuple[str, str]]) -> None:
    found = components(pairs)
    assert components(list(reversed(pairs))) == found
    assert all(found[a] == found[b] for a, b in pairs)
    assert all(root <= member for member, root in found.items())


def test_the_pairs_joined_are_a_spanning_forest_of_the_strongest() -> None:
    edges = [Edge("a", "b", 0.99), Edge("b", "c", 0.98), Edge("a", "c", 0.9)]
    joined, left_out = joined_edges(edges, [])
    assert [(edge.first, edge.second) for edge in joined] == [("a", "b"), ("b", "c")]
    assert not left_out


def test_a_weak_pair_does_not_bring_two_people_together() -> None:
    edges = [Edge("john", "j", 0.99), Edge("j", "jane", 0.95)]
    joined, left_out = joined_edges(edges, [("jane", "john")])
    assert [edge.second for edge in joined] == ["j"]
    assert [edge.second for edge in left_out] == ["jane"]


def test_the_result_does_not_depend_on_the_order_of_the_pairs() -> None:
    edges = [Edge("a", "b", 0.9), Edge("b", "c", 0.9), Edge("c", "d", 0.9), Edge("a", "d", 0.95)]
    results = {
        tuple((edge.first, edge.second) for edge in joined_edges(order, [("a", "c")])[0])
        for order in permutations(edges)
    }
    assert len(results) == 1


def test_what_is_merged_already_stays_merged() -> None:
    joined, left_out = joined_edges([Edge("b", "c", 0.9)], [("a", "c")], already=[("a", "b")])
    assert not joined
    assert [edge.second for edge in left_out] == ["c"]
