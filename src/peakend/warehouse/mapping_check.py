"""That a mapping says nothing impossible, before any file is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from peakend.language import Text
from peakend.warehouse.mapping_errors import unknown, wrong
from peakend.warehouse.mapping_model import MappingForm, Survey
from peakend.warehouse.schema import canonical_table, canonical_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from peakend.warehouse.mapping_yaml import Document

    Place = tuple[str | int, ...]


def checked(document: Document) -> MappingForm:
    """The mapping in `document`; a `MappingError` names the file, the line and the nearest right name."""
    if not isinstance(document.data, dict):
        what = Text("a mapping has keys such as source and files.", "映射文件应包含 source、files 等键。")
        raise wrong(document.file, 1, what)
    try:
        form = MappingForm.model_validate(document.data)
    except ValidationError as cause:
        raise _explained(cause, document) from cause
    for table, rows in form.rows.items():
        place: Place = ("rows", table)
        _check_table(table, document, place)
        for number, row in enumerate(rows):
            _check_columns(table, row, document, (*place, number))
    for number, rule in enumerate(form.files):
        place = ("files", number)
        for table, rules in rule.tables.items():
            _check_table(table, document, (*place, "tables", table))
            listed = isinstance(rules, list)
            for index, one in enumerate(rules if isinstance(rules, list) else [rules]):
                spot = (*place, "tables", table, *((index,) if listed else ()), "columns")
                _check_columns(table, one.columns, document, spot)
        if rule.survey is not None:
            _check_columns("responses", rule.survey.columns, document, (*place, "survey", "columns"))
            _check_questions(form, rule.survey, document, (*place, "survey", "answers"))
    return form


def _check_table(table: str, document: Document, place: Place) -> None:
    if table not in canonical_tables():
        raise unknown(
            document.file, document.line(place), Text("canonical table", "标准表"), table, canonical_tables()
        )


def _check_columns(table: str, names: Iterable[str], document: Document, place: Place) -> None:
    known = [column.name for column in canonical_table(table).columns]
    for name in names:
        if name not in known:
            kind = Text(f"column of {table} called", f"列（标准表 {table}）")
            raise unknown(document.file, document.line((*place, name)), kind, name, known)


def _check_questions(form: MappingForm, survey: Survey, document: Document, place: Place) -> None:
    known = [str(row.get("question_id")) for row in form.rows.get("questions", ())]
    for question in survey.answers:
        if question not in known:
            kind = Text("question declared under rows called", "已在 rows 中声明的题目")
            raise unknown(document.file, document.line((*place, question)), kind, question, known)


def _explained(cause: ValidationError, document: Document) -> Exception:
    """The first mistake in plain words; a wrong key with the nearest right one."""
    mistake = _deepest(cause.errors())
    place = tuple(part for part in mistake["loc"])
    line = document.line(_written(place, document))
    if mistake["type"] == "extra_forbidden":
        return unknown(document.file, line, Text("key", "键"), str(place[-1]), _keys_at(place))
    if mistake["type"] == "missing":
        what = Text(f"{place[-1]} is missing.", f"缺少 {place[-1]}。")
        return wrong(document.file, line, what)
    where = ".".join(str(part) for part in _written(place, document))
    message = str(mistake["msg"]).removeprefix("Value error, ")
    return wrong(document.file, line, Text(f"{where}: {message}.", f"{where} 的写法有误（{message}）。"))


def _deepest(mistakes: Sequence[ErrorDetails]) -> ErrorDetails:
    """Of the mistakes of a union's branches the one furthest in: that branch was meant."""
    return max(mistakes, key=lambda mistake: len(mistake["loc"]))


def _written(place: Sequence[Any], document: Document) -> Place:
    """`place` without what pydantic adds for branches of a union."""
    spot: Place = ()
    for part in place:
        if (*spot, part) in document.lines:
            spot = (*spot, part)
    return spot


def _keys_at(place: Sequence[Any]) -> list[str]:
    """Keys that may stand where an unknown one was found."""
    model: type[BaseModel] = MappingForm
    for part in place[:-1]:
        model = _model_below(model, part)
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_below(model: type[BaseModel], part: object) -> type[BaseModel]:
    from pydantic import BaseModel

    field = next((field for name, field in model.model_fields.items() if part in (name, field.alias)), None)
    if field is None:
        return model
    found = _models_in(field.annotation)
    return found[0] if found and issubclass(found[0], BaseModel) else model


def _models_in(annotation: object) -> list[type[BaseModel]]:
    from typing import get_args

    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
