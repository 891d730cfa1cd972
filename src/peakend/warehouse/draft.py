"""Propose a mapping for a folder of files: from names, types, value patterns and keys that the files share.

The draft is YAML that loads as it stands; each line says why it is so and how sure, for a person to correct.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from peakend.language import Language, Text
from peakend.warehouse.draft_names import concepts, subject
from peakend.warehouse.draft_profile import ColumnProfile, overlap, profiles
from peakend.warehouse.draft_survey import SurveyDraft, is_survey, survey_draft, write_survey
from peakend.warehouse.draft_tables import TableDraft, table_draft, write_table
from peakend.warehouse.draft_yaml import Draft, column_rule, flow, listed, scalar
from peakend.warehouse.readers import find_sources, format_of, read_source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from peakend.warehouse.readers import SourceFile

_COMMENT_FIELDS = 60


@dataclass(slots=True)
class CodedAnswers:
    """A long file of answers: `key` refers to the responses of `survey`, `asked` names the question."""

    name: str
    survey: SurveyDraft
    key: ColumnProfile
    asked: ColumnProfile
    said: ColumnProfile
    left: list[str]


@dataclass(slots=True)
class _Folder:
    """The files of a folder and what each was taken for."""

    sources: dict[str, SourceFile] = field(default_factory=dict)
    found: dict[str, list[ColumnProfile]] = field(default_factory=dict)
    surveys: dict[str, SurveyDraft] = field(default_factory=dict)
    tables: dict[str, TableDraft] = field(default_factory=dict)
    coded: dict[str, CodedAnswers] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def draft_mapping(folder: Path, language: Language = "en") -> str:
    """A mapping of the files in `folder` as YAML, with comments in `language`.

    Files it cannot place stand under `ignore` with a word; columns it cannot place become attributes. Raises
    `NoSourcesError` for a folder without files and `SourceError` for a file that cannot be read.
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        seen = _explored(folder, connection)
        text = _written(folder, seen, Draft(language))
        for source in seen.sources.values():
            source.close()
    return text


def _explored(folder: Path, connection: duckdb.DuckDBPyConnection) -> _Folder:
    seen = _Folder()
    for name in find_sources(folder):
        if format_of(name.partition("#")[0]) == "xes":
            seen.logs.append(name)
            continue
        seen.sources[name] = read_source(folder / name, None, connection, name=name)
        seen.found[name] = profiles(seen.sources[name])
    programmes = _programmes(list(seen.sources))
    # Surveys told by their columns first: a file called "feedback" may hold the answers to one of them.
    for by_name in (False, True):
        for name, found in seen.found.items():
            about = subject(name)
            if name in seen.surveys or (not by_name and about == "survey" and not is_survey(found)):
                continue
            if by_name and (about != "survey" or _coded_answers(name, found, seen) is not None):
                continue
            if is_survey(found, about):
                seen.surveys[name] = survey_draft(name, *programmes[name], found)
    for name, found in seen.found.items():
        if name in seen.surveys:
            continue
        coded = _coded_answers(name, found, seen)
        if coded is not None:
            seen.coded[name] = coded
        elif (table := table_draft(name, found)) is not None:
            seen.tables[name] = table
        else:
            seen.unknown.append(name)
    return seen


def _programmes(names: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """(programme, wave) of each file: files whose names differ in a year are waves of one programme."""
    found: dict[str, tuple[str, str | None]] = {}
    for name in names:
        stem = re.sub(r"(\.[a-z]+)+$", "", name.rpartition("/")[2].partition("#")[0].casefold())
        year = re.search(r"(?:19|20)\d{2}(?:[-_ ]?q[1-4])?", stem)
        rest = stem.replace(year.group(0), "") if year else stem
        programme = re.sub(r"[\W_]+", "_", rest).strip("_") or "survey"
        found[name] = (programme, year.group(0) if year else None)
    return found


def _coded_answers(name: str, found: Sequence[ColumnProfile], seen: _Folder) -> CodedAnswers | None:
    """The file as answers in long form when one column holds keys of a survey's responses."""
    for key in found:
        if key.unique or not (key.numeric or "response_id" in concepts(key.name)):
            continue
        for survey in seen.surveys.values():
            parent = survey.response
            if parent is None or not {"response_id"} & set(concepts(key.name)):
                continue
            if (
                _same_wave(name, survey)
                and overlap(key, parent, seen.sources[name], seen.sources[survey.name]) > 0.95
            ):
                return _long_form(name, survey, key, found)
    return None


def _same_wave(name: str, survey: SurveyDraft) -> bool:
    return survey.wave is None or survey.wave in name


def _long_form(
    name: str, survey: SurveyDraft, key: ColumnProfile, found: Sequence[ColumnProfile]
) -> CodedAnswers | None:
    others = [one for one in found if one is not key and one.filled]
    asked = next(
        (
            one
            for one in others
            if one.filled == one.rows and 2 <= one.distinct <= _COMMENT_FIELDS and one.numeric < 0.5
        ),
        None,
    )
    said = max(
        (one for one in others if one is not asked and one.numeric < 0.5),
        key=lambda c: c.length,
        default=None,
    )
    if asked is None or said is None:
        return None
    left = [one.name for one in others if one is not asked and one is not said]
    return CodedAnswers(name, survey, key, asked, said, left)


def _written(folder: Path, seen: _Folder, draft: Draft) -> str:
    draft.note(0, Text("Drafted from names, types and values. Correct it, then load the folder with it.",
                       "根据列名、类型与取值自动起草。请修改后用于载入。"))  # fmt: skip
    draft.note(
        0, Text("Columns not mentioned stay with their rows as attributes.", "未提及的列作为属性随行保留。")
    )
    draft.put(0, "peakend: 1")
    draft.put(0, f"source: {scalar(_slug(folder.resolve().name))}")
    for name in seen.logs:
        draft.note(0, Text(f"{name} is an event log and needs no mapping.", f"{name} 是事件日志，无需映射。"))
    if seen.unknown:
        draft.put(0, "ignore:")
    for name in seen.unknown:
        why = Text(
            "no canonical table fits what is in it: say what it is", "无法对应任何标准表：请说明其内容"
        )
        draft.put(1, f"- {scalar(_pattern(name))}", why, "guess")
    _write_rows(seen, draft)
    draft.put(0, "files:" if seen.surveys or seen.tables or seen.coded else "files: []")
    for survey in seen.surveys.values():
        write_survey(survey, draft)
    for coded in seen.coded.values():
        _write_coded(coded, draft)
    present = {table.form.table for table in seen.tables.values()}
    for table in seen.tables.values():
        write_table(table, draft, lambda dimension: dimension not in present)
    return draft.text()


def _write_rows(seen: _Folder, draft: Draft) -> None:
    """The surveys and questions themselves; a question that several waves ask stands once."""
    if not seen.surveys:
        return
    draft.put(0, "rows:")
    draft.put(1, "surveys:")
    for survey in seen.surveys.values():
        row = {"survey_id": survey.survey_id, "programme": survey.programme}
        if survey.wave:
            row["wave"] = survey.wave
        draft.put(2, f"- {flow({key: scalar(value) for key, value in row.items()})}")
    draft.put(1, "questions:")
    written: dict[str, str] = {}
    for survey in seen.surveys.values():
        for question in survey.questions.values():
            form = f"{question.scale.metric} {question.scale.low} {question.scale.high}"
            if written.get(question.key, form) != form:
                # The same name with another scale is another question.
                question.key = f"{question.key}_{survey.wave or survey.programme}"
            if question.key not in written:
                written[question.key] = form
                draft.put(2, f"- {question.declared()}")
    for coded in seen.coded.values():
        for asked in coded.asked.top:
            metric = "choice" if coded.said.distinct * 5 < coded.said.filled else "text"
            row = {"question_id": scalar(asked), "metric": metric, "text_en": scalar(asked)}
            if asked not in written:
                written[asked] = metric
                draft.put(2, f"- {flow(row)}")


def _write_coded(coded: CodedAnswers, draft: Draft) -> None:
    draft.put(1, f"- match: {scalar(_pattern(coded.name))}")
    draft.put(2, "tables:")
    draft.put(3, "answers:")
    draft.put(4, "columns:")
    why = Text(f"its values are keys of {coded.survey.name}", f"其取值是 {coded.survey.name} 的主键")
    draft.put(5, f"response_id: {scalar(coded.survey.key_template(coded.key.name))}", why, "sure")
    why = Text("a few names, in every row", "取值不多，且每行都有")
    draft.put(5, f"question_id: {column_rule(coded.asked.name)}", why, "likely")
    draft.put(5, f"state: {flow({'value': 'answered'})}")
    repeated = coded.said.distinct * 5 < coded.said.filled
    why = Text("the longest texts", "文字最长的列")
    draft.put(5, f"{'choice' if repeated else 'text'}: {column_rule(coded.said.name)}", why, "likely")
    if coded.left:
        draft.put(4, f"attributes: {listed(coded.left)}")


def _pattern(name: str) -> str:
    """A file's name as a pattern that fits only it."""
    return re.sub(r"([\[*?])", r"[\1]", name)


def _slug(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_") or "source"
