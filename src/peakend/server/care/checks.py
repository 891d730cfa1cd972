"""Checks that services of the area share."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.improvement.refusals import invalid, need_one_of
from peakend.server.improvement.selectors import one, own_sites, person_of
from peakend.server.improvement.services.goals import RANGES
from peakend.server.improvement.words import METRICS, SHARES

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Site
    from peakend.server.people.models import User

# What answers of customers measure; visits have metrics of their own.
ANSWERED = ("nps", "csat", "ces", "rating")


def names(name_en: str, name_zh: str) -> dict[str, str]:
    """Both names, trimmed; refused where one is missing."""
    for field, name in (("name_en", name_en), ("name_zh", name_zh)):
        if not name.strip():
            raise invalid("Name it in both languages.", "请填写中英文名称。", field=field)
    return {"name_en": name_en.strip()[:200], "name_zh": name_zh.strip()[:200]}


def texts(text_en: str, text_zh: str) -> dict[str, str]:
    """Both texts, trimmed; refused where one is missing."""
    for field, text in (("text_en", text_en), ("text_zh", text_zh)):
        if not text.strip():
            raise invalid("Write it in both languages.", "请填写中英文内容。", field=field)
    return {"text_en": text_en.strip()[:2000], "text_zh": text_zh.strip()[:2000]}


def threshold(metric: str, value: float, field: str) -> None:
    """Refuse a value that the metric cannot have; without a metric, one that is no number."""
    if metric:
        need_one_of(metric, METRICS, "metric")
    low, high = (0.0, 1.0) if metric in SHARES else RANGES.get(metric, (-1e9, 1e9))
    if not (isfinite(value) and low <= value <= high):
        raise invalid(
            f"It lies between {low:g} and {high:g}.", f"数值须在 {low:g} 与 {high:g} 之间。", field=field
        )


def ten(value: float, field: str) -> float:
    """A score from 0 to 10."""
    if not (isfinite(value) and 0 <= value <= 10):
        raise invalid("A score lies between 0 and 10.", "评分须在 0 与 10 之间。", field=field)
    return float(value)


def owner_of(actor: Actor, key: str) -> User:
    """Somebody in reach who answers for it."""
    found = person_of(actor, key)
    if found is None:
        raise invalid("Say who answers for it.", "请选择责任人。", field="owner")
    return found


def place_of(actor: Actor, code: str | None) -> Site | None:
    """One of the actor's sites; none means the whole company, for who sees all of it."""
    if code:
        found: Site = one(own_sites(actor), Text("Site", "网点"), code=code)
        return found
    whole_company(actor, "site")
    return None


def whole_company(actor: Actor, field: str = "") -> None:
    """Refuse somebody whose reach is a part of the company."""
    if not actor.reach.everything:
        raise invalid(
            "This is for the whole company; you see a part of it.",
            "此项属于全公司，超出您的管辖范围。",
            field=field,
        )
