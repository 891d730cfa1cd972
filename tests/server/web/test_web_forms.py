"""Days in forms: a browser shows a day that was filled in only where it is written in ISO."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec

import pytest
from django import forms
from django.conf import settings
from django.utils import translation

from peakend.server.web.forms import DayInput, MomentInput, sentences


def declared(kind: type[forms.Form] = forms.Form) -> Iterator[type[forms.Form]]:
    for one in kind.__subclasses__():
        yield one
        yield from declared(one)


@pytest.mark.parametrize("language", ["en", "zh-hans", "de"])
def test_days_and_moments_are_written_in_iso_in_every_language(language: str) -> None:
    with translation.override(language):
        assert 'value="2026-11-23"' in DayInput().render("day", date(2026, 11, 23))
        assert 'value="2026-11-23T09:05"' in MomentInput().render("at", datetime(2026, 11, 23, 9, 5))


def test_no_form_asks_for_a_day_in_another_way() -> None:
    for area in settings.AREAS:
        for module in ("forms", "settings_forms"):
            if find_spec(f"peakend.server.{area}.{module}"):
                import_module(f"peakend.server.{area}.{module}")
    found = {
        f"{form.__module__}.{form.__name__}.{name}": type(field.widget)
        for form in declared()
        if form.__module__.startswith("peakend.")
        for name, field in form.base_fields.items()
        if isinstance(field, forms.DateField | forms.DateTimeField)
    }
    assert len(found) > 5, "the forms were found"
    assert {
        name: widget for name, widget in found.items() if not issubclass(widget, DayInput | MomentInput)
    } == {}


def test_lines_end_as_they_are_stored_whatever_a_browser_sends() -> None:
    """A text that is opened and saved unchanged is the same text."""
    assert sentences("Note", "备注").clean("one\r\ntwo\r\n") == "one\ntwo"
