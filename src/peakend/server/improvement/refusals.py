"""Short ways to say no: what is wrong and what to do."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.errors import ConflictError, InvalidError


def invalid(en: str, zh: str, do: Text | None = None, field: str = "") -> InvalidError:
    """The input cannot be taken."""
    told = {"fields": [{"field": field, "message": en}]} if field else {}
    return InvalidError(Text(en, zh), do, **told)


def conflict(en: str, zh: str, do: Text | None = None) -> ConflictError:
    """It contradicts what is."""
    return ConflictError(Text(en, zh), do)


def need_one_of(value: str, known: object, field: str) -> None:
    """Refuse a code that is not one of `known`."""
    if value not in known:  # type: ignore[operator]
        raise invalid(f"{field} has no value {value}.", f"{field} 没有 {value} 这个值。", field=field)
