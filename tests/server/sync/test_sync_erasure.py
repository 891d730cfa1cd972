"""After an erasure nothing in the warehouse, its bookkeeping, its copies or its file tells who it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from peakend.server.sync import erasure, snapshots, syncing
from peakend.server.sync.models import AnalysisRun, ErasureInWarehouse
from peakend.server.sync.opening import opened
from peakend.server.sync.signals import erased_in_warehouse
from peakend.warehouse.warehouse import Warehouse
from peakend.workspace import Workspace
from server.sync.conftest import customer_of, rows_of

pytestmark = pytest.mark.django_db
MARKS = (b"Zhu Erased", b"zhu@example.com", b"+8613999999999", b"ZHU-77", b"my name is zhu")


@pytest.fixture
def known(answered: Callable[..., Any], home: Any) -> Any:
    """A customer who answered, was changed, bought, was refused a row and was merged; and others."""
    from peakend.warehouse.identity.merges import merge_customers

    customer = customer_of("ZHU-77", name="Zhu Old", email="zhu@example.com", phone="+8613999999999")
    answered(8)
    mine = answered(2, seed=9, customer=customer)
    for one in mine:
        one.answers["why"] = {"state": "answered", "text": "my name is zhu and it was cold"}
        one.save()
    syncing.sync()
    customer.name = "Zhu Erased"
    customer.save()
    syncing.sync()
    with opened() as engine:
        workspace = Workspace(Warehouse(engine))
        sale = {
            "transaction_id": ["T1", "T2"],
            "customer_id": ["ZHU-77", "C-1-0"],
            "at": pa.array([1_700_000_000_000_000] * 2, pa.timestamp("us")),
            "kind": ["sale", "sale"],
            "revenue": ["10.00", "20.00"],
            "currency": ["CNY", "CNY"],
            "note": ["for zhu@example.com", "x"],
        }
        workspace.add("transactions", pa.table(sale))
        bad = {**sale, "transaction_id": ["T3", "T4"], "kind": ["gift to zhu@example.com", "sale"]}
        workspace.add("transactions", pa.table(bad), source="bad")
        engine.create("clv_by_customer", pa.schema([("customer_id", pa.string()), ("value", pa.float64())]))
        engine.insert("clv_by_customer", pa.table({"customer_id": ["ZHU-77", "C-1-0"], "value": [1.0, 2.0]}))
        merge_customers(engine, "ZHU-77", "C-1-7", decided_by="test")
        assert engine.has_table("row_history")
        assert engine.has_table("refused_rows")
    snapshots.publish(force=True)
    return customer


def files_of(home: Any) -> dict[Path, bytes]:
    """Every file of the home."""
    return {path: path.read_bytes() for path in home.folder.rglob("*") if path.is_file()}


def test_nothing_is_left_anywhere(known: Any, home: Any) -> None:
    before = files_of(home)
    assert any(b"Zhu Erased" in content for content in before.values())
    with opened() as engine:
        revenue = sum(row["revenue"] for row in rows_of(engine, "transactions"))
        answers = len(rows_of(engine, "answers"))
    proof = erasure.erase("ZHU-77")
    assert proof["found"] == {}
    assert proof["searched"] > 50
    assert proof["rows"]["customers"] >= 1
    assert proof["rows"]["refused_rows"] == 1
    for path, content in files_of(home).items():
        for mark in MARKS:
            assert mark not in content, f"{mark!r} stands in {path.name}"
    with opened() as engine:
        # What happened stays: money and scores add up as before.
        assert sum(row["revenue"] for row in rows_of(engine, "transactions")) == revenue
        assert len(rows_of(engine, "answers")) == answers
        assert len(rows_of(engine, "responses")) == 10
        assert {row["response_id"] for row in rows_of(engine, "responses") if row["customer_id"] is None} >= {
            "r9-0",
            "r9-1",
        }
        # Others are untouched.
        assert "C-1-0" in {row["customer_id"] for row in rows_of(engine, "clv_by_customer")}
        assert "C-1-0" in {row["customer_id"] for row in rows_of(engine, "customers")}
    assert len(list(home.snapshots.glob("*.duckdb"))) == 1
    again = erasure.erase("ZHU-77")
    assert (again["rows"], again["found"]) == ({}, {})


def test_the_next_sync_does_not_bring_them_back(known: Any, home: Any) -> None:
    from peakend.server.answering.models import Response
    from peakend.server.customers.models import Customer

    Response.objects.filter(customer=known).update(customer=None)
    Customer.objects.filter(pk=known.pk).update(
        customer_id=f"erased-{known.pk}", name="", email="", phone="", erased_at="2026-01-01T00:00:00Z"
    )
    erasure.erase("ZHU-77", ["zhu@example.com"])
    syncing.resync(["customers", "cases", "interactions", "consents"])
    syncing.sync()
    for path, content in files_of(home).items():
        assert b"zhu@example.com" not in content, path.name
        assert b"Zhu Erased" not in content, path.name


def test_a_queued_erasure_is_proven_told_and_then_forgets_whom(known: Any) -> None:
    heard: list[tuple[str, str, dict[str, Any]]] = []

    def hear(erasure: ErasureInWarehouse, **_: object) -> None:
        heard.append((erasure.customer_id, erasure.reference, erasure.proof["found"]))

    erased_in_warehouse.connect(hear)
    try:
        erasure.queue_erasure("ZHU-77", reference="R1", clues=["Zhu Erased"])
        assert erasure.erase_due() == 1
        assert erasure.erase_due() == 0
    finally:
        erased_in_warehouse.disconnect(hear)
    assert heard == [("ZHU-77", "R1", {})]
    row = ErasureInWarehouse.objects.get()
    assert (row.customer_id, row.clues, row.due_at) == ("", [], None)
    assert row.proof["rows"]["customers"] >= 1
    assert AnalysisRun.objects.filter(status="waiting").count() == 1


def test_what_cannot_be_proven_is_tried_again(known: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = {"rows": {}, "searched": 1, "found": {"x.y": 1}}
    monkeypatch.setattr(erasure, "erase", lambda *_: proof)
    erasure.queue_erasure("ZHU-77")
    erasure.erase_due()
    row = ErasureInWarehouse.objects.get()
    assert row.done_at is None
    assert row.customer_id == "ZHU-77"
    assert "x.y" in row.failure
    assert row.due_at is not None
