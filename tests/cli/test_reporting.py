from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pytest

from peakend.demo import shipped

if TYPE_CHECKING:
    from pathlib import Path


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


@pytest.fixture
def simulated(peakend: Peakend, tmp_path: Path) -> str:
    url = f"duckdb:///{tmp_path / 's.duckdb'}"
    said = peakend("simulate", "retailer", "--customers", "300", "--months", "6", "--into", url)
    assert said.code == 0, said.err
    assert "Simulated retailer with 300 customers" in said.out
    return url


def test_a_simulated_company_is_analysed_and_reported_in_the_language_asked_for(
    peakend: Peakend, simulated: str, tmp_path: Path
) -> None:
    assert peakend("report", "-w", simulated, "--out", str(tmp_path / "r.html")).code == 2
    assert peakend("run", "-w", simulated).code == 0
    page, sheet = tmp_path / "r.html", tmp_path / "r.xlsx"
    said = peakend("report", "-w", simulated, "--lang", "zh", "--out", str(page), "--xlsx", str(sheet))
    assert said.code == 0, said.err
    assert f"已生成：{page}" in said.out
    assert 'lang="zh' in page.read_text("utf-8")
    assert sheet.read_bytes().startswith(b"PK")


def test_a_simulation_never_mixes_with_what_is_there(peakend: Peakend, simulated: str) -> None:
    assert peakend("simulate", "bank", "--customers", "10", "--into", simulated).code == 2
    again = [
        "simulate",
        "bank",
        "--customers",
        "10",
        "--into",
        simulated,
        "--replace",
        "--without",
        "tier_gap",
    ]
    assert "without tier_gap" in peakend(*again).out


def test_a_wrong_wish_is_answered_with_what_there_is(peakend: Peakend, tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 's.duckdb'}"
    said = peakend("simulate", "circus", "--into", url)
    assert said.code == 2
    assert "retailer" in said.err
    assert peakend("simulate", "bank", "--customers", "0", "--into", url).code == 2
    assert peakend("simulate", "bank", "--without", "gravity", "--into", url).code == 2
    assert "tier_gap" in peakend("simulate", "--mechanisms").out


def test_the_demonstration_loads_runs_and_writes_a_report_in_both_languages(
    peakend: Peakend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "sales.csv").write_text(
        "id,who,when,amount\n"
        + "".join(f"{n},c{n % 40},2024-01-{1 + n % 28:02},{n}.50\n" for n in range(200)),
        "utf-8",
    )
    (data / "mapping.yaml").write_text(
        "source: small\nfiles:\n  - match: sales\n    tables:\n      transactions:\n        columns:\n"
        "          {transaction_id: id, order_id: id, customer_id: who, at: when, revenue: amount,"
        " quantity: {value: '1'}, kind: {value: sale}, currency: {value: CNY}}\n",
        "utf-8",
    )
    monkeypatch.setattr(shipped, "shipped_folder", lambda name: data)
    monkeypatch.setattr(shipped, "SHIPPED", shipped.SHIPPED[:1])
    for _ in range(2):
        said = peakend("demo", "--out", str(tmp_path / "out"))
        assert said.code == 0, said.err
    assert "Transactions (transactions)" in said.out
    for language in ("en", "zh"):
        page = tmp_path / "out" / f"report-{language}.html"
        assert page.as_uri() in said.out
        assert f'lang="{language}' in page.read_text("utf-8")
    url = f"duckdb:///{tmp_path / 'out' / 'demo.duckdb'}"
    runs = {a["name"]: a["last_run"]["status"] for a in json.loads(peakend("list", "-w", url, "--json").out)}
    assert runs["rfm"] == "done"
    assert runs["scores"] == "skipped"
