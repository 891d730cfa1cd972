"""Filters about cases, for the templates of every area to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from peakend.server.cases.shown import headline
from peakend.server.web.say import told

if TYPE_CHECKING:
    from peakend.server.cases.models import Case

register = template.Library()


@register.filter
def in_a_line(case: Case) -> str:
    """The case in a sentence, in the page's language: its stored title is in one language only."""
    return told(headline(case))
