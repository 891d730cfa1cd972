"""CSV files that people upload: read by content, whatever they are called."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from peakend.language import Text
from peakend.server.acting.errors import InvalidError
from peakend.server.web.downloads import bare

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
_COLUMNS: dict[str, tuple[str, ...]] = {
    "customers": ("customer_id", "name", "email", "phone", "language", "tier", "site"),
    "interactions": (
        *("event_id", "at", "customer_id", "touchpoint", "kind", "channel", "site", "team", "employee_id"),
        "outcome",
    ),
    "consents": ("customer_id", "purpose", "status", "channel", "source", "at"),
    "invitations": ("customer_id", "name", "email", "phone", "language", "site"),
}
_NEEDED = {
    "customers": ("customer_id",),
    "interactions": ("event_id", "at"),
    "consents": ("customer_id", "purpose", "status"),
    "invitations": ("customer_id",),
}


@dataclass(frozen=True, slots=True)
class File:
    """The rows of a file by column, and the columns nobody knows."""

    rows: list[dict[str, Any]]
    ignored: list[str]


def columns(kind: str) -> tuple[str, ...]:
    """The columns of a file of `kind`; any `attributes.<name>` may stand beside them."""
    return _COLUMNS[kind]


def parsed(kind: str, content: bytes) -> File:
    """The rows in `content`; `InvalidError` says what is wrong with the file as a whole.

    UTF-8, or GB 18030 as Chinese spreadsheets write; comma, semicolon or tab.
    """
    if kind not in _COLUMNS:
        raise InvalidError(Text("Choose what the file holds.", "请选择文件内容的类型。"))
    if len(content) > MOST_BYTES:
        raise InvalidError(
            Text("The file is larger than 5 MB.", "文件超过 5 MB。"),
            Text("Split it, or use the API.", "请拆分文件，或使用 API。"),
        )
    text = _decoded(content)
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise _no_table() from error
    if not lines:
        raise _no_table()
    names = [name.strip().lower() for name in lines[0]]
    missing = [name for name in _NEEDED[kind] if name not in names]
    if missing or len(set(names)) != len(names):
        listed = ", ".join(missing or _COLUMNS[kind])
        raise InvalidError(
            Text(f"The first row must name the columns, among them: {listed}.",
                 f"第一行须为列名，且须包含：{listed}。"),
            Text("Start from the sample file on this page.", "请从本页的样例文件开始。"),
        )  # fmt: skip
    if len(lines) - 1 > MOST_ROWS:
        raise InvalidError(
            Text(f"The file has more than {MOST_ROWS:,} rows.", f"文件超过 {MOST_ROWS:,} 行。"),
            Text("Split it, or use the API.", "请拆分文件，或使用 API。"),
        )
    known = {*_COLUMNS[kind]}
    return File(
        [_row(names, line, known) for line in lines[1:]],
        [name for name in names if name not in known and not name.startswith("attributes.")][:20],
    )


def _row(names: list[str], line: list[str], known: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    attributes: dict[str, str] = {}
    for name, written in zip(names, line, strict=False):
        cell = bare(written.strip())
        if name in known and cell:
            found[name] = cell
        elif name.startswith("attributes.") and cell:
            attributes[name.removeprefix("attributes.")] = cell
    return found | ({"attributes": attributes} if attributes else {})


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise _no_table()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_table()


def _no_table() -> InvalidError:
    return InvalidError(
        Text("This is not a CSV file.", "这不是 CSV 文件。"),
        Text("Save the sheet as CSV (UTF-8) and upload it again.", "请将表格另存为 CSV（UTF-8）后重新上传。"),
    )
