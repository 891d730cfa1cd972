"""People with known records: a planted truth for linkage, and the recipe by which their records are spoilt.

`plant(persons, seed)` makes persons (two in five with Chinese names), puts three in ten of them into
households that share a family name, a city and often a phone or an e-mail address, adds twins, and writes
each person's records into up to three sources. Every record is spoilt by itself at the rates of `RECIPE`,
the first one too. With `duplicates=False` every person has one record: the null twin, in which nothing
should be merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import yaml

from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SOURCES = ("crm", "shop", "app")

RECIPE: Mapping[str, float] = {
    "name_typo": 0.08,  # one edit in one word, Latin names
    "name_homophone": 0.02,  # another character of the same sound, Chinese names
    "name_swapped": 0.10,  # family name and given name change places
    "name_nickname": 0.08,  # Latin given names that have one; a third of them in no list
    "name_initial": 0.03,  # given name cut to its first letter, Latin names
    "name_missing": 0.01,
    "wide_characters": 0.10,  # full-width digits and letters, Chinese records
    "email_other_domain": 0.15,
    "email_changed": 0.10,
    "email_missing": 0.15,
    "email_placeholder": 0.02,  # test@test.com, n/a
    "phone_changed": 0.08,
    "phone_missing": 0.20,
    "phone_placeholder": 0.02,  # 000000, 13800138000
    "birth_year_missing": 0.15,
    "birth_year_wrong": 0.02,  # one digit
    "gender_missing": 0.10,
    "gender_wrong": 0.005,
    "city_missing": 0.10,
    "city_moved": 0.08,
}
RECORDS = (0.55, 0.30, 0.15)  # share of persons with one, two, three sources
TWICE_IN_ONE_SOURCE = 0.03
IN_HOUSEHOLDS, SHARES_PHONE, SHARES_EMAIL, TWINS = 0.30, 0.40, 0.25, 0.03
CHINESE = 0.40


_NAMES: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("planted_names.yaml").read_text("utf-8"))
_MEN = _NAMES["men"]
_WOMEN = _NAMES["women"]
_FAMILIES = _NAMES["families"]
_SYLLABLES = _NAMES["syllables"]
_ENDINGS = _NAMES["endings"]
_NICKNAMES = _NAMES["nicknames"]
_ZH_FAMILIES = _NAMES["zh_families"]
_ZH_COMPOUND = ("欧阳", "司马", "上官", "诸葛")
_ZH_GIVEN = _NAMES["zh_given"]
_HOMOPHONES = dict(zip("小晓明鸣伟玮静婧丽莉敏珉涛韬颖影", "晓小鸣明玮伟婧静莉丽珉敏韬涛影颖", strict=True))
_CITIES = _NAMES["cities"]
_ZH_CITIES = _NAMES["zh_cities"]
_HOSTS = _NAMES["hosts"]
_ZH_HOSTS = _NAMES["zh_hosts"]
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


@dataclass(slots=True)
class Person:
    family: str
    given: str
    woman: bool
    chinese: bool
    birth_year: int
    city: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Planted:
    """customers and identities as canonical tables; `person` says who is behind each customer_id."""

    customers: pa.Table
    identities: pa.Table
    person: Mapping[str, int]

    def true_pairs(self) -> set[tuple[str, str]]:
        """Pairs of records of one person, smaller id first."""
        return pairs_of(self.person)


def pairs_of(group: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every pair of keys that have the same value."""
    members: dict[Any, list[str]] = {}
    for key, value in group.items():
        members.setdefault(value, []).append(key)
    return {pair for keys in members.values() for pair in combinations(sorted(keys), 2)}


def plant(persons: int, seed: int, *, duplicates: bool = True) -> Planted:
    """Records of `persons` people, spoilt by `RECIPE`; the same seed gives the same records."""
    rng = np.random.default_rng(seed)
    customers: list[dict[str, Any]] = []
    identities: list[dict[str, Any]] = []
    person: dict[str, int] = {}
    for number, someone in enumerate(_people(persons, rng)):
        for source in _sources(rng, duplicates):
            customer_id = f"{source}-{rng.integers(10**9):09d}-{len(customers)}"
            person[customer_id] = number
            customer, contacts = _record(someone, rng)
            customers.append({**customer, "customer_id": customer_id, "kind": "person", "source": source})
            identities += [
                {
                    "identity_id": f"{customer_id}/{kind}",
                    "customer_id": customer_id,
                    "kind": kind,
                    "value": value,
                    "source": source,
                }
                for kind, value in contacts.items()
            ]
    order = rng.permutation(len(customers))
    return Planted(
        pa.Table.from_pylist([customers[i] for i in order], schema=canonical_table("customers").schema()),
        pa.Table.from_pylist(identities, schema=canonical_table("identities").schema()),
        person,
    )


def _sources(rng: np.random.Generator, duplicates: bool) -> list[str]:
    if not duplicates:
        return [SOURCES[rng.integers(3)]]
    number = 1 + int(rng.choice(3, p=RECORDS))
    chosen = [SOURCES[i] for i in rng.choice(3, size=number, replace=False)]
    if rng.random() < TWICE_IN_ONE_SOURCE:
        chosen.append(chosen[0])
    return chosen


def _people(count: int, rng: np.random.Generator) -> list[Person]:
    people: list[Person] = []
    while len(people) < count:
        first = _person(rng, chinese=rng.random() < CHINESE)
        people.append(first)
        # 0.11 households of 2 to 5 a person put about three in ten people into one
        if rng.random() < IN_HOUSEHOLDS / 2.8:
            people += _household(first, rng)
    return people[:count]


def _household(first: Person, rng: np.random.Generator) -> list[Person]:
    shares_phone, shares_email = rng.random() < SHARES_PHONE, rng.random() < SHARES_EMAIL
    others: list[Person] = []
    for _ in range(int(rng.integers(1, 4))):
        other = _person(rng, chinese=first.chinese, family=first.family, city=first.city)
        twin = others and rng.random() < TWINS * 3
        other.birth_year = others[-1].birth_year if twin else first.birth_year + int(rng.integers(-35, 35))
        other.birth_year = int(np.clip(other.birth_year, 1930, 2010))
        if shares_phone:
            other.phone = first.phone
        if shares_email:
            other.email = first.email
        if other.given not in {first.given, *(person.given for person in others)}:
            others.append(other)
    return others


def _person(
    rng: np.random.Generator, *, chinese: bool, family: str | None = None, city: str | None = None
) -> Person:
    woman = bool(rng.random() < 0.5)
    if chinese:
        length = 1 if rng.random() < 0.25 else 2
        given = "".join(rng.choice(list(_ZH_GIVEN), size=length))
        family = family or (_pick(_ZH_COMPOUND, rng) if rng.random() < 0.02 else _zipf(_ZH_FAMILIES, rng))
        mailbox = "".join(rng.choice(list("abcdefghjlmqwxyz"), size=3)) + str(rng.integers(10**3, 10**8))
        email = f"{mailbox}@{_pick(_ZH_HOSTS, rng)}"
        phone = f"1{rng.integers(30, 100)}{rng.integers(10**8):08d}"
        return Person(family, given, woman, True, _year(rng), city or _zipf(_ZH_CITIES, rng), email, phone)
    given = _zipf(_WOMEN if woman else _MEN, rng)
    family = family or (_zipf(_FAMILIES, rng) if rng.random() < 0.5 else _made_up(rng))
    email = f"{given}.{family}{rng.integers(1, 1000)}@{_pick(_HOSTS, rng)}"
    phone = f"7{rng.integers(10**9):09d}"
    return Person(family, given, woman, False, _year(rng), city or _zipf(_CITIES, rng), email, phone)


def _record(person: Person, rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, str]]:
    def happens(what: str) -> bool:
        return bool(rng.random() < RECIPE[what])

    wide = person.chinese and happens("wide_characters")
    customer = {
        "name": None if happens("name_missing") else _name(person, rng, happens),
        "gender": None
        if happens("gender_missing")
        else _gender(person.woman != happens("gender_wrong"), rng),
        "birth_year": None if happens("birth_year_missing") else person.birth_year,
        "city": None if happens("city_missing") else person.city,
        "country": _pick(("CN", "中国", "China") if person.chinese else ("GB", "UK", "United Kingdom"), rng),
    }
    if customer["birth_year"] is not None and happens("birth_year_wrong"):
        customer["birth_year"] = person.birth_year // 10 * 10 + int(rng.integers(10))
    if customer["city"] is not None and happens("city_moved"):
        customer["city"] = _pick(_ZH_CITIES if person.chinese else _CITIES, rng)
    if customer["city"] is not None and person.chinese and rng.random() < 0.3:
        customer["city"] += "市"
    contacts = {}
    if not happens("email_missing"):
        email = _email(person, rng, happens)
        contacts["email"] = email.translate(_WIDE) if wide else email
    if not happens("phone_missing"):
        phone = _phone(person, rng, happens)
        contacts["phone"] = phone.translate(_WIDE) if wide else phone
    return customer, contacts


def _name(person: Person, rng: np.random.Generator, happens: Callable[[str], bool]) -> str:
    family, given = person.family, person.given
    if person.chinese:
        if happens("name_homophone"):
            given = "".join(_HOMOPHONES.get(c, c) for c in given)
        if happens("name_swapped"):
            return f"{given} {family}"
        return f"{family} {given}" if rng.random() < 0.1 else family + given
    if happens("name_nickname"):
        given = _NICKNAMES.get(given, given)
    if happens("name_typo"):
        if rng.random() < 0.5:
            given = _typo(given, rng)
        else:
            family = _typo(family, rng)
    if happens("name_initial"):
        given = given[0] + "."
    given, family = given.capitalize(), family.capitalize()
    if happens("name_swapped"):
        return f"{family}, {given}" if rng.random() < 0.5 else f"{family} {given}"
    title = ("Ms " if person.woman else "Mr ") if rng.random() < 0.1 else ""
    return f"{title}{given} {family}"


def _typo(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(len(word) - 1))
    letter = chr(97 + int(rng.integers(26)))
    forms = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
    )
    return forms[int(rng.integers(4))]


def _email(person: Person, rng: np.random.Generator, happens: Callable[[str], bool]) -> str:
    if happens("email_placeholder"):
        return _pick(("test@test.com", "n/a", "none@none.com"), rng)
    hosts = _ZH_HOSTS if person.chinese else _HOSTS
    mailbox, _, host = person.email.partition("@")
    if happens("email_changed"):
        return f"{person.given[:1] if not person.chinese else 'u'}{rng.integers(10**8)}@{_pick(hosts, rng)}"
    if happens("email_other_domain"):
        host = _pick(hosts, rng)
    email = f"{mailbox}@{host}"
    return email.upper() if rng.random() < 0.05 else email


def _phone(person: Person, rng: np.random.Generator, happens: Callable[[str], bool]) -> str:
    if happens("phone_placeholder"):
        return _pick(("000000", "13800138000", "12345678"), rng)
    number = person.phone
    if happens("phone_changed"):
        number = number[:3] + f"{rng.integers(10 ** (len(number) - 3)):0{len(number) - 3}d}"
    code, trunk = ("86", "") if person.chinese else ("44", "0")
    forms = (
        trunk + number,
        f"+{code} {number[:3]} {number[3:7]} {number[7:]}",
        f"00{code}{number}",
        f"{trunk}{number[:4]}-{number[4:]}",
    )
    return forms[int(rng.integers(4))]


def _gender(woman: bool, rng: np.random.Generator) -> str:
    return _pick(("F", "female", "女") if woman else ("M", "male", "男"), rng)


def _year(rng: np.random.Generator) -> int:
    return int(np.clip(rng.normal(1982, 14), 1932, 2008))


def _made_up(rng: np.random.Generator) -> str:
    middle = _pick(_SYLLABLES, rng) if rng.random() < 0.4 else ""
    return _pick(_SYLLABLES, rng) + middle + _pick(_ENDINGS, rng)


def _pick(items: Sequence[str], rng: np.random.Generator) -> str:
    return str(items[int(rng.integers(len(items)))])


def _zipf(items: Sequence[str], rng: np.random.Generator) -> str:
    weights = 1 / np.arange(3, len(items) + 3)
    return str(items[int(rng.choice(len(items), p=weights / weights.sum()))])
