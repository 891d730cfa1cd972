"""`touchpoints`: registries to start from, and the programme in seven steps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import JsonOption
from peakend.cli.running import write_json
from peakend.cli.speech import both, language, say, tell


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command(
        "touchpoints",
        rich_help_panel=both("Data", "数据"),
        help=both(
            "Registries of touchpoints to start from: look at one, or write it as files to edit and load.",
            "接触点登记模板：查看，或写成可编辑、可载入的文件。",
        ),
    )(touchpoints)


def touchpoints(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEMPLATE]",
            help=both("Which one; none: list them.", "模板名；不写则列出全部。"),
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help=both("Write it there as CSV files with their mapping.", "在该文件夹写出 CSV 文件及映射。"),
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=both("Write over files that are there.", "覆盖已有文件。"))
    ] = False,
    programme: Annotated[
        bool,
        typer.Option(
            "--programme", help=both("Show the programme in seven steps instead.", "改为显示七步管理计划。")
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the templates, show one, or write one."""
    if programme:
        _programme(as_json=as_json)
    elif name is None:
        _list(as_json=as_json)
    elif out is not None:
        _write(name, out, replace=replace)
    else:
        _show(name, as_json=as_json)


def _list(*, as_json: bool) -> None:
    from peakend.journey.registry.templates import templates

    rows = [
        {
            "template": name,
            "title": one.title.in_(language()),
            "touchpoints": sum(parent is None for parent in one.touchpoints()["parent_id"].to_pylist()),
            "steps": len(one.body["journey"]["steps"]),
        }
        for name, one in templates().items()
    ]
    if as_json:
        write_json(rows)
        return
    print_grid(
        (
            say("template", "模板"),
            say("for", "适用"),
            say("touchpoints", "接触点"),
            say("journey steps", "旅程步骤"),
        ),
        [tuple(row.values()) for row in rows],
        right=(2, 3),
    )
    tell(
        say(
            "Write one to edit it: peakend touchpoints property --out FOLDER",
            "写出后自行修改：peakend touchpoints property --out 文件夹",
        )
    )


def _show(name: str, *, as_json: bool) -> None:
    from peakend.journey.registry.templates import find_template

    chosen = find_template(name)
    rows = chosen.touchpoints(language()).to_pylist()
    if as_json:
        write_json(rows)
        return
    tell(chosen.title)
    print_grid(
        (
            say("touchpoint", "接触点"),
            say("stage", "阶段"),
            say("link", "环节"),
            say("channel", "渠道"),
            say("answers for it", "责任人"),
            say("moment of truth", "关键时刻"),
            say("measured by", "衡量指标"),
        ),
        [
            (
                ("– " if row["parent_id"] else "")
                + str(row["name_zh"] if language() == "zh" else row["name"]),
                row["stage"],
                row["link"],
                row["channel"],
                row["owner"],
                say("yes", "是") if row["moment_of_truth"] else "",
                row["indicator"],
            )
            for row in rows
        ],
    )
    for assumption in chosen.assumptions:
        tell(say(f"Assumption: {assumption.en}", f"假设：{assumption.zh}"))


def _write(name: str, out: Path, *, replace: bool) -> None:
    from peakend.journey.registry.writing import write_template

    for path in write_template(name, out, language(), replace=replace):
        tell(say(f"wrote {path}", f"已写入 {path}"))
    tell(
        say(
            f"Edit the files, then: peakend load {out} --into duckdb:///file.duckdb",
            f"修改后载入：peakend load {out} --into duckdb:///文件.duckdb",
        )
    )


def _programme(*, as_json: bool) -> None:
    from peakend.journey.registry.templates import programme

    found = programme()
    rows = found.steps.to_pylist()
    if as_json:
        write_json(rows)
        return
    tell(found.title)
    tell(found.assumption)
    spoken = language()
    print_grid(
        (
            "",
            say("step", "步骤"),
            say("what is done", "做什么"),
            say("what shows it", "如何证明"),
            say("analysis or table", "分析或表"),
        ),
        [
            (
                row["position"],
                row["name_zh" if spoken == "zh" else "name"],
                row[f"does_{spoken}"],
                row[f"proof_{spoken}"],
                row["analysis"],
            )
            for row in rows
        ],
        right=(0,),
    )
