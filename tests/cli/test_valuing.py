"""`peakend value`: enter, approve, reject, list; what is posted appears in profit."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pytest

from peakend.value.profit.entering import DecisionError, EntryError, NewEntry, decide, enter
from peakend.workspace import open_workspace

if TYPE_CHECKING:
    from pathlib import Path


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


@pytest.fixture
def shop(tmp_path: Path) -> str:
    url = f"duckdb:///{tmp_path / 'shop.duckdb'}"
    sold: dict[str, Any] = {
        "transaction_id": ["t1"],
        "customer_id": ["a"],
        "at": [datetime(2024, 3, 10)],
        "kind": ["sale"],
        "revenue": [Decimal("10.00")],
        "cost": [Decimal("4.00")],
        "currency": ["EUR"],
    }
    with open_workspace(url) as workspace:
        workspace.add("customers", pa.table({"customer_id": ["a"]}))
        workspace.add("transactions", pa.table(sold))
    return url


def _profit(peakend: Peakend, url: str) -> Decimal:
    assert peakend("run", "--only", "customer_profit", "-w", url).code == 0
    with open_workspace(url, read_only=True) as workspace:
        return workspace.table("customer_profit").to_arrow()["profit"][0].as_py()


def test_a_posted_line_appears_and_a_rejected_one_does_not(peakend: Peakend, shop: str) -> None:
    options = ("-c", "a", "--at", "2024-03-12", "--by", "li", "-w", shop)
    keys = []
    for what in (("value", "referral", "5"), ("cost", "retention", "2.50")):
        said = peakend("value", "enter", *what, *options)
        assert said.code == 0, said.err
        keys.append(said.out.split()[1].rstrip("."))
    assert _profit(peakend, shop) == 6
    own = peakend("value", "approve", keys[0], "--by", " LI", "-w", shop)
    assert own.code == 2
    assert "cannot decide" in own.err
    assert peakend("value", "approve", keys[0], "--by", "wang", "-w", shop).code == 0
    assert peakend("value", "reject", keys[1], "--by", "wang", "--reason", "twice", "-w", shop).code == 0
    assert _profit(peakend, shop) == 11
    listed = json.loads(peakend("value", "list", "--json", "-w", shop).out)
    assert {row["entry_id"]: (row["status"], row["decided_by"], row["reason"]) for row in listed} == {
        keys[0]: ("posted", "wang", None),
        keys[1]: ("rejected", "wang", "twice"),
    }
    assert keys[1] in peakend("value", "list", "--status", "rejected", "-w", shop).out
    assert keys[0] not in peakend("value", "list", "--status", "rejected", "-w", shop).out
    assert peakend("value", "reject", keys[0], "--by", "wang", "-w", shop).code == 0
    assert _profit(peakend, shop) == 6
    again = peakend("value", "reject", keys[0], "--by", "wang", "-w", shop, "--lang", "zh")
    assert again.code == 2
    assert "已是" in again.err


def test_mistakes_of_entering_are_sentences(peakend: Peakend, shop: str) -> None:
    for arguments, word in (
        (("cost", "referral", "5"), "one of product, service"),
        (("money", "other", "5"), "neither value nor cost"),
        (("cost", "other", "5,0"), "up to four places"),
        (("cost", "other", "0.00001"), "up to four places"),
        (("cost", "other", "5", "-c", "nobody"), "no such row in customers"),
        (("cost", "other", "5", "--product", "p"), "no such row in products"),
        (("cost", "other", "5", "--currency", "euro"), "three capitals"),
    ):
        said = peakend("value", "enter", *arguments, "-w", shop)
        assert said.code == 2, arguments
        assert word in " ".join(said.err.split()), said.err
    assert peakend("value", "approve", "nothing", "-w", shop).code == 2
    assert json.loads(peakend("value", "list", "--json", "-w", shop).out) == []


def test_entering_from_python(shop: str) -> None:
    with open_workspace(shop) as workspace:
        campaign = NewEntry("cost", "acquisition", Decimal(900), "li", channel="web")
        key = enter(workspace, campaign)
        decide(workspace, key, "posted", by="wang")
        with pytest.raises(DecisionError):
            decide(workspace, key, "posted", by="wang")
        with pytest.raises(EntryError):
            decide(workspace, key, "perhaps", by="wang")
        with pytest.raises(EntryError):
            enter(workspace, NewEntry("value", "other", "1", " "))
        kept = workspace.table("cost_entries").to_arrow().to_pylist()[0]
        assert (kept["source"], kept["status"], kept["currency"]) == ("entry", "pending", "EUR")
