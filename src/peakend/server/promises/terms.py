"""Claim against terms, item by item (ACT-05): what is kept, narrower, missing, or better than advertised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

from peakend.language import Text

UNLIMITED = "unlimited"
LARGEST = Decimal(10) ** 12
_YES, _NO = ("yes", "y", "true", "是", "需要", "有"), ("no", "n", "false", "否", "不需要", "无")
_UNLIMITED = (UNLIMITED, "no limit", "不限", "无限", "不限次", "不限次数")
_STEP = Decimal("0.0001")


class Item(Protocol):
    """What a comparison reads of an item."""

    name_en: str
    name_zh: str
    kind: str
    better: str
    unit_en: str
    unit_zh: str
    claimed: str
    terms: str
    material: bool
    same_meaning: bool
    caps_uses: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One item judged; `share` is how much of the claim the terms keep (0 to 1), None where none can be
    told."""

    item: Item
    status: str  # a code of words.COMPARISONS
    share: float | None
    sentence: Text
    claimed: Text
    terms: Text


@dataclass(frozen=True, slots=True)
class Difference:
    """All items, worst first. Hollow: a material item gives less than was advertised."""

    items: tuple[Compared, ...]
    hollow: bool
    sentence: Text


def canonical(kind: str, value: str) -> str | None:
    """A value as it is kept: a plain number, `unlimited`, `yes`, `no`, the text; None where it is no such
    value. Nothing said stays empty."""
    value = value.strip()
    if not value or kind == "text":
        return value
    low = value.lower()
    if kind == "yes_no":
        return "yes" if low in _YES else "no" if low in _NO else None
    if low in _UNLIMITED:
        return UNLIMITED
    try:
        number = Decimal(low.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number < LARGEST:
        return None
    plain = f"{number.quantize(_STEP):f}".rstrip("0").rstrip(".")
    return plain or "0"


def words_of(item: Item, value: str) -> Text:
    """A value as a person reads it, with its unit."""
    if not value:
        return Text("nothing said", "未说明")
    if item.kind == "yes_no":
        return Text("yes", "是") if value == "yes" else Text("no", "否")
    if item.kind == "text":
        return Text(value, value)
    if value == UNLIMITED:
        return Text("unlimited", "不限")
    shown = f"{Decimal(value):,}"
    return Text(f"{shown} {item.unit_en}".strip(), f"{shown} {item.unit_zh}".strip())


def cap_of(items: Iterable[Item], side: str) -> float | None:
    """How often a year one customer may use it by the `claimed` or the `terms`; None: no limit is set."""
    for item in items:
        value = str(getattr(item, side))
        if item.caps_uses and value not in ("", UNLIMITED):
            return float(value)
    return None


def compare(items: Iterable[Item]) -> Difference:
    """Every item of a version, and in one sentence what a customer would say about it."""
    judged = sorted((_judged(item) for item in items), key=_badness)
    worse = [one for one in judged if one.status in ("narrower", "missing")]
    hollow = any(one.item.material for one in worse)
    return Difference(tuple(judged), hollow, _in_short(judged, worse))


def _in_short(judged: list[Compared], worse: list[Compared]) -> Text:
    if not judged:
        return Text(
            "No item is listed yet, so claim and terms cannot be compared.",
            "尚未列出条目，无法比较宣传与条款。",
        )
    if not worse:
        return Text("The terms keep everything that is advertised.", "条款兑现了全部宣传内容。")
    first = worse[0].item
    return Text(
        f"The terms give less than advertised in {len(worse)} of {len(judged)} items; "
        f"the worst is “{first.name_en}”.",
        f"{len(judged)} 项中有 {len(worse)} 项条款低于宣传，最严重的是“{first.name_zh}”。",
    )


def _judged(item: Item) -> Compared:
    status, share = _status(item)
    claimed, terms = words_of(item, item.claimed), words_of(item, item.terms)
    return Compared(item, status, share, _sentence(item, status, claimed, terms), claimed, terms)


def _status(item: Item) -> tuple[str, float | None]:
    claimed, terms = item.claimed, item.terms
    if claimed == terms or (item.kind == "text" and _alike(item)):
        return "kept", 1.0
    if not claimed:
        return _unsaid(item)
    if not terms and item.kind == "yes_no" and item.better == "less":
        # A condition the terms do not mention is none.
        return ("kept", 1.0) if claimed == "no" else ("not_advertised", 1.0)
    if not terms:
        return "missing", 0.0
    if item.kind == "text":
        return "narrower", None
    return _against(item)


def _unsaid(item: Item) -> tuple[str, float | None]:
    """The claim is silent: a condition or a cap nobody mentioned narrows it, anything else comes on top."""
    if item.kind == "text":
        return "not_advertised", 1.0
    if item.terms in ("no", "0") or (item.caps_uses and item.terms == UNLIMITED):
        return "kept", 1.0
    return ("narrower", None) if item.better == "less" or item.caps_uses else ("not_advertised", 1.0)


def _against(item: Item) -> tuple[str, float | None]:
    """Two values that differ, and what is left of the claim: unknown where it had no limit."""
    if item.kind == "yes_no":
        return (
            ("narrower", 0.0) if (item.terms == "no") == (item.better == "more") else ("not_advertised", 1.0)
        )
    had, has = (item.claimed, item.terms) if item.better == "more" else (item.terms, item.claimed)
    if has == UNLIMITED:
        return "not_advertised", 1.0
    if had == UNLIMITED:
        return "narrower", None
    if Decimal(has) > Decimal(had):
        return "not_advertised", 1.0
    return "narrower", float(Decimal(has) / Decimal(had))


def _alike(item: Item) -> bool:
    same = " ".join(item.claimed.split()).casefold() == " ".join(item.terms.split()).casefold()
    return same or (item.same_meaning and bool(item.claimed) and bool(item.terms))


def _badness(one: Compared) -> tuple[int, bool, float]:
    rank = {"missing": 0, "narrower": 0, "not_advertised": 1, "kept": 2}[one.status]
    unknown = 0.0 if one.item.caps_uses else 0.5
    return (rank, not one.item.material, unknown if one.share is None else one.share)


def _sentence(item: Item, status: str, claimed: Text, terms: Text) -> Text:
    if status == "kept":
        return Text(f"The terms are as advertised: {terms.en}.", f"与宣传一致：{terms.zh}。")
    if status == "missing":
        return Text(
            f"Advertised: {claimed.en}; the terms do not say so.", f"宣传：{claimed.zh}；条款未予说明。"
        )
    if status == "narrower" and not item.claimed:
        return Text(
            f"The advertisement is silent; the terms say: {terms.en}.", f"宣传未提及；条款：{terms.zh}。"
        )
    if status == "narrower":
        return Text(
            f"Advertised: {claimed.en}; the terms say: {terms.en}.", f"宣传：{claimed.zh}；条款：{terms.zh}。"
        )
    return Text(
        f"Better than advertised ({claimed.en}): {terms.en}.", f"优于宣传（{claimed.zh}）：{terms.zh}。"
    )
