"""XML from a stranger as a small tree with lines: no document type, no entities, nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from peakend.journey.designed.design import Problem, refuse
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 5_000_000
_DEEPEST = 100


@dataclass(slots=True)
class Element:
    """One element: its namespace and name, attributes by (namespace, name), text, children, line."""

    space: str
    name: str
    attributes: dict[tuple[str, str], str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The attribute `name` without a namespace."""
        return self.attributes.get(("", name))

    def named(self, name: str) -> Iterator[Element]:
        """Children called `name`, in any namespace."""
        return (child for child in self.children if child.name == name)


def read_xml(text: bytes, file: str) -> Element:
    """The root of `text`. Raises `DesignError` for what is no XML, has a document type, or is too large.

    Entities are what makes XML from strangers dangerous (they read files and grow without end). They can only
    be declared in a document type, so none is accepted.
    """
    if len(text) > MOST_BYTES:
        raise refuse(file, [Problem(Text("The file is larger than 5 MB.", "文件超过 5 MB。"))])
    parser = expat.ParserCreate(namespace_separator="\x1f")
    reader = _Reader(parser, file)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    parser.ExternalEntityRefHandler = reader.doctype
    try:
        parser.Parse(text, True)
    except expat.ExpatError as cause:
        said = expat.ErrorString(cause.code)
        problem = Problem(Text(f"This is no valid XML: {said}.", f"不是有效的 XML：{said}。"), cause.lineno)
        raise refuse(file, [problem]) from cause
    return reader.root


class _Reader:
    def __init__(self, parser: expat.XMLParserType, file: str) -> None:
        self._parser = parser
        self._file = file
        self._open: list[Element] = []
        self.root: Element

    def _refuse(self, en: str, zh: str) -> NoReturn:
        raise refuse(self._file, [Problem(Text(en, zh), self._parser.CurrentLineNumber)])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            self._refuse("The elements are nested too deeply.", "元素嵌套过深。")
        space, own = _split(name)
        made = Element(
            space,
            own,
            {_split(key): value for key, value in attributes.items()},
            self._parser.CurrentLineNumber,
        )
        if self._open:
            self._open[-1].children.append(made)
        else:
            self.root = made
        self._open.append(made)

    def end(self, name: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        self._open[-1].text += text

    def doctype(self, *said: object) -> NoReturn:
        self._refuse(
            "A document type or an entity is not accepted: it could read other files.",
            "不接受文档类型声明或实体：它们可能读取其他文件。",
        )


def _split(name: str) -> tuple[str, str]:
    space, found, own = name.rpartition("\x1f")
    return (space, own) if found else ("", name)
