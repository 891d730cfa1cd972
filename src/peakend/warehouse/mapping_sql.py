"""Pieces of DuckDB SQL over the columns of a source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.warehouse.mapping_errors import MappingError, unknown, wrong
from peakend.warehouse.readers.naming import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from peakend.warehouse.mapping_model import Condition, FileRule
    from peakend.warehouse.mapping_yaml import Document
    from peakend.warehouse.readers.source import SourceColumn, SourceFile

INTEGERS = frozenset(
    {
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
    }
)
FLOATS = frozenset({"FLOAT", "DOUBLE"})
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_COMPARISONS = {"above": ">", "below": "<", "at_least": ">=", "at_most": "<="}


@dataclass(slots=True)
class Scope:
    """A file while it is planned: its columns, the rule that describes it, and where that rule stands.

    `used` collects the columns that rules name; the rest may become attributes. `computed` collects values
    that are to be columns of the relation, so that checks need not make them again.
    """

    source: SourceFile
    rule: FileRule
    document: Document
    place: tuple[str | int, ...]
    used: set[str] = field(default_factory=set)
    formats: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)
    computed: dict[str, str] = field(default_factory=dict)

    def column(self, name: str, place: Sequence[str | int]) -> SourceColumn:
        """The source column `name`, or a `MappingError` that names the nearest one."""
        try:
            found = self.source.column(name)
        except KeyError:
            kind = Text(f"column in {self.source.name} called", f"列（文件 {self.source.name}）")
            names = [column.name for column in self.source.columns]
            raise unknown(self.document.file, self.line(place), kind, name, names) from None
        self.used.add(name)
        return found

    def with_computed(self, relation: str) -> str:
        """`relation` with the values collected since the last call as columns of it."""
        made = ", ".join(f"{sql} as {name}" for name, sql in self.computed.items())
        self.computed.clear()
        return f"(select *, {made} from {relation}) as computed" if made else relation

    def line(self, place: Sequence[str | int]) -> int:
        return self.document.line(place)

    def wrong(
        self, place: Sequence[str | int], what: Text, do: Text | None = None, **data: object
    ) -> MappingError:
        return wrong(self.document.file, self.line(place), what, do, **data)

    def text(self, column: SourceColumn, empty: Iterable[str] = ()) -> str:
        """SQL of the column as trimmed text; NULL where it is blank or one of the texts that mean nothing."""
        nothing = [*self.rule.empty, *empty]
        sql = plain_text(column)
        if column.type == "VARCHAR" and self.rule.trim:
            name = quoted(column.name)
            # Most values need no trimming, and finding that out costs half of trimming them.
            sql = f"case when {untrimmed(name)} then nullif(trim({name}, {_SPACES}), '') else {name} end"
        if nothing:
            sql = f"case when {sql} not in ({listed(nothing)}) then {sql} end"
        return sql

    def short_text(self, column: SourceColumn) -> str:
        """The values of `text` in fewer steps: with a hundred columns at once each step's memory counts."""
        sql = plain_text(column)
        if column.type == "VARCHAR" and self.rule.trim:
            sql = f"nullif(trim({sql}, {_SPACES}), '')"
        return (
            f"case when {sql} not in ({listed(self.rule.empty)}) then {sql} end" if self.rule.empty else sql
        )

    def kept(self, column: SourceColumn) -> str:
        """SQL of the column as it stays in attributes: text as the file has it, not trimmed."""
        sql = plain_text(column)
        return (
            f"case when {sql} not in ({listed(self.rule.empty)}) then {sql} end" if self.rule.empty else sql
        )

    def repaired(self, column: SourceColumn, empty: Iterable[str] = ()) -> str | None:
        """SQL that is true where `text` differs from what the file has, or None when it never does."""
        if column.type != "VARCHAR":
            return None
        name = quoted(column.name)
        parts = [untrimmed(name)] if self.rule.trim else []
        if nothing := [*self.rule.empty, *empty]:
            parts.append(f"{name} in ({listed(nothing)})")
        return f"coalesce({' or '.join(parts)}, false)" if parts else None


# Space, tab, line ends, no-break space and the ideographic space of Chinese text.
_SPACES = "' \t\r\n\u00a0\u3000'"


def untrimmed(name: str) -> str:
    """SQL: whether the text has white space at either end, at a third of the cost of eight LIKEs.

    What sorts before "!" begins with a space or a control character, or is empty.
    """
    last = "(9, 10, 13, 32, 160, 12288)"
    return f"({name} < '!' or ord(right({name}, 1)) in {last} or ord({name}) in (160, 12288))"


def plain_text(column: SourceColumn) -> str:
    """SQL of the column as text, untrimmed; whole floating-point numbers lose their ".0"."""
    name = quoted(column.name)
    if column.type == "VARCHAR":
        return name
    if column.type in FLOATS:
        whole = f"{name} = trunc({name}) and abs({name}) < 1e15"
        return f"case when {whole} then {name}::bigint::varchar else {name}::varchar end"
    return f"{name}::varchar"


def listed(texts: Iterable[str]) -> str:
    """SQL string literals separated by commas."""
    return ", ".join(literal(text) for text in texts)


def placeholders(template: str) -> list[str]:
    """Names in braces of a template, in order ("#" is the running number)."""
    return _PLACEHOLDER.findall(template)


def template_parts(template: str) -> Iterator[tuple[str, bool]]:
    """(piece, whether it is a name) of a template."""
    end = 0
    for found in _PLACEHOLDER.finditer(template):
        if found.start() > end:
            yield template[end : found.start()], False
        yield found.group(1), True
        end = found.end()
    if end < len(template):
        yield template[end:], False


def condition(wanted: Condition | list[Condition], scope: Scope, place: tuple[str | int, ...]) -> str:
    """SQL, never NULL: every column of `wanted` meets its condition; of a list, one of them does."""
    if isinstance(wanted, list):
        return "(" + " or ".join(condition(one, scope, (*place, n)) for n, one in enumerate(wanted)) + ")"
    parts = []
    for name, test in wanted.items():
        column = scope.column(name, (*place, name))
        parts.append(f"coalesce({_test(test, column, scope, (*place, name))}, false)")
    return "(" + " and ".join(parts) + ")" if parts else "true"


def _test(test: object, column: SourceColumn, scope: Scope, place: tuple[str | int, ...]) -> str:
    text = scope.text(column)
    if test is None:
        return f"{text} is null"
    if isinstance(test, str):
        return f"{text} = {literal(test)}"
    if isinstance(test, list):
        return _among(test, text)
    if not isinstance(test, dict) or not test:
        raise scope.wrong(place, Text("this is no condition.", "这不是条件。"))
    return " and ".join(
        _operator(key, value, column, text, scope, (*place, key)) for key, value in test.items()
    )


def _among(codes: list[Any], text: str) -> str:
    known = [str(code) for code in codes if code is not None]
    parts = [f"{text} in ({listed(known)})"] if known else []
    if len(known) < len(codes):
        parts.append(f"{text} is null")
    return "(" + " or ".join(parts) + ")"


def _operator(
    key: str,
    value: object,
    column: SourceColumn,
    text: str,
    scope: Scope,
    place: tuple[str | int, ...],
) -> str:
    if key == "like":
        patterns = value if isinstance(value, list) else [value]
        return "(" + " or ".join(f"{text} glob {literal(str(pattern))}" for pattern in patterns) + ")"
    if key == "in" and isinstance(value, list):
        return _among(value, text)
    if key == "not":
        return f"not coalesce({_test(value, column, scope, place)}, false)"
    if key == "empty":
        return f"({text} is null) = {'true' if str(value).casefold() in {'true', 'yes'} else 'false'}"
    if key in _COMPARISONS:
        try:
            number = float(str(value))
        except ValueError:
            what = Text(f"{value!r} is no number.", f"{value!r} 不是数字。")
            raise scope.wrong(place, what) from None
        sql = quoted(column.name) if column.type in INTEGERS | FLOATS else f"try_cast({text} as double)"
        return f"{sql} {_COMPARISONS[key]} {number!r}"
    known = ["like", "in", "not", "empty", *_COMPARISONS]
    raise unknown(scope.document.file, scope.line(place), Text("condition", "条件"), key, known)


def json_object(pairs: Iterable[tuple[str, str]]) -> str:
    """SQL of a JSON object as text from (key, SQL value) pairs, without NULLs; NULL when all are."""
    listed_pairs = list(pairs)
    if not listed_pairs:
        return "null::varchar"
    if len(listed_pairs) > _CONCATENATED:
        fields = ", ".join(f"{literal(key)}: {sql}" for key, sql in listed_pairs)
        return f"nullif(json_merge_patch('{{}}', to_json({{{fields}}}))::varchar, '{{}}')"
    parts = [f"{literal(_json_key(key))} || to_json({sql})::varchar" for key, sql in listed_pairs]
    return f"'{{' || nullif(concat_ws(',', {', '.join(parts)}), '') || '}}'"


# Concatenation costs three fifths of the CPU of a struct without its nulls; but each step of it holds a
# vector of its own, and with a hundred columns in eight files at once those came to more than a gigabyte.
_CONCATENATED = 8


def _json_key(key: str) -> str:
    import json

    return json.dumps(key, ensure_ascii=False) + ":"
