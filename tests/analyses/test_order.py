from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.analyses.errors import CatalogueError
from peakend.analyses.order import ordered, with_upstream
from peakend.declaration import Analysis, ResultTable
from peakend.language import Text


def analysis(name: str, *needs: str, uses: tuple[str, ...] = ()) -> Analysis:
    table = ResultTable(f"{name}_t", (), (), Text(name, name))
    text = Text(name, name)
    return Analysis(name, 1, "data", text, text, needs, (table,), lambda _: {}, uses=uses)


def names(analyses: tuple[Analysis, ...]) -> list[str]:
    return [a.name for a in analyses]


def test_an_analysis_runs_after_those_whose_results_it_needs_or_uses() -> None:
    declared = [analysis("c", "b_t"), analysis("b", uses=("a_t",)), analysis("a", "customers")]
    assert names(ordered(declared)) == ["a", "b", "c"]


def test_where_needs_leave_it_open_the_declared_order_stays() -> None:
    declared = [analysis("z"), analysis("m", "a_t"), analysis("b"), analysis("a"), analysis("c")]
    assert names(ordered(declared)) == ["z", "b", "a", "m", "c"]


def test_a_circle_of_needs_is_an_error_that_names_it_in_both_languages() -> None:
    declared = [analysis("a", "c_t"), analysis("b", "a_t"), analysis("c", "b_t"), analysis("d")]
    with pytest.raises(CatalogueError) as caught:
        ordered(declared)
    cycle = caught.value.data["cycle"]
    assert isinstance(cycle, tuple)
    assert set(cycle) == {"a", "b", "c"}
    assert cycle[0] == cycle[-1]
    assert " → ".join(cycle) in caught.value.in_("en")
    assert "循环" in caught.value.in_("zh")


def test_an_analysis_that_needs_its_own_result_is_a_circle() -> None:
    with pytest.raises(CatalogueError):
        ordered([analysis("a", "a_t")])


def test_a_named_analysis_brings_those_it_needs_directly_and_indirectly() -> None:
    declared = ordered([analysis("a"), analysis("b", "a_t"), analysis("c", "b_t"), analysis("d", "a_t")])
    assert names(with_upstream(declared, {"c"})) == ["a", "b", "c"]


@given(st.data())
def test_any_declaration_without_circles_can_be_ordered(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    edges = {n: data.draw(st.sets(st.integers(0, n - 1))) if n else set() for n in range(count)}
    declared = [analysis(f"n{n}", *(f"n{m}_t" for m in sorted(edges[n]))) for n in range(count)]
    shuffled = data.draw(st.permutations(declared))
    place = {name: number for number, name in enumerate(names(ordered(shuffled)))}
    assert len(place) == count
    assert all(place[f"n{m}"] < place[f"n{n}"] for n in edges for m in edges[n])
