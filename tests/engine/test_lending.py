from __future__ import annotations

import gc

from sqlglot import exp

from peakend.engine.lending import Lender


def test_a_name_comes_back_when_the_last_copy_of_its_node_is_gone() -> None:
    lender = Lender()
    node = lender.lend("a", exp.to_table("a"))
    tree = exp.select("*").from_(exp.alias_(node, "t", table=True))
    copy = tree.copy()
    del node, tree
    gc.collect()
    assert lender.returned() == []
    del copy
    gc.collect()
    assert lender.returned() == ["a"]
    assert lender.returned() == []
