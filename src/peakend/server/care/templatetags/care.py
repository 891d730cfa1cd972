"""Filters of the area's templates."""

from __future__ import annotations

from django import template

from peakend.language import Text
from peakend.server.care import words as all_words
from peakend.server.care.suggesting import Condition, Fact
from peakend.server.web.say import say, told

register = template.Library()


@register.filter
def careword(code: object, table: str) -> str:
    """`{{ item.stage|careword:"EXCHANGE" }}`: a code in the page's language; an unknown one as it is."""
    known: dict[str, Text] = getattr(all_words, table)
    found = known.get(str(code))
    return told(found) if found else str(code)


@register.filter
def score(value: float | None) -> str:
    """One decimal; a dash for none."""
    return "–" if value is None else f"{value:.1f}"


@register.filter
def change(value: float | None) -> str:
    """A change with its sign; a dash for none."""
    return "–" if value is None else f"{value:+.1f}".replace("-", "−")


@register.filter
def got(table: dict[str, float] | None, key: str) -> float | None:
    """`{{ changes|got:code }}`."""
    return table.get(key) if table else None


@register.filter
def factname(code: str) -> str:
    """A fact in the page's language; an attribute by its own name."""
    kind, _, name = code.partition(":")
    return say("“{name}”", "“{name}”", name=name) if kind == "attribute" else careword(kind, "FACTS")


@register.filter
def factvalue(fact: Fact) -> str:
    """The value as a person reads it."""
    return fact.value if isinstance(fact.value, str) else f"{fact.value:g}"


@register.filter
def condition(stored: dict[str, str]) -> str:
    """`days since the last interaction is at least 90`."""
    one = Condition(stored["fact"], stored["op"], stored["value"])
    value = one.value if isinstance(one.value, str) else f"{one.value:g}"
    return f"{factname(one.fact)} {careword(one.op, 'OPERATORS')} {value}"
