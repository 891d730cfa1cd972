"""The files of a folder and the mapping they follow, opened and planned table by table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.load_errors import NoMappingError, UnreadableFilesError
from peakend.warehouse.load_report import FileCount
from peakend.warehouse.load_stage import idle
from peakend.warehouse.mapping import Mapping, load_mapping, mapping_for_log
from peakend.warehouse.readers import SourceError, SourceFile, find_sources, format_of, read_source
from peakend.warehouse.readers.integrity import fingerprint
from peakend.warehouse.schema import canonical_tables

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf
    from pathlib import Path

    import duckdb

    from peakend.warehouse.mapping_loads import TableLoad

MAPPING_NAMES = ("mapping.yaml", "mapping.yml")
LOADER_VERSION = "1"


@dataclass(slots=True)
class Sources:
    """What a load reads. `loads` by canonical table, in an order in which referred tables come first."""

    folder: Path
    mapping_fingerprint: str
    opened: list[SourceFile] = field(default_factory=list)
    files: list[FileCount] = field(default_factory=list)
    loads: dict[str, list[TableLoad]] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)

    def add(self, loads: list[TableLoad]) -> None:
        """Sort `loads` into their tables."""
        for load in loads:
            self.loads.setdefault(load.table, []).append(load)

    def ordered(self) -> list[str]:
        """The tables that are loaded, referred ones first."""
        return [name for name in referred_first() if name in self.loads]

    def check_unchanged(self) -> None:
        """Raise `SourceChangedError` when a file is not the one that was opened."""
        for source in self.opened:
            source.check_unchanged()

    def close(self) -> None:
        """Close every file, and the rows that stand in the mapping."""
        declared = {id(load.source): load.source for loads in self.loads.values() for load in loads}
        for source in {**declared, **{id(source): source for source in self.opened}}.values():
            source.close()


def referred_first() -> list[str]:
    """All canonical tables so that a table comes after those its columns refer to."""
    done: list[str] = []
    tables = canonical_tables()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in done or name in path:
            return
        for column in tables[name].columns:
            if column.ref:
                visit(column.ref, (*path, name))
        done.append(name)

    for name in tables:
        visit(name, ())
    return done


def open_sources(
    folder: Path,
    mapping: Path | str | Mapping | None,
    connection: duckdb.DuckDBPyConnection,
    known: MappingOf[str, tuple[str, str]],
) -> Sources:
    """Open and plan every file of `folder` that is new.

    `known` gives (fingerprint, fingerprint of the mapping) of every file loaded last under its name. Raises
    `NoSourcesError`, `NoMappingError`, `UnreadableFilesError`, `MappingError`.
    """
    names = find_sources(folder)
    plan, mapped_by = _mapping(folder, mapping, names)
    sources = Sources(folder, mapped_by)
    listed = plan.files(names) if plan is not None else []
    logs = [name for name in names if name not in listed and format_of(name.split("#")[0]) == "xes"]
    if plan is not None:
        sources.notes += _differences(plan, names, logs)
    unreadable: list[SourceError] = []
    try:
        for name in [*listed, *logs]:
            _open(sources, name, plan if name in listed else None, connection, known, unreadable)
        if unreadable:
            raise _unreadable(unreadable)
        if plan is not None and sources.opened:
            sources.add(plan.declared(connection))
        idle(connection)
        for source in sources.opened:
            _plan(sources, source, plan if source.name in listed else None, connection)
    except BaseException:
        sources.close()
        raise
    return sources


def _open(
    sources: Sources,
    name: str,
    plan: Mapping | None,
    connection: duckdb.DuckDBPyConnection,
    known: MappingOf[str, tuple[str, str]],
    unreadable: list[SourceError],
) -> None:
    path = sources.folder / name
    try:
        if name in known and known[name][1] == sources.mapping_fingerprint:
            digest, _ = fingerprint(_file_of(path))
            if digest == known[name][0]:
                sources.files.append(
                    FileCount(name, format_of(_file_of(path).name) or "", digest, None, True)
                )
                return
        source = read_source(path, plan.options(name) if plan is not None else None, connection, name=name)
        idle(connection)
    except SourceError as cause:
        unreadable.append(cause)
        return
    sources.opened.append(source)


def _plan(
    sources: Sources, source: SourceFile, plan: Mapping | None, connection: duckdb.DuckDBPyConnection
) -> None:
    sources.notes += source.notes
    if plan is None:
        plan = mapping_for_log(source)
        sources.add(plan.declared(connection))
    sources.add(plan.plan(source))
    idle(connection)


def _file_of(path: Path) -> Path:
    """The file behind "book.xlsx#Sheet"."""
    if path.exists() or "#" not in path.name:
        return path
    return path.with_name(path.name.split("#")[0])


def _mapping(
    folder: Path, given: Path | str | Mapping | None, names: list[str]
) -> tuple[Mapping | None, str]:
    """The mapping to follow and a fingerprint of it; None where every file is an event log."""
    if isinstance(given, Mapping):
        return given, f"{LOADER_VERSION}:{given.fingerprint}"
    if given is None:
        found = [folder / name for name in MAPPING_NAMES if (folder / name).is_file()]
        given = found[0] if found else None
    if given is None:
        unmapped = [name for name in names if format_of(name.split("#")[0]) != "xes"]
        if unmapped:
            raise _no_mapping(folder, unmapped)
        return None, LOADER_VERSION
    plan = load_mapping(given)
    return plan, f"{LOADER_VERSION}:{plan.fingerprint}"


def _no_mapping(folder: Path, names: list[str]) -> NoMappingError:
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return NoMappingError(
        Text(
            f"There is no mapping.yaml in {folder} that says what {shown} hold.",
            f"{folder} 中没有 mapping.yaml 说明 {shown} 的内容。",
        ),
        Text(
            f"Draft one with: peakend mapping draft {folder}",
            f"可先生成草稿：peakend mapping draft {folder}",
        ),
        folder=str(folder),
        files=tuple(names),
    )


def _differences(plan: Mapping, names: list[str], logs: list[str]) -> list[Text]:
    """Files that the mapping does not describe, and entries of it that fit no file."""
    notes: list[Text] = []
    if passed_over := ", ".join(name for name in plan.unmapped(names) if name not in logs):
        notes.append(
            Text(
                f"The mapping does not describe {passed_over}: nothing of it was read.",
                f"映射未涉及 {passed_over}，未读取。",
            )
        )
    if unused := ", ".join(plan.unused(names)):
        notes.append(Text(f"No file fits the mapping's {unused}.", f"映射中的 {unused} 没有对应的文件。"))
    return notes


def _unreadable(errors: list[SourceError]) -> UnreadableFilesError:
    return UnreadableFilesError(
        Text(
            "\n".join(error.what.en for error in errors) + "\nNothing was loaded.",
            "\n".join(error.what.zh for error in errors) + "\n未载入任何数据。",
        ),
        errors[0].do,
        files=tuple(str(error.data.get("path", "")) for error in errors),
        codes=tuple(error.code for error in errors),
    )
