"""What the areas' forms share: days as browsers take them, and services' refusals under their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms

from peakend.server.web.say import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.server.acting.errors import SiteError


class DayInput(forms.DateInput):
    """A day. In ISO whatever the page's language is: a browser shows nothing else that was filled in."""

    input_type = "date"

    def __init__(self, attrs: Mapping[str, object] | None = None) -> None:
        super().__init__(dict(attrs or {}), format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and a time, in ISO."""

    input_type = "datetime-local"

    def __init__(self, attrs: Mapping[str, object] | None = None) -> None:
        super().__init__(dict(attrs or {}), format="%Y-%m-%dT%H:%M")


def refused(form: forms.Form, error: SiteError) -> None:
    """Put what a service said under the fields it named, the rest above the form."""
    named = False
    for one in cast("list[dict[str, str]]", error.data.get("fields") or []):
        field = str(one["field"])
        form.add_error(field if field in form.fields else None, str(one["message"]))
        named = True
    if not named:
        form.add_error(None, told(error.what) + (" " + told(error.do) if error.do else ""))
