"""Tags and filters of every template; no template has to load them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html

from peakend.language import Text
from peakend.server.acting.policies import may as actor_may
from peakend.server.web.assets import asset_url
from peakend.server.web.clocks import local, zone_of
from peakend.server.web.navigation import header_parts as parts_of_header
from peakend.server.web.pages import known_actor
from peakend.server.web.say import picked as pick
from peakend.server.web.say import spoken, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import BoundField
    from django.template.context import Context
    from django.utils.safestring import SafeString

register = template.Library()
# Where nothing says which clock hangs on the wall; a new site has it too.
HOUSE_ZONE = "Asia/Shanghai"


@register.simple_tag
def say(en: str, zh: str, **values: object) -> SafeString:
    """`{% say "Hello {name}" "{name}，您好" name=user.name %}`; values are escaped."""
    return (
        format_html(zh if spoken() == "zh" else en, **values)
        if values
        else format_html("{}", zh if spoken() == "zh" else en)
    )


@register.filter(name="told")
def told_filter(text: Text) -> str:
    """`{{ text|told }}`: a `Text` in the page's language."""
    return told(text)


@register.filter
def picked(words: Mapping[str, str]) -> str:
    """`{{ survey.title|picked }}`: words a company wrote in several languages."""
    return pick(words or {})


@register.filter
def wall(at: datetime, place: object = None) -> datetime:
    """The time on the wall at `place` (whatever has a `timezone`), else in the zone the time came with.

    It is handed on without a zone: `date` would bring it back to UTC. Times in UTC are shown as in China.
    """
    zone = getattr(place, "timezone", "") or ""
    if zone or at.tzinfo is None or not at.utcoffset():
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(ZoneInfo(zone or HOUSE_ZONE))
    return at.replace(tzinfo=None)


@register.simple_tag(takes_context=True)
def local_time(context: Context, at: datetime | None, fine: str = "") -> SafeString | str:
    """`{% local_time one.at %}`: the time in the zone of who looks; `"s"`: with seconds, `"d"`: the day."""
    if at is None:
        return ""
    zone = zone_of(context["request"])
    written = local(at, zone).isoformat(" ", "seconds" if fine == "s" else "minutes")
    shown = written[:10] if fine == "d" else written
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), zone, shown)


@register.simple_tag(takes_context=True)
def local_zone(context: Context) -> str:
    """`{% local_zone %}`: the name of that zone."""
    return zone_of(context["request"])


@register.simple_tag
def asset(name: str) -> str:
    """`{% asset "site.css" %}`: address of a file of the site, with the hash of its content."""
    return asset_url(name)


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """`{% may "cases.work" as can_work %}`: whether whoever sees the page may do that."""
    actor = known_actor(context["request"])
    return actor is not None and actor_may(actor, action)


@register.simple_tag(takes_context=True)
def header_parts(context: Context) -> str:
    """`{% header_parts %}`: what the areas show beside the brand."""
    actor = known_actor(context["request"])
    return parts_of_header(context["request"], actor) if actor else ""


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, **extra: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the template is told
    """`{% field form.name %}`: a form's label, input, help and error, tied together for screen readers."""
    widget = bound.field.widget
    name = type(widget).__name__.lower()
    # Several boxes are a group with a legend, one box stands before its label.
    kind = name if name == "checkboxselectmultiple" else getattr(widget, "input_type", name)
    described = " ".join(
        i
        for i, there in (
            (f"{bound.id_for_label}-help", bound.help_text),
            (f"{bound.id_for_label}-error", bound.errors),
        )
        if there
    )
    attrs = {"aria-describedby": described} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {"bound": bound, "drawn": bound.as_widget(attrs=attrs), "kind": kind, **extra}


@register.inclusion_tag("web/figure.html")
def figure(label: str, value: object, base: str = "", tone: str = "") -> dict[str, object]:
    """A figure with its interval and base right under it; `tone` is good, watch, act or nothing."""
    return {"label": label, "value": value, "base": base, "tone": tone}
