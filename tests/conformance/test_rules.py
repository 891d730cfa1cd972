"""The approved form of every rule gives the same cells on all engines, and the banned form is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlglot import exp

from conformance.compare import differences
from conformance.data import ROWS, events
from conformance.rules import RULES, Rule
from engines import SERVERS, only
from peakend.engine import EngineError, PortabilityError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from peakend.engine import Engine

_expected: dict[str, pa.Table] = {}


def run(engine: Engine, rule: Rule) -> pa.Table:
    return engine.query(rule.approved, rule.params, e=engine.table("events")).to_arrow()


def expected(with_events: Callable[[str], Engine], rule: Rule) -> pa.Table:
    """What DuckDB gives; computed once for all engines."""
    if rule.name not in _expected:
        _expected[rule.name] = run(with_events("duckdb"), rule)
    return _expected[rule.name]


def test_the_data_have_what_engines_disagree_on() -> None:
    data = events()
    assert data.num_rows == ROWS >= 100_000
    assert data.group_by(["customer_id", "at"]).aggregate([]).num_rows < ROWS * 0.95
    assert all(data[name].null_count > 100 for name in ("customer_id", "amount", "score", "touchpoint"))
    assert data == events()


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_approved_form_agrees_with_duckdb(
    with_events: Callable[[str], Engine], rule: Rule, name: str
) -> None:
    found = run(with_events(name), rule)
    assert found.num_rows > 0
    assert differences(found, expected(with_events, rule)) == []


@pytest.mark.parametrize("rule", [r for r in RULES if r.banned], ids=lambda rule: rule.name)
def test_the_banned_form_is_refused(with_events: Callable[[str], Engine], rule: Rule) -> None:
    engine = with_events("duckdb")
    with pytest.raises(PortabilityError):
        engine.query(rule.banned or "", rule.params, e=engine.table("events"))


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        pytest.param(
            rule, rule.respelled, id=f"{rule.name}-{rule.respelled}", marks=only(rule.respelled).marks
        )
        for rule in RULES
        if rule.respelled
    ],
)
def test_without_respelling_the_approved_form_would_differ(
    with_events: Callable[[str], Engine], rule: Rule, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = with_events(name)
    right = expected(with_events, rule)
    monkeypatch.setattr(type(engine), "respell", _as_written)
    try:
        found = run(engine, rule)
    except EngineError:
        return
    assert differences(found, right)


def _as_written(engine: Engine, node: exp.Expr) -> exp.Expr:
    """No rewriting; and a sort key means what the engine takes it for when the text says nothing of nulls."""
    if isinstance(node, exp.Ordered):
        node.set("nulls_first", bool(node.args.get("desc")) is (engine.dialect == "postgres"))
    return node
