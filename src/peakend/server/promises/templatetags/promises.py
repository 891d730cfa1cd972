"""Filters of the area's templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from peakend.server.promises import shown
from peakend.server.promises import words as all_words
from peakend.server.promises.models import PromiseItem
from peakend.server.promises.terms import words_of
from peakend.server.web.say import told

register = template.Library()
_TONES = {
    **{"kept": "good", "narrower": "act", "missing": "act", "not_advertised": "watch"},
    **{"affordable": "good", "unaffordable": "act", "cannot_tell": "watch", "hollow": "act"},
    **{"launched": "good", "draft": "", "ended": ""},
}


@register.filter
def promise_word(code: str, table: str) -> str:
    """`{{ promise.status|promise_word:"STATUSES" }}`: a code in the page's language; unknown: as it is."""
    found = getattr(all_words, table).get(code)
    return told(found) if found else code


@register.filter
def tone(code: str) -> str:
    """The colour of a code: good, watch, act or none."""
    return _TONES.get(code, "")


@register.filter
def share(value: float | None) -> str:
    """A share as per cent; a dash for none."""
    return "–" if value is None else shown.percent(value)


@register.filter
def grouped(value: Decimal | int | None) -> str:
    """A number with its thousands apart, without empty cents; a dash for none."""
    return "–" if value is None else f"{value:,}".removesuffix(".00")


@register.filter
def said(item: PromiseItem, side: str) -> str:
    """`{{ item|said:"claimed" }}`: what the claim or the terms said of an item."""
    return told(words_of(item, str(getattr(item, side))))
