from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pytest

import peakend as pk

if TYPE_CHECKING:
    from pathlib import Path


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


@pytest.fixture
def twice(tmp_path: Path) -> str:
    """Eight people, each known to two sources by the same e-mail address."""
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    names = ["Ann Lee", "Bob Stone", "李雷", "韩梅梅", "Carl Max", "Dora Hill", "Eve Moss", "Finn Lane"]
    with pk.open(url) as workspace:
        for source in ("crm", "web"):
            ids = [f"{source}{number}" for number in range(8)]
            years = [1980 + number for number in range(8)]
            people = {"customer_id": ids, "name": names, "birth_year": years, "city": ["X", "Y"] * 4}
            emails = [f"person{number}@acme.cn" for number in range(8)]
            workspace.add("customers", pa.table(people), source=source)
            identities = {"customer_id": ids, "kind": ["email"] * 8, "value": emails}
            workspace.add("identities", pa.table(identities), source=source)
    return url


def merges(peakend: Peakend, url: str, *more: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(
        peakend("identity", "merges", "-w", url, "--json", *more).out
    )
    return listed


def test_a_dry_run_shows_the_pairs_of_every_block_and_writes_nothing(peakend: Peakend, twice: str) -> None:
    said = peakend("identity", "link", "-w", twice, "--dry-run")
    assert said.code == 0, said.err
    assert "Block e-mail: 8 pairs" in said.err
    assert "Nothing was written" in said.out
    assert merges(peakend, twice) == []
    assert "没有合并过客户" in peakend("identity", "merges", "-w", twice, "--lang", "zh").out


def test_customers_are_linked_listed_and_taken_apart_again(peakend: Peakend, twice: str) -> None:
    said = json.loads(peakend("identity", "link", "-w", twice, "--json").out)
    assert len(said["merges"]) == 8
    first = merges(peakend, twice)[0]
    undone = peakend(
        "identity", "undo", str(first["merge_id"]), "-w", twice, "--because", "two people", "--by", "me"
    )
    assert undone.code == 0, undone.err
    assert len(merges(peakend, twice)) == 7
    everyone = {row["merge_id"]: row for row in merges(peakend, twice, "--all")}
    assert everyone[first["merge_id"]]["undone_by"] == "me"
    assert everyone[first["merge_id"]]["undone_because"] == "two people"


def test_two_records_are_merged_by_hand(peakend: Peakend, twice: str) -> None:
    assert "Merged: " in peakend("identity", "merge", "crm1", "web1", "-w", twice, "--by", "me").out
    (row,) = merges(peakend, twice)
    assert (row["method"], row["decided_by"]) == ("manual", "me")


def test_what_is_not_there_cannot_be_merged_or_undone(peakend: Peakend, twice: str) -> None:
    for arguments in (["merge", "crm1", "nobody"], ["undo", "nothing"]):
        said = peakend("identity", *arguments, "-w", twice)
        assert said.code == 2
        assert "Traceback" not in said.err
