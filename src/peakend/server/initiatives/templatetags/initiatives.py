"""Filters of the area's templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template

from peakend.server.initiatives import words as all_words
from peakend.server.web.say import spoken, told

register = template.Library()


@register.filter
def meaning(code: object, table: str) -> str:
    """`{{ campaign.status|meaning:"STATUSES" }}`: a code in the page's language; an unknown one as it is."""
    found = getattr(all_words, table).get(str(code))
    return told(found) if found else str(code or "–")


@register.filter
def tone(verdict: str) -> str:
    """The colour of a verdict's mark."""
    return all_words.TONES.get(verdict, "watch")


@register.filter
def at_place(moment: datetime | None, site: Any = None) -> str:  # noqa: ANN401 - a Site or None
    """Day and time at the site."""
    if moment is None:
        return "–"
    return f"{moment.astimezone(ZoneInfo(getattr(site, 'timezone', None) or 'Asia/Shanghai')):%Y-%m-%d %H:%M}"


@register.filter
def in_tongue(row: Any, stem: str) -> str:  # noqa: ANN401 - whatever has both
    """`{{ campaign|in_tongue:"offer" }}`: `offer_en` or `offer_zh`."""
    return str(getattr(row, f"{stem}_{spoken()}"))


@register.filter
def points(value: float | None) -> str:
    """A difference of shares in points of per cent, with its sign; a dash for none."""
    return "–" if value is None else f"{100 * value:+.1f}".replace("-", "−")


@register.filter
def per_cent(value: float | None) -> str:
    """A share as per cent; a dash for none."""
    return "–" if value is None else f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


@register.filter
def change(value: float | None, metric: str) -> str:
    """A change in its metric's unit, with its sign; a dash for none."""
    if value is None:
        return "–"
    shown = (
        f"{100 * value:+.1f}" if metric == "csat" else f"{value:+.1f}" if metric == "nps" else f"{value:+.2f}"
    )
    return shown.replace("-", "−")


@register.filter
def level(value: float | None, metric: str) -> str:
    """A value in its metric's unit; a dash for none."""
    if value is None:
        return "–"
    if metric == "csat":
        return per_cent(value)
    return (f"{value:.0f}" if metric == "nps" else f"{value:.2f}").replace("-", "−")


@register.filter
def money(value: Any) -> str:  # noqa: ANN401 - a number or None
    """Money with thousands; a dash for none."""
    return "–" if value is None else f"{float(value):,.2f}".replace("-", "−")
