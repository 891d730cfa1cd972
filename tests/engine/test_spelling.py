from __future__ import annotations

import pytest
from sqlglot import exp, parse_one

from peakend.engine.spelling import everywhere, respelled


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("AVG(x)", "AVG(CAST(x AS DOUBLE))"),
        ("AVG(CAST(x AS DOUBLE))", "AVG(CAST(x AS DOUBLE))"),
        ("CORR(x, y)", "CORR(CAST(x AS DOUBLE), CAST(y AS DOUBLE))"),
        ("x / y", "CAST(x AS DOUBLE) / NULLIF(y, 0)"),
        ("x / 2", "CAST(x AS DOUBLE) / 2"),
        ("x / NULLIF(y, 0)", "CAST(x AS DOUBLE) / NULLIF(y, 0)"),
        ("x % y", "x % NULLIF(y, 0)"),
        ("LENGTH(x)", "CAST(LENGTH(x) AS BIGINT)"),
        ("SIGN(x)", "CASE WHEN x > 0 THEN 1 WHEN x < 0 THEN -1 WHEN x = 0 THEN 0 END"),
        ("AVG(a / AVG(b / c))", None),
    ],
)
def test_one_text_is_spelled_for_all(written: str, spelled: str | None) -> None:
    tree = parse_one(f"SELECT {written}", read="duckdb")
    before = tree.sql("duckdb")
    found = respelled(tree, everywhere).sql("duckdb")
    if spelled is not None:
        assert found == f"SELECT {spelled}"
    else:
        assert found.count("NULLIF") == 2, "what is inside a rewritten node is rewritten too"
    assert tree.sql("duckdb") == before


def test_the_root_may_be_rewritten() -> None:
    assert isinstance(respelled(parse_one("LENGTH(x)", read="duckdb"), everywhere), exp.Cast)
