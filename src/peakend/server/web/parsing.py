"""What a call of the API brings, read once for all areas: whatever no database can keep is refused here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from ninja.parser import Parser

from peakend.language import Text
from peakend.server.acting.errors import InvalidError
from peakend.server.web.say import told

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.datastructures import MultiValueDict

_DEEPEST = 64
_WIDEST = 2**63  # of whole numbers


class StrictParser(Parser):
    """JSON as RFC 8259 has it, without NUL, lone surrogates, numbers over 64 bits or endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The content of the call; `InvalidError` naming the place that cannot be kept."""
        try:
            content = json.loads(request.body.decode("utf-8"), parse_constant=_no_number)
        except RecursionError as error:
            raise _refused("body", Text("is nested too deeply", "嵌套过深")) from error
        _check(content, "body", 0)
        return content

    def parse_querydict(
        self, data: MultiValueDict, list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The parameters of the address; `InvalidError` where one holds a NUL."""
        found = super().parse_querydict(data, list_fields, request)
        _check(found, "query", 0)
        return cast("dict[str, Any]", found)


def _check(content: object, place: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise _refused(place, Text("is nested too deeply", "嵌套过深"))
    if isinstance(content, str):
        _check_text(content, place)
    elif isinstance(content, int) and not -_WIDEST <= content < _WIDEST:
        raise _refused(place, Text("is a number of more than 64 bits", "的数值超过 64 位"))
    elif isinstance(content, dict):
        for name, value in content.items():
            _check_text(name, place)
            _check(value, f"{place}.{name}", depth + 1)
    elif isinstance(content, list):
        for number, value in enumerate(content):
            _check(value, f"{place}.{number}", depth + 1)


def _check_text(text: str, place: str) -> None:
    if "\x00" in text:
        raise _refused(place, Text("holds a NUL character", "含有空字符（NUL）"))
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _refused(place, Text("holds half a character (a lone surrogate)", "含有不完整的字符"))


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _refused(place: str, why: Text) -> InvalidError:
    place = place.encode("utf-8", "replace").decode()[:200].replace("\x00", "?")
    return InvalidError(
        Text("The call holds what cannot be kept.", "调用中含有无法保存的内容。"),
        Text(f"Mend {place}: it {why.en}.", f"请修正 {place}：{why.zh}。"),
        fields=[{"field": place, "message": told(why)}],
    )
