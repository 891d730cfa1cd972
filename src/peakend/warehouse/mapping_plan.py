"""From the rules for one file to the loads of the canonical tables it feeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.mapping_loads import ColumnLoad, TableLoad
from peakend.warehouse.mapping_sql import Scope, condition, json_object, placeholders
from peakend.warehouse.mapping_survey import Question, answer_load, prepared, segment_load
from peakend.warehouse.mapping_values import NUMBER, column_load, numbered_by
from peakend.warehouse.readers.naming import literal, quoted
from peakend.warehouse.readers.source import ROW
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.warehouse.mapping_model import FileRule, MappingForm, Rule, Segments, Survey, TableRule
    from peakend.warehouse.mapping_yaml import Document
    from peakend.warehouse.readers.source import SourceColumn, SourceFile

    Place = tuple[str | int, ...]


def plan(form: MappingForm, document: Document, number: int, source: SourceFile) -> list[TableLoad]:
    """The loads that rule `number` of the mapping makes of `source`, in the order in which they stand."""
    rule = form.files[number]
    place: Place = ("files", number)
    scope = Scope(source, rule, document, place)
    for name in rule.drop:
        scope.column(name, (*place, "drop"))
    origin = ColumnLoad("source", f"{literal(form.source)}::varchar")
    raw = json_object([(column.name, quoted(column.name)) for column in source.columns])
    # Rules are planned first: what they leave is known only then.
    tables = [_planned_columns(table, one, scope, spot) for table, one, spot in _tables(rule, place)]
    loads: list[TableLoad] = []
    first = True
    survey_loads: list[TableLoad] = []
    if rule.survey is not None:
        survey_loads = _survey_loads(form, rule.survey, scope, (*place, "survey"), origin, raw)
    if rule.segments is not None:
        survey_loads.append(_segments_load(form, rule.segments, scope, (*place, "segments"), origin))
    for planned in tables:
        one = planned.rule
        wants = (
            one.attributes if one.attributes is not None else (first and not one.each and rule.survey is None)
        )
        first = first and bool(one.each)
        loads.append(_table_load(planned, wants, scope, origin, raw))
    return [*_with_response_attributes(survey_loads, scope), *loads]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A table's rule, where it stands, the loads of its columns, and the values they want of the relation."""

    table: str
    rule: TableRule
    place: Place
    columns: list[ColumnLoad]
    computed: dict[str, str]


def _planned_columns(table: str, rule: TableRule, scope: Scope, place: Place) -> _Planned:
    columns = [
        _column(table, name, spec, scope, (*place, "columns", name)) for name, spec in rule.columns.items()
    ]
    computed = dict(scope.computed)
    scope.computed.clear()
    return _Planned(table, rule, place, columns, computed)


def _tables(rule: FileRule, place: Place) -> list[tuple[str, TableRule, Place]]:
    """(canonical table, rule, where it stands): a table may have one rule or a list of them."""
    found: list[tuple[str, TableRule, Place]] = []
    for table, rules in rule.tables.items():
        spot = (*place, "tables", table)
        if isinstance(rules, list):
            found += [(table, one, (*spot, n)) for n, one in enumerate(rules)]
        else:
            found.append((table, rules, spot))
    return found


def _column(table: str, name: str, rule: Rule, scope: Scope, place: Place) -> ColumnLoad:
    return column_load(name, canonical_table(table).column(name).type, rule, scope, place)


def _table_load(
    planned: _Planned, attributes: bool | list[str], scope: Scope, origin: ColumnLoad, raw: str
) -> TableLoad:
    table, rule, place = planned.table, planned.rule, planned.place
    where = condition(rule.where, scope, (*place, "where")) if rule.where else None
    relation = scope.source.relation
    if rule.each:
        relation = _derived(rule, where, scope, place)
        raw = json_object([(name, quoted(name)) for name in _columns_of(rule)])
        where = None
    relation = _numbered(relation, rule.columns, scope, (*place, "columns"))
    scope.computed.update(planned.computed)
    relation = scope.with_computed(relation)
    named = {column.name for column in planned.columns}
    columns = [*planned.columns, *_keys(table, named, scope, place)]
    if "attributes" not in named:
        kept = _attributes(attributes, scope, place)
        columns.append(ColumnLoad("attributes", json_object([(one.name, scope.kept(one)) for one in kept])))
    if "source" not in named:
        columns.append(origin)
    conflict = rule.on_conflict or ("keep" if rule.each else "refuse")
    return TableLoad(table, scope.source, relation, tuple(columns), raw, where, conflict)


def _keys(table: str, named: set[str], scope: Scope, place: Place) -> list[ColumnLoad]:
    """A key made of the row's content where the source has none; only for tables with a key of one column."""
    missing = [name for name in canonical_table(table).key if name not in named]
    if not missing:
        return []
    if len(canonical_table(table).key) > 1:
        listed = ", ".join(missing)
        what = Text(f"{table} needs its key: {listed}.", f"{table} 缺少主键列：{listed}。")
        raise scope.wrong((*place, "columns"), what)
    cells = ", ".join(f"coalesce({quoted(column.name)}::varchar, chr(30))" for column in scope.source.columns)
    return [ColumnLoad(missing[0], f"md5(concat_ws(chr(31), {cells}))")]


def _attributes(wanted: bool | list[str], scope: Scope, place: Place) -> list[SourceColumn]:
    if isinstance(wanted, list):
        return [scope.column(name, (*place, "attributes")) for name in wanted]
    if not wanted:
        return []
    gone = scope.used | set(scope.rule.drop)
    return [column for column in scope.source.columns if column.name not in gone]


def _numbered(relation: str, rules: Mapping[str, Rule], scope: Scope, place: Place) -> str:
    """The relation with a running number where a template asks for one."""
    within = [(name, numbered_by(spec)) for name, spec in rules.items()]
    asked = [(name, columns) for name, columns in within if columns is not None]
    if not asked:
        return relation
    if len({tuple(columns) for _, columns in asked}) > 1:
        what = Text("two running numbers count by different columns.", "两个流水号按不同的列计数。")
        raise scope.wrong(place, what)
    name, columns = asked[0]
    names = [quoted(scope.column(column, (*place, name, "number_by")).name) for column in columns]
    partition = f"partition by {', '.join(names)} " if names else ""
    return (
        f"(select *, row_number() over ({partition}order by {quoted(ROW)}) as {quoted(NUMBER)} "
        f"from {relation}) as numbered"
    )


def _columns_of(rule: TableRule) -> list[str]:
    """Source columns that the rules of a derived table name, its `each` first."""
    names = list(rule.each)
    for spec in rule.columns.values():
        if spec.column is not None:
            names.append(spec.column)
        elif spec.template is not None:
            names += [name for name in placeholders(spec.template) if name != "#"]
        for case in spec.cases or ():
            names += list(case.condition)
    return list(dict.fromkeys(names))


def _derived(rule: TableRule, where: str | None, scope: Scope, place: Place) -> str:
    """One row for each distinct value of `each`, with the picked value of every other column a rule names.

    Rows in which one of `each` is empty belong to none. The first and the commonest value (of equally common
    ones the earlier) are told by the order of the file, so the same file always gives the same row.
    """
    each = [quoted(scope.column(name, (*place, "each")).name) for name in rule.each]
    picks = {spec.column: spec.pick for spec in rule.columns.values() if spec.column is not None}
    filters = " and ".join([*(f"{name} is not null" for name in each), *([where] if where else [])])
    keys, row = ", ".join(each), quoted(ROW)
    source = f"from {scope.source.relation} as source where {filters}"
    outer = [f"one.{name}" for name in each]
    inner, joins = [f"min({row}) as {row}"], []
    for number, name in enumerate(_columns_of(rule)[len(rule.each) :]):
        column = quoted(scope.column(name, place).name)
        pick = picks.get(name, "first")
        if pick == "most_frequent":
            counted = (
                f"(select {keys}, arg_min({column}, {{'n': -n, 'r': r}}) as {column} from (select {keys}, "
                f"{column}, count(*) as n, min({row}) as r {source} and {column} is not null "
                f"group by {keys}, {column}) as counted group by {keys}) as pick_{number}"
            )
            joins.append(f"left join {counted} using ({keys})")
            outer.append(f"pick_{number}.{column}")
            continue
        value = (
            f"{pick}({column})"
            if pick in {"min", "max"}
            else f"arg_min({column}, {row}) filter (where {column} is not null)"
        )
        inner.append(f"{value} as {column}")
        outer.append(f"one.{column}")
    grouped = f"(select {keys}, {', '.join(inner)} {source} group by {keys}) as one"
    return f"(select one.{row}, {', '.join(outer)} from {grouped} {' '.join(joins)}) as derived"


def _survey_loads(
    form: MappingForm, survey: Survey, scope: Scope, place: Place, origin: ColumnLoad, raw: str
) -> list[TableLoad]:
    rules = {"response": survey.response, "survey": survey.survey, **survey.columns}
    relation = _numbered(scope.source.relation, rules, scope, place)
    columns = [
        column_load("response_id", "string", survey.response, scope, (*place, "response")),
        column_load("survey_id", "string", survey.survey, scope, (*place, "survey")),
        *(
            _column("responses", name, rule, scope, (*place, "columns", name))
            for name, rule in survey.columns.items()
        ),
        origin,
    ]
    relation = scope.with_computed(relation)
    loads = [TableLoad("responses", scope.source, relation, tuple(columns), raw)]
    texts = _texts(scope, survey.response, place)
    if survey.answers:
        loads.append(answer_load(survey, questions(form), texts, place, origin))
    if survey.segments:
        by, spot = survey.segments, (*place, "segments")
        titles = form.segmentations
        loads.append(
            segment_load(by, "response", survey.response, titles, texts, spot, (*place, "response"), origin)
        )
    scope.source.notes = texts.source.notes
    return [replace(load, source=scope.source) for load in loads]


def _segments_load(
    form: MappingForm, segments: Segments, scope: Scope, place: Place, origin: ColumnLoad
) -> TableLoad:
    texts = _texts(scope, segments.id, place)
    spots = (*place, "by"), (*place, "id")
    load = segment_load(segments.by, segments.subject, segments.id, form.segmentations, texts, *spots, origin)
    return replace(load, source=scope.source)


def _texts(scope: Scope, key: Rule, place: Place) -> Scope:
    """The file as trimmed text, with the running number when the key has one."""
    numbered = _numbered(scope.source.relation, {"key": key}, scope, place)
    source = replace(scope.source, relation=numbered)
    inner = Scope(source, scope.rule, scope.document, scope.place, scope.used)
    return prepared(inner, numbered=numbered != scope.source.relation)


def _with_response_attributes(loads: list[TableLoad], scope: Scope) -> list[TableLoad]:
    """What no rule used stays with the responses; every other load has empty attributes."""
    kept = [(one.name, scope.kept(one)) for one in _attributes(True, scope, scope.place)]
    finished = []
    for load in loads:
        if load.column("attributes") is None:
            sql = json_object(kept) if load.table == "responses" else "null::varchar"
            load = replace(load, columns=(*load.columns, ColumnLoad("attributes", sql)))
        finished.append(load)
    return finished


def questions(form: MappingForm) -> Mapping[str, Question]:
    """What the mapping declares of its questions."""
    return {
        str(row["question_id"]): Question(
            str(row.get("metric")), _number(row.get("scale_low")), _number(row.get("scale_high"))
        )
        for row in form.rows.get("questions", ())
        if row.get("question_id")
    }


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
