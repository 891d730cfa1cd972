"""YAML in which every value is text and every place has a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from peakend.language import Text
from peakend.warehouse.mapping_errors import wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(slots=True)
class Document:
    """A parsed document. Scalars are kept as they are written (a code 01 stays "01"), only null is None."""

    file: str
    data: Any = None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, place: Sequence[str | int]) -> int:
        """Line (from 1) of the value at `place`, or of the nearest thing around it that is in the text."""
        for length in range(len(place), -1, -1):
            found = self.lines.get(tuple(place[:length]))
            if found is not None:
                return found
        return 1


def parse(text: str, file: str) -> Document:
    """Parse `text`; a mistake in the YAML, or a key given twice, is a `MappingError` with its line."""
    document = Document(file)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as cause:
        mark = getattr(cause, "problem_mark", None)
        problem = getattr(cause, "problem", None) or str(cause)
        raise wrong(
            file,
            mark.line + 1 if mark else 1,
            Text(f"this is no valid YAML: {problem}.", f"不是有效的 YAML：{problem}。"),
        ) from cause
    document.data = _built(node, (), document) if node is not None else None
    return document


def _built(node: yaml.Node, place: tuple[str | int, ...], document: Document) -> object:
    document.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, document)
    if isinstance(node, yaml.SequenceNode):
        return [_built(item, (*place, index), document) for index, item in enumerate(node.value)]
    return None if node.tag == _NULL else node.value


def _mapping(node: yaml.MappingNode, place: tuple[str | int, ...], document: Document) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key, value in node.value:
        if key.tag == _MERGE:
            parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for part in parts:
                built = _built(part, place, document)
                merged = {**built, **merged} if isinstance(built, dict) else merged
            continue
        name = str(key.value)
        if name in own:
            raise wrong(
                document.file,
                key.start_mark.line + 1,
                Text(f"{name!r} stands here a second time.", f"{name!r} 重复出现。"),
            )
        document.lines[*place, name] = key.start_mark.line + 1
        own[name] = _built(value, (*place, name), document)
    return {**merged, **own}
