"""The documentation: complete in both languages, its links lead somewhere, and what it shows is true."""

from __future__ import annotations

import ast
import re
import shlex
import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pytest
import yaml

import peakend as pk
from peakend.analyses.catalogue import BOOKKEEPING
from peakend.cli.commands import command
from peakend.language import LANGUAGES
from peakend.warehouse.mapping import load_mapping
from peakend.warehouse.readers import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(path for language in LANGUAGES for path in (DOCS / language).rglob("*.md"))
GENERATED = {"tables.md", "results.md", "api.md"}
# What stands around an excerpt so that it is a whole mapping: `{}` is the excerpt, indented.
AROUND = {
    "top": ("{}", 0),
    "file": ("files:\n  - match: data\n{}", 4),
    "tables": ("files:\n  - match: data\n    tables:\n{}", 6),
    "columns": ("files:\n  - match: data\n    tables:\n      {table}:\n        columns:\n{}", 10),
    "survey": ("files:\n  - match: data\n    survey:\n{}", 6),
}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: `kind` is the first word after the fence, `words` the others."""

    page: Path
    line: int
    kind: str
    words: tuple[str, ...]
    text: str

    @property
    def file(self) -> str | None:
        """Where the block says its text is to lie."""
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), None)

    def __str__(self) -> str:
        return f"{named(self.page)}:{self.line}"


def named(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


def blocks(page: Path) -> list[Block]:
    found = []
    text = page.read_text("utf-8")
    for match in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, match[1], tuple(match[2].split()), match[3]))
    return found


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


BLOCKS = [block for page in PAGES for block in blocks(page)]
MAPPINGS = [block for block in BLOCKS if block.kind == "yaml" and block.words[:1] == ("mapping",)]
RUNNABLE = [block for block in BLOCKS if block.kind == "python" and block.words[:1] == ("run",)]


def test_both_languages_have_the_same_pages() -> None:
    english, chinese = (
        {p.relative_to(DOCS / language) for p in PAGES if p.is_relative_to(DOCS / language)}
        for language in LANGUAGES
    )
    assert english == chinese
    assert {Path("index.md"), Path("mapping.md"), Path("commands.md"), Path("python.md")} <= english


def anchors(page: Path) -> set[str]:
    """The fragments that a heading of the page answers to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, fragment = target.partition("#")
        aim = page.parent / place if place else page
        if not aim.exists() or (fragment and fragment not in anchors(aim)):
            dead.append(target)
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_names_a_place_of_one_machine(page: Path) -> None:
    assert not re.findall(r"/(?:work|tmp|home|root|Users|mnt)/\S*|localhost:\d+", page.read_text("utf-8"))


@pytest.mark.parametrize("page", [p for p in PAGES if p.is_relative_to(DOCS / "zh")], ids=named)
def test_chinese_is_punctuated_as_chinese(page: Path) -> None:
    text = re.sub(r"`[^`]*`", "`", prose(page))
    assert not re.findall(r".{0,10}[一-鿿][,;:?!].{0,10}", text)


def test_pages_made_from_data_are_current() -> None:
    spec = spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = module_from_spec(spec)
    spec.loader.exec_module(generate)
    made: dict[Path, str] = generate.pages()
    stale = [named(path) for path, text in made.items() if path.read_text("utf-8") != text]
    assert {path.name for path in made} == GENERATED
    assert not stale, "run: python docs/generate.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_bookkeeping_is_described(language: str) -> None:
    page = (DOCS / language / "tables.md").read_text("utf-8")
    assert [table for table in BOOKKEEPING if f"`{table}`" not in page] == []


def whole_mapping(block: Block) -> str:
    """The mapping that `block` is, or that it is an excerpt of."""
    form, _, table = block.words[1].partition("=")
    if form not in AROUND:
        return block.text
    around, spaces = AROUND[form]
    text = "source: docs\n" + around.replace("{table}", table).format(indent(block.text, " " * spaces))
    if form == "survey":
        asked = yaml.safe_load(block.text).get("answers", {})
        rows = [f"{{question_id: {q}, metric: rating, scale_low: 0, scale_high: 10}}" for q in asked]
        text += "rows:\n  questions:\n" + "".join(f"    - {row}\n" for row in rows)
    return text


# Every column that an excerpt of the pages speaks of.
COLUMNS = (
    "id name age country sex land postcode when sum order article qty price title channel customer answered "
    "wt flight Q1 Q2 Q3 store resp item points level city"
)


@pytest.mark.parametrize("block", MAPPINGS, ids=str)
def test_every_mapping_in_the_pages_is_one_that_loads(block: Block, tmp_path: Path) -> None:
    mapping = load_mapping(whole_mapping(block))
    data = tmp_path / "data.csv"
    data.write_text(COLUMNS.replace(" ", ",") + "\n" + "," * COLUMNS.count(" ") + "\n", "utf-8")
    with duckdb.connect() as connection:
        planned = mapping.declared(connection)
        if mapping.files([data.name]):
            planned += mapping.plan(read_source(data, mapping.options(data.name), connection))
        for load in planned:
            values = ", ".join(f"{column.value} as c{n}" for n, column in enumerate(load.columns))
            parts = ["select", values, "from", load.relation, *(["where", load.where] if load.where else [])]
            connection.execute(" ".join(parts)).fetchall()
    assert mapping.form.files or mapping.form.rows or mapping.form.segmentations


def exports_of(page: Path, folder: Path) -> Path:
    """The files that the page writes out, in `folder`; the folder of exports."""
    for block in blocks(page):
        if block.file is not None:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
    return folder / "exports"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_a_mapping_load_what_the_page_says(language: str, tmp_path: Path) -> None:
    page = DOCS / language / "mapping.md"
    smallest = next(block for block in blocks(page) if "smallest" in block.words)
    exports = exports_of(page, tmp_path)
    with pk.open("duckdb://") as workspace:
        first = workspace.load(exports, smallest.text)
        assert {c.table: (c.kept, c.stubs) for c in first.tables} == {
            "transactions": (5, 0),
            "customers": (0, 2),
            "products": (0, 3),
        }
    with pk.open("duckdb://") as workspace:
        workspace.load(exports)
        refused = workspace.refused().to_arrow().to_pylist()
        assert [(row["table_name"], row["reason_code"]) for row in refused] == [("answers", "outside_scale")]
        states = workspace.table("answers").query("select state, count(*) as n from t group by 1 order by 1")
        assert states.to_arrow().to_pylist() == [
            {"state": "answered", "n": 13},
            {"state": "no_answer", "n": 4},
            {"state": "not_used", "n": 2},
        ]


def runnable_pages() -> list[Path]:
    return sorted({block.page for block in RUNNABLE if block.page.is_relative_to(DOCS / "en")})


@pytest.mark.parametrize("page", runnable_pages(), ids=named)
def test_the_python_of_a_page_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports_of(DOCS / "en" / "mapping.md", tmp_path)
    (tmp_path / "mapping.yaml").write_text(
        (tmp_path / "exports" / "mapping.yaml").read_text("utf-8"), "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "docs"}
    wrong = []
    for block in [block for block in RUNNABLE if block.page == page]:
        said: dict[int, str] = {}

        def tell(*values: object, said: dict[int, str] = said) -> None:
            said[sys._getframe(1).f_lineno] = " ".join(map(str, values))

        names["print"] = tell
        exec(compile(block.text, str(block), "exec"), names)
        for number, line in enumerate(block.text.splitlines(), start=1):
            promised = re.search(r"print\(.*\)  # (.+)$", line)
            if promised and said.get(number) != promised[1]:
                wrong.append(f"{block}+{number}: {said.get(number)!r}, not {promised[1]!r}")
    names["w"].close()
    assert wrong == []


def test_python_that_runs_is_the_same_in_both_languages() -> None:
    def code(language: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for block in BLOCKS:
            if block in RUNNABLE and block.page.is_relative_to(DOCS / language):
                tree = ast.dump(ast.parse(block.text))
                found.setdefault(block.page.relative_to(DOCS / language).as_posix(), []).append(tree)
        return found

    english, chinese = code("en"), code("zh")
    assert english == chinese
    assert len(RUNNABLE) >= 10


Tree = dict[tuple[str, ...], set[str]]


class Node(Protocol):
    """A command or a group of commands, as typer keeps it."""

    params: list[Any]


def options_by_command() -> Tree:
    """(command, subcommand) → its options, of everything the program knows; () for those of all."""
    found: Tree = {}

    def visit(node: Node, path: tuple[str, ...]) -> None:
        named_options = [name for param in node.params for name in (*param.opts, *param.secondary_opts)]
        found[path] = {name for name in named_options if name.startswith("-")}
        for name, child in getattr(node, "commands", {}).items():
            visit(child, (*path, name))

    tree: Any = command()
    visit(tree, ())
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_every_option_is_documented(language: str) -> None:
    page = (DOCS / language / "commands.md").read_text("utf-8")
    sections = {part.splitlines()[0]: part for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]}
    missing = []
    for path, options in options_by_command().items():
        name = " ".join(path)
        section = page if not path else sections.get(f"`peakend {name}`", "")
        wanted = {f"`peakend {name}`" if path else "peakend", *(o for o in options if o.startswith("--"))}
        is_group = any(other[:-1] == path for other in options_by_command() if other)
        missing += (
            [] if path and is_group else [f"{name}: {w}" for w in sorted(wanted) if w not in f"## {section}"]
        )
    assert missing == []


def command_lines(page: Path) -> Iterator[list[str]]:
    """Every `peakend …` that the page shows, in blocks and in the text, as words."""
    text = page.read_text("utf-8")
    inline = [m[1] for m in re.finditer(r"`(peakend [^`\n]+)`", prose(page))]
    shown = re.findall(r"^\$ (?:[A-Z_]+=\S+ )*(peakend .+)$", text, re.MULTILINE)
    for line in [*inline, *shown]:
        for part in re.split(r"\s(?:&&|\|\||\||;|>>?)\s", line):
            words = shlex.split(part.replace("…", " "))
            if words[:1] == ["peakend"]:
                yield words[1:]


def not_taken(words: list[str], known: Tree) -> list[str]:
    """The words of a command line, written without `peakend`, that the program does not know."""
    if "--lang" in words:
        place = words.index("--lang")
        words = words[:place] + words[place + 2 :]
    path: tuple[str, ...] = ()
    while (rest := words[len(path) :]) and (*path, rest[0]) in known:
        path = (*path, rest[0])
    named_first = [] if path or not rest or rest[0].startswith("-") or rest[0] in SOME_COMMAND else rest[:1]
    options = [word.partition("=")[0] for word in rest if word.startswith("-")]
    return named_first + [one for one in options if one not in known[()] | known[path] | {"--help"}]


SOME_COMMAND = {"COMMAND", "命令"}


@pytest.mark.parametrize("page", [p for p in PAGES if p.name not in GENERATED], ids=named)
def test_every_command_line_in_the_pages_is_one_the_program_takes(page: Path) -> None:
    known = options_by_command()
    wrong = {" ".join(words): found for words in command_lines(page) if (found := not_taken(words, known))}
    assert wrong == {}


def test_a_command_line_that_the_program_does_not_take_is_found() -> None:
    known = options_by_command()
    assert not_taken(["load", "exports", "--mapping", "m.yaml", "--lang", "zh"], known) == []
    assert not_taken(["identity", "link", "--dry-run"], known) == []
    assert not_taken(["lod", "exports"], known) == ["lod"]
    assert not_taken(["run", "--mapping", "m.yaml"], known) == ["--mapping"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_variable_of_the_environment_is_documented(language: str) -> None:
    sources = (ROOT / "src").rglob("*.py")
    used = {name for p in sources for name in re.findall(r"\bPEAKEND_[A-Z_]+", p.read_text("utf-8"))}
    page = (DOCS / language / "commands.md").read_text("utf-8")
    assert used >= {"PEAKEND_WAREHOUSE", "PEAKEND_LANG"}
    assert [name for name in sorted(used) if f"`{name}`" not in page] == []
