"""`tables`, `schema`, `doctor`: what is there, what it means, and what this machine can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import JsonOption, WarehouseOption, existing
from peakend.cli.running import write_json
from peakend.cli.speech import both, language, say, tell
from peakend.errors import PeakendError
from peakend.language import Text, meant

if TYPE_CHECKING:
    from peakend.warehouse.schema import Table

_LOOK = both("Looking around", "查看")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(
        "tables",
        rich_help_panel=_LOOK,
        help=both("List the tables of the warehouse.", "列出数据仓库中的表。"),
    )(tables)
    app.command(
        "schema",
        rich_help_panel=_LOOK,
        help=both("Explain the canonical tables and their columns.", "说明标准表及其各列。"),
    )(schema)
    app.command(
        "doctor",
        rich_help_panel=_LOOK,
        help=both("Check what this machine has and what works on it.", "检查本机环境与可用功能。"),
    )(doctor)


def tables(warehouse: WarehouseOption = None, as_json: JsonOption = False) -> None:
    """Every stored table with its rows and what it is."""
    from peakend.analyses import catalogue
    from peakend.warehouse.schema import canonical_tables

    with existing(warehouse) as workspace:
        rows = workspace.tables()
    canonical = canonical_tables()
    results = {table.name: table for analysis in catalogue() for table in analysis.gives}
    listed = []
    for name, count in rows.items():
        kind, title = "other", Text("–", "–")
        if name in canonical:
            kind, title = "canonical", canonical[name].title
        elif name in results:
            kind, title = "result", results[name].meaning
        elif name in _BOOKKEEPING:
            kind, title = "bookkeeping", _BOOKKEEPING[name]
        else:
            found = next((text for prefix, text in _PREFIXES.items() if name.startswith(prefix)), None)
            kind, title = ("bookkeeping", found) if found else (kind, title)
        listed.append({"table": name, "rows": count, "kind": kind, "title": title.in_(language())})
    listed.sort(key=lambda row: (_KINDS.index(str(row["kind"])), row["table"]))
    if as_json:
        write_json(listed)
        return
    print_grid(
        (say("table", "表"), say("rows", "行数"), say("kind", "类别"), say("what it is", "内容")),
        [(r["table"], f"{r['rows']:,}", say(*_KIND_WORDS[str(r["kind"])]), r["title"]) for r in listed],
        right=(1,),
    )


_KINDS = ("canonical", "result", "bookkeeping", "other")
_KIND_WORDS = {
    "canonical": ("canonical", "标准表"),
    "result": ("result", "结果"),
    "bookkeeping": ("bookkeeping", "记录"),
    "other": ("other", "其他"),
}
_BOOKKEEPING = {
    "customer_links": Text("Which customer each merged record belongs to", "被合并记录所归属的客户"),
    "analysis_runs": Text("Every attempt at every analysis", "每次分析运行的记录"),
    "load_runs": Text("Every load", "每次载入的记录"),
    "merges": Text("Customers merged, and by what", "客户合并记录"),
    "refused_rows": Text("Rows that loads refused, with the reason", "被拒收的行及原因"),
    "row_history": Text("What changed rows said before", "被修改的行的原内容"),
    "simulation": Text("What was simulated, and how", "模拟的内容与设定"),
    "table_versions": Text("Which state every canonical table is in", "各标准表的版本"),
}
_PREFIXES = {
    "as_loaded_": Text("Merged records as they were loaded", "被合并记录的载入原貌"),
    "truth_": Text(
        "What was planted in a simulation; no analysis reads it", "模拟中预设的真相，分析不会读取"
    ),
}


def schema(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help=both(
                "One table with its columns; all tables otherwise.", "某个表及其各列；省略则列出全部表。"
            ),
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Needs no warehouse."""
    from peakend.warehouse.schema import canonical_tables

    known = canonical_tables()
    if table is not None and table not in known:
        raise _no_such_table(table, list(known))
    chosen = [known[table]] if table is not None else list(known.values())
    if as_json:
        write_json([_table_dict(item) for item in chosen])
    elif table is None:
        print_grid(
            (say("table", "表"), say("title", "名称"), say("meaning", "含义"), say("key", "主键")),
            [(t.name, t.title.in_(language()), t.meaning.in_(language()), ", ".join(t.key)) for t in chosen],
        )
    else:
        _print_columns(chosen[0])


def _no_such_table(name: str, known: list[str]) -> PeakendError:
    close = meant(name, known)
    do = Text("`peakend schema` lists them.", "用 `peakend schema` 查看全部。")
    if close:
        do = Text(f"Did you mean {', '.join(close)}?", f"是否指 {'、'.join(close)}？")
    return PeakendError(
        Text(f"{name!r} is not a canonical table.", f"{name!r} 不是标准表。"),
        do,
        name=name,
        known=tuple(known),
    )


def _print_columns(table: Table) -> None:
    tell(f"{table.name} · {table.title.en} · {table.title.zh}")
    tell(table.meaning)
    headings = (
        say("column", "列"),
        say("type", "类型"),
        say("required", "必填"),
        say("rule", "规则"),
        say("meaning", "含义"),
    )
    rows = []
    for column in table.columns:
        key = say(" (key)", "（主键）") if column.name in table.key else ""
        needed = say("yes", "是") if column.required else ""
        rows.append(
            (f"{column.name}{key}", column.type, needed, _rule(column), column.meaning.in_(language()))
        )
    print_grid(headings, rows)


def _rule(column: Any) -> str:  # noqa: ANN401 - importing the type would cost every command the schema
    rules = []
    if column.choices:
        rules.append(" | ".join(column.choices))
    if column.minimum is not None or column.maximum is not None:
        low = "" if column.minimum is None else f"{column.minimum:g}"
        high = "" if column.maximum is None else f"{column.maximum:g}"
        rules.append(f"{low} … {high}".strip())
    if column.ref:
        rules.append(f"→ {column.ref}")
    if column.unit:
        rules.append(column.unit)
    if column.personal:
        rules.append(say("personal", "个人信息"))
    return "; ".join(rules)


def _table_dict(table: Table) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(table)


def doctor(warehouse: WarehouseOption = None, as_json: JsonOption = False) -> None:
    """What each part needs, whether it is here, and what to install otherwise."""
    from peakend.cli.machine import examined

    found = examined(warehouse)
    if as_json:
        write_json(
            [
                {"part": f.part, "here": f.here, "found": f.found, "for": f.purpose.in_(language())}
                for f in found
            ]
        )
        return
    marks = {True: "✓", False: "✗"}
    print_grid(
        ("", say("part", "部件"), say("found", "发现"), say("for", "用途")),
        [(marks[f.here], f.part, f.found.in_(language()), f.purpose.in_(language())) for f in found],
    )
