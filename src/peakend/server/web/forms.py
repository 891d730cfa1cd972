"""What the areas' forms share: days as browsers take them, and services' refusals under their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms

from peakend.language import Text
from peakend.server.web.say import say, say_later, told

if TYPE_CHECKING:
    from peakend.server.acting.errors import SiteError

Choices = Callable[[], list[tuple[str, str]]]


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


class Sentences(forms.CharField):
    """Several lines; a browser sends each of their ends as two characters, which nobody wrote."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        """The text with its lines ended as they are stored."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


def line(en: str, zh: str, most: int = 200, **more: Any) -> forms.CharField:  # noqa: ANN401 - the field's own
    """A field of one line, called so in both languages."""
    return forms.CharField(label=say_later(en, zh), max_length=most, **more)


def sentences(en: str, zh: str, most: int = 4000, **more: Any) -> Sentences:  # noqa: ANN401 - the field's own
    """A field of several lines."""
    return Sentences(label=say_later(en, zh), max_length=most, **more)


def pick(en: str, zh: str, choices: Any = (), **more: Any) -> forms.ChoiceField:  # noqa: ANN401 - the field's own
    """A field with one choice of several."""
    return forms.ChoiceField(label=say_later(en, zh), choices=choices, **more)


def day(en: str, zh: str, **more: Any) -> forms.DateField:  # noqa: ANN401 - the field's own
    """A field for a day."""
    return forms.DateField(label=say_later(en, zh), widget=DayInput(), **more)


def moment(en: str, zh: str) -> forms.DateTimeField:
    """A field for a day and a time."""
    return forms.DateTimeField(label=say_later(en, zh), widget=MomentInput())


def chosen_from(table: Mapping[str, Text], empty: bool = False) -> Choices:
    """Choices of codes with their words in the page's language."""

    def made() -> list[tuple[str, str]]:
        listed = [(code, told(text)) for code, text in table.items()]
        return [("", say("Choose", "请选择")), *listed] if empty else listed

    return made


def refused(form: forms.Form, error: SiteError) -> None:
    """Put what a service said under the fields it named, the rest above the form."""
    named = False
    for one in cast("list[dict[str, str]]", error.data.get("fields") or []):
        field = str(one["field"])
        form.add_error(field if field in form.fields else None, str(one["message"]))
        named = True
    if not named:
        form.add_error(None, told(error.what) + (" " + told(error.do) if error.do else ""))
