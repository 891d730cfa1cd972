"""XML from a stranger as tables of rows, by the standard library's expat with everything dangerous
refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from peakend.language import Text
from peakend.server.surveys.uploads import refused, too_large, unreadable

MOST_DEPTH = 12
MOST_ELEMENTS = 400_000
MOST_CELL = 100_000
Row = dict[str, str]


@dataclass(slots=True)
class Tables:
    """`<document><table><rows><row><column>text`: the rows by table, the languages, what kind of document
    it is.
    """

    kind: str = ""
    languages: list[str] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)


def read_tables(content: bytes) -> Tables:
    """The tables; `InvalidError` for anything that is no XML, too deep, too large, or has a DTD or
    entities.
    """
    reader = _Reader()
    # External things are never fetched: no handler for them is set, and the DTD they would need is refused.
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _hostile
    parser.EntityDeclHandler = _hostile
    parser.UnparsedEntityDeclHandler = _hostile
    parser.ExternalEntityRefHandler = _hostile
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
        raise unreadable() from error
    return reader.tables


def _hostile(*_: object) -> NoReturn:
    raise refused(
        Text("The file declares a document type or entities.", "文件中含有文档类型或实体声明。"),
        Text(
            "Export it again from LimeSurvey: its files hold none.",
            "请从 LimeSurvey 重新导出，其导出文件不含此类声明。",
        ),
    )


class _Reader:
    def __init__(self) -> None:
        self.tables = Tables()
        self.path: list[str] = []
        self.words: list[str] = []
        self.length = 0
        self.count = 0
        self.row: Row = {}

    def start(self, name: str, _: dict[str, str]) -> None:
        self.count += 1
        self.path.append(name)
        if len(self.path) > MOST_DEPTH or self.count > MOST_ELEMENTS:
            raise too_large()
        self.words, self.length = [], 0
        if self.path[2:] == ["rows", "row"]:
            self.row = {}

    def text(self, data: str) -> None:
        self.length += len(data)
        if self.length > MOST_CELL:
            raise too_large()
        self.words.append(data)

    def end(self, name: str) -> None:
        said = "".join(self.words).strip()
        if self.path == ["document", "LimeSurveyDocType"]:
            self.tables.kind = said
        elif self.path == ["document", "languages", "language"]:
            self.tables.languages.append(said)
        elif len(self.path) == 5 and self.path[2:4] == ["rows", "row"]:
            self.row[name] = said
        elif len(self.path) == 4 and self.path[2:] == ["rows", "row"]:
            self.tables.rows.setdefault(self.path[1], []).append(self.row)
        self.path.pop()
        self.words, self.length = [], 0
