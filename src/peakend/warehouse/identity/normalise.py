"""Comparable features of customers: names, contacts, places and years of birth, cleaned inside DuckDB.

Names are compared in lower case, with half-width characters and without accents, titles and legal forms;
short forms of English given names fall together (`words.yaml`). A Chinese name is divided into family and
given name. Telephone numbers become the digits of ITU-T E.164. A value that nobody can own alone (a
placeholder, or one that implausibly many customers share) is not compared, and reported. Not done: pinyin,
traditional characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.engine import Engine, Relation

FOLDER = "warehouse/identity"
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
CUSTOMER_COLUMNS = ("customer_id", "kind", "name", "gender", "birth_year", "country", "city", "source")
IDENTITY_COLUMNS = ("customer_id", "kind", "value")


@dataclass(frozen=True, slots=True)
class Features:
    """What linkage compares, as relations on one DuckDB.

    `records`: one row a customer (`unique_id`). `words`: one row a word of a name. `papers`: one row a
    customer and document or card. `ignored`: kind, fault, number of values and of customers that hold them.
    """

    records: Relation
    words: Relation
    papers: Relation
    ignored: Relation


def build_features(
    scratch: Engine, customers: Relation, identities: Relation, *, max_shared: int
) -> Features:
    """Features of `customers` (columns as in the canonical table) with `identities`, stored on `scratch`.

    A contact that more than `max_shared` customers hold is not compared.
    """
    lists = word_lists()
    text = {"wide": _WIDE, "narrow": _NARROW, "placeholders": lists["placeholders"]}
    countries = scratch.from_arrow(country_table())
    places = scratch.query(f"{FOLDER}/places", text, customers=customers, countries=countries).save("places")
    words = scratch.query(
        f"{FOLDER}/name_words",
        {
            **text,
            "titles": lists["titles"],
            "titles_zh": _any_suffix(lists["titles_zh"]),
            "legal": lists["legal"],
            "legal_zh": _any_suffix(lists["legal_zh"]),
            "compound_families": lists["compound_families"],
        },
        customers=customers,
        nicknames=scratch.from_arrow(nickname_table()),
    ).save("name_words")
    names = scratch.query(f"{FOLDER}/names", words=words).save("names")
    contacts = scratch.query(
        f"{FOLDER}/contacts",
        {**text, "mailboxes": lists["mailboxes"], "numbers": lists["numbers"], "max_shared": max_shared},
        identities=identities,
        places=places,
    ).save("contacts")
    years = scratch.query(
        f"{FOLDER}/birth_years", {"this_year": datetime.now(UTC).year}, customers=customers
    ).save("birth_years")
    records = scratch.query(
        f"{FOLDER}/features",
        {"max_shared": max_shared},
        customers=customers,
        names=names,
        contacts=contacts,
        birth_years=years,
        places=places,
    ).save("records")
    papers = contacts.query(
        "select customer_id, kind, value from t where fault is null and kind in ('document', 'card')"
    ).save("papers")
    ignored = scratch.query(f"{FOLDER}/ignored", contacts=contacts, birth_years=years)
    return Features(records, words, papers, ignored)


@cache
def word_lists() -> Mapping[str, Any]:
    """The lists of `words.yaml`: placeholders, titles, legal forms, nicknames."""
    return _read("words.yaml")


@cache
def country_table() -> pa.Table:
    """Columns alias, iso, code, trunk: every spelling of a country with its telephone prefixes."""
    rows = [
        {"alias": alias, "iso": iso, "code": body["code"], "trunk": body["trunk"]}
        for iso, body in _read("countries.yaml").items()
        for alias in {iso.lower(), *(_unaccented(name) for name in body["names"])}
    ]
    return pa.Table.from_pylist(rows)


@cache
def nickname_table() -> pa.Table:
    """Columns word, root: a short form and the name it stands for."""
    pairs = [(word, root) for root, words in word_lists()["nicknames"].items() for word in words]
    return pa.table({"word": [word for word, _ in pairs], "root": [root for _, root in pairs]})


def _unaccented(name: str) -> str:
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def _any_suffix(words: list[str]) -> str:
    return "(" + "|".join(sorted(words, key=len, reverse=True)) + ")$"


def _read(name: str) -> Mapping[str, Any]:
    text = files("peakend.warehouse.identity").joinpath(name).read_text("utf-8")
    parsed: Mapping[str, Any] = yaml.safe_load(text)
    return parsed
