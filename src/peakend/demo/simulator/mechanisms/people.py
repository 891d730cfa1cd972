"""Who the customers are: names, age, language, home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peakend.demo.simulator.columns import canonical, constant, days, identifiers, integers, picked, times
from peakend.demo.simulator.draws import Array, pick
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.segmenting import REGIONS, inland
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block

_CHINESE = 0.85
_BORN = (1945, 2005)


def _step(block: Block) -> None:
    world, people = block.world, block.people
    names = world.shared.names
    who, name, home = block.drawn("people.who"), block.drawn("people.name"), block.drawn("people.home")
    chinese = who[0] < _CHINESE
    people["chinese"] = chinese
    people["male"] = who[1] < 0.5
    # The mean of two uniforms: most customers are of middle age.
    people["born"] = (_BORN[0] + (who[2] + who[3]) / 2 * (_BORN[1] - _BORN[0] + 1)).astype(np.int64)
    people["family"] = _among(name[0], chinese, names.zh_family, names.en_family)
    people["given"] = _among(name[1], chinese, names.zh_first, names.en_given)
    people["second"] = (name[2] * len(names.zh_second)).astype(np.int64)
    people["city"] = pick(home[0], np.array([3.0, 2.5, 2.0, 1.6, 1.0, 1.0, 0.7, 0.7]))
    people["site"] = pick(home[1], np.array([site.weight for site in world.company.sites]))
    # An ASCII number, so that a wrong digit in a second record is a wrong digit.
    people["phone"] = (home[2] * 10**7).astype(np.int64)


def _among(u: Array, chinese: Array, zh: tuple[str, ...], en: tuple[str, ...]) -> Array:
    return (u * np.where(chinese, len(zh), len(en))).astype(np.int64)


def full_names(block: Block, rows: Array, shortened: Array | None = None) -> pa.Array:
    """Names of people; `shortened`: without the second character, or with an initial."""
    names, people = block.world.shared.names, block.people
    chinese = people["chinese"][rows]
    short = np.zeros(len(rows), bool) if shortened is None else shortened
    family, given, second = (people[c][rows] for c in ("family", "given", "second"))
    zero = np.zeros_like(family)
    zh_tail = picked(["", *names.zh_second], np.where(short, 0, second + 1))
    zh = pc.binary_join_element_wise(
        picked(names.zh_family, np.where(chinese, family, zero)),
        picked(names.zh_first, np.where(chinese, given, zero)),
        zh_tail,
        "",
    )
    initials = [f"{name[0]}." for name in names.en_given]
    en_given = picked([*names.en_given, *initials], np.where(chinese, 0, given) + short * len(names.en_given))
    en = pc.binary_join_element_wise(en_given, picked(names.en_family, np.where(chinese, 0, family)), " ")
    return pc.if_else(pa.array(chinese), zh, en)


def personal_columns(block: Block, rows: Array) -> dict[str, pa.Array]:
    """What all records of a person agree on."""
    people = block.people
    cities = block.world.shared.names.cities
    return {
        "kind": constant("person", len(rows)),
        "gender": picked(["female", "male"], people["male"][rows]),
        "language": picked(["en", "zh-CN"], people["chinese"][rows]),
        "country": constant("CN", len(rows)),
        "region": picked(REGIONS, inland(block)[rows]),
        "city": picked([name for name, _ in cities], people["city"][rows]),
    }


def identities(block: Block, rows: Array, kind: str, owner: pa.Array, number: Array, letter: str) -> pa.Table:
    """E-mail addresses or phone numbers of people `rows`, held by the records `owner`.

    Numbers of no real network and the reserved domain `example`: nobody can be reached by them.
    """
    index = block.people["index"][rows]
    if kind == "email":
        value = identifiers("member", (index, 8), "@mail.example")
    else:
        value = identifiers("+86 100 ", (number, 7))
    return canonical(
        "identities",
        block.world.source,
        {
            "identity_id": identifiers(letter, (index, 8)),
            "customer_id": owner,
            "kind": constant(kind, len(rows)),
            "value": value,
            "valid_from": times(block.world.calendar.local_midnight(block.people["joined"][rows])),
        },
    )


def _rows(block: Block) -> Rows:
    rows = np.arange(block.count)
    owner = customer_ids(block.people["index"])
    yield (
        "customers",
        canonical(
            "customers",
            block.world.source,
            {
                "customer_id": owner,
                "name": full_names(block, rows),
                "birth_year": integers(block.people["born"]),
                "joined_on": days(block.people["joined"]),
                **personal_columns(block, rows),
            },
        ),
    )
    yield "identities", identities(block, rows, "email", owner, block.people["phone"], "DE")
    yield "identities", identities(block, rows, "phone", owner, block.people["phone"], "DP")


MECHANISM = Mechanism(
    name="people",
    meaning=Text(
        "Customers with made-up names, an age, a language and a home.",
        "客户：虚构的姓名、年龄、语言与所在地。",
    ),
    step=_step,
    rows=_rows,
)
