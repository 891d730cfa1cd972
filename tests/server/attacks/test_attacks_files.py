"""No cell of any file of the site is run by a spreadsheet, whatever somebody wrote; file names are safe."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.web.downloads import FORMULA, bare, guarded
from server.attacks.filling import clients, filled, populated, readers

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?")


def run_by_a_spreadsheet(cell: str) -> bool:
    return cell.startswith(FORMULA) and NUMBER.fullmatch(cell) is None


def cells_of(kind: str, content: bytes) -> list[str]:
    """Cells of a CSV that a spreadsheet would run, or formulas of a workbook."""
    if "csv" in kind:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return [cell for row in rows for cell in row if run_by_a_spreadsheet(cell)]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        found = []
        for name in book.namelist():
            text = book.read(name)
            if name.endswith(".csv"):
                found += cells_of("csv", text)
            elif name.startswith("xl/") and re.search(rb"<f[ >]|<hyperlink ", text):
                found.append(name)
        return found


def test_no_cell_of_any_file_is_a_formula(
    company: Company, client_of: Callable[..., Client], faults: list[str]
) -> None:
    known = populated(company)
    signs = ("=", "+", "-", "@", "\t=", "\r=", "＝")
    filled(lambda n: f"{signs[n % len(signs)]}HYPERLINK(0)+cmd|' /C calc'!A{n}")
    of, problems = clients(client_of), []
    files: dict[str, int] = {"csv": 0, "zip": 0}
    attacked = 0
    for route, path, who in readers(known):
        # An address that gives files says so when it is asked for one; others do not know the question.
        for form in ("csv", "xlsx"):
            faults.clear()
            response = of(who).get(path, {"file": form})
            if response.status_code >= 500:
                problems.append(f"{route.name}?file={form}: {faults}")
            kind = response.headers.get("Content-Type", "")
            if "csv" not in kind and "spreadsheet" not in kind and "zip" not in kind:
                break
            content = b"".join(response.streaming_content) if response.streaming else response.content
            problems += [f"{route.name}?file={form}: {cell[:60]}" for cell in cells_of(kind, content)]
            attacked += b"HYPERLINK" in content
            files["csv" if "csv" in kind else "zip"] += 1
            told = response.headers.get("Content-Disposition", "")
            if re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', told) is None:
                problems.append(f"{route.name}: {told}")
            if response.headers.get("X-Content-Type-Options") != "nosniff":
                problems.append(f"{route.name}: may be sniffed")
    assert files["csv"] >= 7, files
    assert files["zip"] >= 2, files
    assert attacked >= 3
    assert not problems, "\n".join(problems)


def test_there_is_one_guard() -> None:
    """Whoever writes a table writes it through `web.downloads`."""
    from pathlib import Path

    import peakend.server

    root = Path(peakend.server.__file__).parent
    others = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "csv.writer" in path.read_text("utf-8") and path.name != "downloads.py"
    ]
    assert others == []


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x"]
)
def test_a_guarded_cell_begins_with_an_apostrophe_and_comes_back(words: str) -> None:
    cell = str(guarded(words))
    assert not run_by_a_spreadsheet(cell)
    assert bare(cell) == words


@pytest.mark.parametrize("value", [-1, -1.5, 0, None, "a=1", "'quoted'", " =x"])
def test_numbers_and_plain_words_stay(value: Any) -> None:
    assert guarded(value) == value
