"""What pages with forms share: ask until it can be taken, act, go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import redirect, render

from peakend.errors import PeakendError
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.web.say import say, spoken

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import HttpRequest, HttpResponse


def pressed(request: HttpRequest, act: Callable[[], object], to: str, said: str = "") -> HttpResponse:
    """Act and go `to` a path of the site; a refusal is told there."""
    try:
        act()
    except (InvalidError, ConflictError) as error:
        messages.error(request, _words(error))
    else:
        if said:
            messages.success(request, said)
    return redirect(to)


def asked(
    request: HttpRequest,
    form: BaseForm,
    act: Callable[[dict[str, Any]], str],
    template: str = "improvement/form.html",
    **shown: object,
) -> HttpResponse:
    """The page of a form: `act` takes what was entered and gives the path to go on to.

    `shown` is title, button and, where there are any, intro and back (a path with its words).
    """
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(act(form.cleaned_data))
        except (InvalidError, ConflictError) as error:
            told_into(form, error)
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **shown}, status=status)


def told_into(form: BaseForm, error: PeakendError) -> None:
    """Put a refusal beside the field it names, else above the form."""
    fields: Any = error.data.get("fields") or [{}]
    name = fields[0].get("field")
    form.add_error(name if name in form.fields else None, _words(error))


def problems(form: BaseForm) -> str:
    """Every error of a form in a line."""
    return " ".join(
        f"{form.fields[name].label if name in form.fields else ''}: {' '.join(errors)}".lstrip(": ")
        for name, errors in form.errors.items()
    )


def filled(request: HttpRequest, form: BaseForm) -> dict[str, Any] | None:
    """What was entered into a form that stands on another page; None, with a message, where it is wrong."""
    if form.is_valid():
        return form.cleaned_data
    messages.error(request, problems(form) or say("Fill the form in.", "请填写表单。"))
    return None


def at_place(moment: datetime, zone: str) -> datetime:
    """A wall-clock time of a form as the time at `zone`."""
    return moment.replace(tzinfo=ZoneInfo(zone))


def _words(error: PeakendError) -> str:
    return error.in_(spoken()).replace("\n", " " if spoken() == "en" else "")
