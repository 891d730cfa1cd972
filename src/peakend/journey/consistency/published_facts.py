"""The same fact told differently in different places, and contact data that cannot be right."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow as pa

from peakend.journey.consistency.columns import FACT_CONFLICTS, FACTS_CHECKED
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peakend.declaration import Inputs

Row = dict[str, Any]

PHONES = frozenset({"phone", "fax", "telephone", "hotline", "电话", "传真", "热线"})
MAILS = frozenset({"email", "e-mail", "mail", "邮箱", "电子邮箱"})
LINKS = frozenset({"link", "url", "website", "链接", "网址"})
PRICES = frozenset({"price", "fee", "价格", "费用"})
DEFAULT_REGION = "CN"

_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as one place tells it. `place`: touchpoint, channel and site, as far as they are known."""

    subject: str
    attribute: str
    place: str
    value: str
    seen_at: object = None
    region: str = DEFAULT_REGION


def same(attribute: str, value: str, region: str = DEFAULT_REGION) -> str:
    """`value` so that two ways to write one thing are equal: numbers, phone numbers, case, spaces."""
    plain = " ".join(value.casefold().split())
    if attribute in PHONES:
        return _phone(plain, region) or re.sub(r"\D", "", plain)
    if attribute in PRICES:
        found = _NUMBER.search(plain.replace(",", "").replace("，", ""))
        return f"{float(found.group()):g}" if found else plain
    if attribute in LINKS:
        return plain.removeprefix("https://").removeprefix("http://").removesuffix("/")
    return plain


def why_invalid(attribute: str, value: str, region: str = DEFAULT_REGION) -> Text | None:
    """Why `value` cannot be right: a phone number that no plan has, a mail address without a domain, a link
    without a host, a price that is none or below zero. None where nothing is wrong, or nothing is known.

    Numbering plans: Google's libphonenumber. A number that exists may still be somebody else's.
    """
    if attribute in PHONES and _phone(value, region) is None:
        return Text("no such number in the numbering plan", "号码不符合编号规则")
    if attribute in MAILS and not _MAIL.fullmatch(value.strip()):
        return Text("not a mail address", "不是有效的邮箱地址")
    if attribute in LINKS and not _host(value):
        return Text("not a link", "不是有效的链接")
    if attribute in PRICES:
        found = _NUMBER.search(value.replace(",", "").replace("，", ""))
        if found is None or float(found.group()) < 0:
            return Text("not a price", "不是有效的价格")
    return None


def conflicts(told: Iterable[Told]) -> list[Row]:
    """Every place that tells a fact otherwise than most do, or tells what cannot be right.

    Where two versions are told equally often, both are listed. Rows as in `fact_conflicts`.
    """
    groups: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for one in told:
        groups[one.subject, one.attribute.casefold()].append(one)
    rows: list[Row] = []
    for (_, attribute), members in sorted(groups.items()):
        rows += _of_fact(attribute, members)
    return rows


def _of_fact(attribute: str, members: Sequence[Told]) -> list[Row]:
    meant = [same(attribute, one.value, one.region) for one in members]
    counts = Counter(meant)
    most = max(counts.values())
    usual = {value for value, count in counts.items() if count == most}
    rows: list[Row] = []
    for one, value in sorted(zip(members, meant, strict=True), key=lambda pair: pair[0].place):
        odd = len(counts) > 1 and (value not in usual or len(usual) > 1)
        invalid = why_invalid(attribute, one.value, one.region)
        if not odd and invalid is None:
            continue
        others = [other.value for other, v in zip(members, meant, strict=True) if v in usual - {value}]
        rows.append(
            {
                "subject": one.subject,
                "attribute": attribute,
                "told_at": one.place,
                "told": one.value,
                "told_elsewhere": Counter(others).most_common(1)[0][0] if odd and others else None,
                "places": len(members),
                "agreeing": counts[value],
                "seen_at": one.seen_at,
                "kind": "both" if odd and invalid else "conflict" if odd else "invalid",
                "reason_en": invalid.en if invalid else None,
                "reason_zh": invalid.zh if invalid else None,
            }
        )
    return rows


def fact_conflicts(inputs: Inputs) -> dict[str, pa.Table]:
    """The tables `fact_conflicts` and `facts_checked`, from what each place told last."""
    found = inputs.query("journey/consistency/facts_last_told").to_arrow().to_pylist()
    regions = _regions(inputs)
    told = [
        Told(
            row["subject"],
            row["attribute"],
            " · ".join(row[name] for name in ("touchpoint_id", "channel", "site_id") if row[name]),
            row["value"],
            row["seen_at"],
            regions.get(row["site_id"] or "", DEFAULT_REGION),
        )
        for row in found
    ]
    rows = conflicts(told)
    return {
        FACT_CONFLICTS.name: pa.Table.from_pylist(rows, FACT_CONFLICTS.schema()),
        FACTS_CHECKED.name: pa.Table.from_pylist(_checked(told, rows), FACTS_CHECKED.schema()),
    }


def _regions(inputs: Inputs) -> dict[str, str]:
    sites = inputs.query("select site_id, country from sites where country is not null").to_arrow()
    pairs = zip(sites["site_id"].to_pylist(), sites["country"].to_pylist(), strict=True)
    return {site: country.upper() for site, country in pairs if len(country) == 2}


def _checked(told: Sequence[Told], rows: Sequence[Row]) -> list[Row]:
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for one in told:
        places[one.attribute.casefold()][one.subject] += 1
    odd: dict[str, set[str]] = defaultdict(set)
    wrong: Counter[str] = Counter()
    for row in rows:
        if row["kind"] != "invalid":
            odd[row["attribute"]].add(row["subject"])
        wrong[row["attribute"]] += row["kind"] != "conflict"
    return [
        {
            "attribute": attribute,
            "facts": sum(count > 1 for count in subjects.values()),
            "conflicting": len(odd[attribute]),
            "told": subjects.total(),
            "invalid": wrong[attribute],
        }
        for attribute, subjects in sorted(places.items())
    ]


def _phone(value: str, region: str) -> str | None:
    """The number in E.164, or None where no numbering plan has it."""
    import phonenumbers

    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    # Service numbers (95583, 12306) belong to no numbering plan of subscribers.
    if phonenumbers.is_valid_short_number_for_region(number, region):
        return re.sub(r"\D", "", value)
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _host(value: str) -> bool:
    text = value.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and " " not in text
