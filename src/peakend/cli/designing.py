"""`journey check | load | export`: designed journeys from YAML or BPMN files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import IntoOption, WarehouseOption, existing, warehouse_url
from peakend.cli.speech import both, language, say, tell

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.journey.designed.design import Design
    from peakend.workspace import Workspace

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help=both("A .yaml or .bpmn file.", ".yaml 或 .bpmn 文件。"))
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=both("Designed journeys: check, load and export them.", "设计旅程：检查、载入与导出。"),
    )
    group.command("check", help=both("Say everything that is wrong with a file.", "列出文件中的全部问题。"))(
        check
    )
    group.command("load", help=both("Check a file and load it.", "检查文件并载入数据仓库。"))(load)
    group.command(
        "export",
        help=both(
            "Write a loaded design as YAML, or as CSV with its five layers.",
            "将设计导出为 YAML，或含五层内容的 CSV。",
        ),
    )(export)
    app.add_typer(group, name="journey", rich_help_panel=both("Data", "数据"))


def check(file: FileArgument, warehouse: WarehouseOption = None) -> None:
    """With a warehouse its registry of touchpoints is what a step may name."""
    from peakend.journey.designed.files import read_design

    if warehouse is None:
        made = read_design(file)
    else:
        with existing(warehouse) as workspace:
            made = read_design(file, _touchpoints(workspace))
    _show(made)


def load(file: FileArgument, warehouse: IntoOption = None) -> None:
    """A version that is there stays as it is: a changed design takes a new version."""
    from peakend.journey.designed.design import DesignError
    from peakend.journey.designed.files import read_design
    from peakend.language import Text

    with existing(warehouse_url(warehouse), read_only=False) as workspace:
        made = read_design(file, _touchpoints(workspace))
        there = [
            one
            for one in _designs(workspace)
            if (one.design_id, one.version) == (made.design_id, made.version)
        ]
        tables = made.tables(language=language())
        if there and not _same(there[0], made):
            raise DesignError(
                Text(
                    f"Version {made.version} of {made.design_id!r} is there already, and is different.",
                    f"{made.design_id!r} 的第 {made.version} 版已存在，且内容不同。",
                ),
                Text(
                    "Give the changed design a new version, and say valid_from.",
                    "请为修改后的设计另立版本，并注明 valid_from。",
                ),
                file=str(file),
                problems=[],
            )
        for name, table in zip(("design_steps", "design_flows"), tables, strict=True):
            workspace.add(name, _spread(table), source="design")
    _show(made)
    tell(say("Loaded. Next: peakend run", "已载入。下一步：peakend run"))


def export(
    design: Annotated[str, typer.Argument(metavar="DESIGN", help=both("Which design.", "设计编号。"))],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FILE", help=both("A .yaml or .csv file.", ".yaml 或 .csv 文件。")
        ),
    ],
    warehouse: WarehouseOption = None,
    version: Annotated[
        str | None,
        typer.Option("--version", help=both("Which version; the last otherwise.", "版本；默认最新。")),
    ] = None,
) -> None:
    """Says what it wrote."""
    from peakend.journey.designed.design import DesignError
    from peakend.journey.designed.files import layers_csv
    from peakend.journey.designed.yaml_files import write_yaml
    from peakend.language import Text

    with existing(warehouse) as workspace:
        known = _designs(workspace)
    found = [one for one in known if one.design_id == design and version in (None, one.version)]
    if not found:
        listed = ", ".join(f"{one.design_id} {one.version}" for one in known) or "–"
        raise DesignError(
            Text(
                f"There is no such design: {design} {version or ''}", f"没有此设计：{design} {version or ''}"
            ),
            Text(f"There are: {listed}", f"现有：{listed}"),
            file=None,
            problems=[],
        )
    chosen = max(found, key=lambda one: (str(one.valid_from or ""), one.version))
    text = layers_csv(chosen, language()) if out.suffix.lower() == ".csv" else write_yaml(chosen)
    out.write_text(text, "utf-8")
    tell(say(f"Written: {out}", f"已写入：{out}"))


def _spread(table: pa.Table) -> pa.Table:
    """`table` with its attributes as columns of their own, as files have them."""
    import json

    import pyarrow as pa

    more = [json.loads(said or "{}") for said in table["attributes"].to_pylist()]
    plain = table.drop_columns(["source", "attributes"])
    for name in sorted({key for row in more for key in row}):
        plain = plain.append_column(name, pa.array([row.get(name) for row in more], pa.string()))
    return plain


def _touchpoints(workspace: Workspace) -> dict[str, str] | None:
    """touchpoint_id by every name it goes by; None where there is no registry."""
    if not workspace.engine.has_table("touchpoints"):
        return None
    rows = workspace.engine.table("touchpoints").query("select t.touchpoint_id, t.name, t.name_zh from t")
    named = rows.to_arrow().to_pylist()
    known = {
        row[column]: row["touchpoint_id"] for column in ("name_zh", "name") for row in named if row[column]
    }
    return {**known, **{row["touchpoint_id"]: row["touchpoint_id"] for row in named}} or None


def _designs(workspace: Workspace) -> list[Design]:
    from peakend.journey.designed.design import designs_of

    names = ("design_steps", "design_flows")
    if not all(workspace.engine.has_table(name) for name in names):
        return []
    return designs_of(*(workspace.engine.table(name).to_arrow().to_pylist() for name in names))


def _same(one: Design, other: Design) -> bool:
    """Whether both say the same, whatever the order of their flows."""
    from peakend.journey.designed.design import designs_of

    again = designs_of(*(table.to_pylist() for table in other.tables(language=language())))[0]
    return (one.steps, one.flows, one.gateways, one.valid_from) == (
        *(again.steps, again.flows, again.gateways, again.valid_from),
    )


def _show(design: Design) -> None:
    tell(
        say(
            f"{design.design_id}, version {design.version}: {len(design.steps)} steps, "
            f"{len(design.flows)} flows. Nothing is wrong with it.",
            f"{design.design_id} 第 {design.version} 版：{len(design.steps)} 个步骤，"
            f"{len(design.flows)} 条流转，未发现问题。",
        )
    )
    zh = language() == "zh"
    print_grid(
        (say("step", "步骤"), say("touchpoint", "接触点"), say("channel", "渠道"), say("may be", "可")),
        [
            (
                (step.name_zh if zh else step.name) or step.name or step.step_id,
                step.touchpoint_id,
                step.channel or "",
                ", ".join(
                    word
                    for is_so, word in (
                        (step.optional, say("left out", "省略")),
                        (step.repeatable, say("repeated", "重复")),
                    )
                    if is_so
                ),
            )
            for step in design.steps
        ],
    )
