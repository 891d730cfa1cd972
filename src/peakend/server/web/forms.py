"""Between services that refuse and forms that show why."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from peakend.server.web.say import told

if TYPE_CHECKING:
    from django import forms

    from peakend.server.acting.errors import SiteError


def refused(form: forms.Form, error: SiteError) -> None:
    """Put what a service said under the fields it named, the rest above the form."""
    named = False
    for one in cast("list[dict[str, str]]", error.data.get("fields") or []):
        field = str(one["field"])
        form.add_error(field if field in form.fields else None, str(one["message"]))
        named = True
    if not named:
        form.add_error(None, told(error.what) + (" " + told(error.do) if error.do else ""))
