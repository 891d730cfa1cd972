from __future__ import annotations

import ast
import re
from pathlib import Path

import peakend
from peakend.language import meant

SOURCE = Path(peakend.__file__).parent
# Half-width marks beside Chinese: code, addresses and lists of names are looked over by `without_code`.
HALF_WIDTH = re.compile(r"[一-鿿”][,;:?!(]|[,;?!)][一-鿿“]|[一-鿿] \(|\) [一-鿿]")


def without_code(text: str) -> str:
    return re.sub(r"`[^`]*`|\S*:(//|local)\S*|https?:\S*", "`", text)


def words(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(words(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def chinese_of(path: Path) -> list[str]:
    """The Chinese halves of what a module says: second arguments of Text, say and both."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return [
        words(call.args[1])
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"Text", "say", "both"} and len(call.args) == 2
    ]


def test_what_is_said_in_chinese_is_punctuated_as_chinese() -> None:
    said = {path.relative_to(SOURCE).as_posix(): chinese_of(path) for path in SOURCE.rglob("*.py")}
    assert sum(map(len, said.values())) > 500
    wrong = {
        (name, text)
        for name, texts in said.items()
        for text in texts
        if HALF_WIDTH.search(without_code(text))
    }
    assert wrong == set()


def test_the_scan_finds_half_width_punctuation() -> None:
    assert HALF_WIDTH.search(without_code("分值: 超出"))
    assert HALF_WIDTH.search(without_code("超出范围 (12)"))
    assert not HALF_WIDTH.search(without_code("分值：超出范围（“12”），见 `a, b`，duckdb:///文件.duckdb"))


def test_a_name_is_meant_by_its_beginning_its_spelling_or_a_part_of_it() -> None:
    known = ["nps_by_touchpoint", "letters", "csat_by_touchpoint", "nap"]
    assert meant("nps", known)[0] == "nps_by_touchpoint"
    assert meant("leters", known) == ["letters"]
    assert "csat_by_touchpoint" in meant("touchpoint", known)
    assert meant("zzzz", known) == []
    assert meant("", known) == []
