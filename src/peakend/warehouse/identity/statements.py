"""The SQL that moves rows between a canonical table and `as_loaded_<table>`, built for the columns each has.

All of it is portable: joins, one window, no function of one engine alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from peakend.engine import Engine, Relation, identifier
from peakend.warehouse.identity.references import Reference, customer_references
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "as_loaded_"


@dataclass(frozen=True, slots=True)
class Layout:
    """A canonical table as it stands in the warehouse; `kept` names the table of its touched rows."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    sort: tuple[str, ...]
    references: tuple[Reference, ...]

    @property
    def kept(self) -> str:
        return PREFIX + self.name

    @property
    def is_customers(self) -> bool:
        return self.name == "customers"

    def moved(self, column: str) -> str | None:
        """Name of the column that holds where `column` moves, or None when it does not refer to customers."""
        for number, reference in enumerate(self.references):
            if reference.column == column:
                return f"moved_{number}"
        return None


def layout_of(engine: Engine, name: str) -> Layout:
    """The layout of the stored canonical table `name`."""
    table = canonical_table(name)
    columns = tuple(engine.schema(name).names)
    return Layout(name, columns, table.key, table.sort, customer_references().get(name, ()))


def with_survivors(links: pa.Table) -> pa.Table:
    """`links` (customer_id, into_customer_id) with every survivor linked to itself."""
    roots = links["into_customer_id"].unique()
    survivors = pa.table({"customer_id": roots, "into_customer_id": roots})
    return pa.concat_tables([links.select(["customer_id", "into_customer_id"]), survivors.cast(links.schema)])


def touched(layout: Layout, base: Relation, links: Relation) -> Relation:
    """Rows of `base` that name a customer of `links`: as they are, where they move (`moved_0`, …),
    `placed`."""
    select = exp.select(*_columns("t", layout.columns))
    for number, reference in enumerate(layout.references):
        into = f"coalesce(l{number}.into_customer_id, t.{_q(reference.column)})"
        select = select.select(f"{into} as moved_{number}")
    select = _joined(layout, select).where(_any_linked(layout))
    found = base.query(_sql(select), t=base, links=links)
    if layout.references and any(reference.column in layout.key for reference in layout.references):
        return _without_collisions(layout, found, untouched(layout, base, links))
    return found.query(_sql(exp.select("t.*", f"{_standing_alone(layout)} as placed").from_("t")))


def untouched(layout: Layout, base: Relation, links: Relation) -> Relation:
    """Rows of `base` that name no customer of `links`."""
    select = _joined(layout, exp.select(*_columns("t", layout.columns)))
    return base.query(_sql(select.where(exp.not_(exp.paren(_any_linked(layout))))), t=base, links=links)


def moved_table(layout: Layout, base: Relation, links: Relation, found: Relation) -> Relation:
    """The canonical table after the merge, in the order of its sort key. `found` is the stored `touched`."""
    stay = untouched(layout, base, links)
    placed = _profiles(layout, found) if layout.is_customers else _placed(layout, found)
    return _union(layout.columns, stay, placed, order=layout.sort)


def taken_back(layout: Layout, stored: Relation, kept: Relation, links: Relation) -> Relation:
    """`stored` with the rows of `kept` as they were loaded, instead of where `links` had moved them."""
    select = exp.select(*(f"{_moved_key(layout, name)} as {_q(name)}" for name in layout.key))
    outputs = kept.query(_sql(_joined(layout, select).where("t.placed")), t=kept, links=links)
    standing = without(layout, stored, outputs, columns=layout.columns)
    originals = kept.query(_sql(exp.select(*_columns("t", layout.columns)).from_("t")))
    return _union(layout.columns, standing, originals)


def mentioning(layout: Layout, kept: Relation, customers: Relation) -> Relation:
    """Rows of `kept` (the touched rows) that name one of `customers` (customer_id)."""
    select = _joined(layout, exp.select("t.*")).where(_any_linked(layout))
    return kept.query(_sql(select), t=kept, links=customers)


def without(
    layout: Layout, rows: Relation, gone: Relation, *, columns: Iterable[str] | None = None
) -> Relation:
    """`rows` whose key is not among the keys of `gone`."""
    same = " and ".join(f"g.{_q(name)} = t.{_q(name)}" for name in layout.key)
    selected = ["t.*"] if columns is None else _columns("t", columns)
    select = (
        exp.select(*selected)
        .from_("t")
        .join("gone as g", on=same, join_type="left")
        .where(f"g.{_q(layout.key[0])} is null")
    )
    return rows.query(_sql(select), t=rows, gone=gone)


def kept_rows(layout: Layout, staying: Relation | None, found: Relation) -> Relation:
    """The new content of `as_loaded_<table>`: the rows `staying` there and those just `found`."""
    columns = (*layout.columns, "placed")
    taken = found.query(_sql(exp.select(*_columns("t", columns)).from_("t")))
    return taken if staying is None else _union(columns, staying, taken, order=layout.key)


def _without_collisions(layout: Layout, found: Relation, stay: Relation) -> Relation:
    """`found` with `placed` false where the key it moves to is taken by a row that stays, or a smaller
    customer."""
    keys = ", ".join(f"t.{_q(layout.moved(name) or name)}" for name in layout.key)
    original = ", ".join(f"t.{_q(reference.column)}" for reference in layout.references)
    ranked = found.query(
        _sql(
            exp.select("t.*", f"row_number() over (partition by {keys} order by {original}) as turn").from_(
                "t"
            )
        )
    )
    same = " and ".join(f"s.{_q(name)} = t.{_q(layout.moved(name) or name)}" for name in layout.key)
    free = f"case when t.turn = 1 and s.{_q(layout.key[0])} is null then true else false end"
    moves = [f"moved_{number}" for number in range(len(layout.references))]
    select = exp.select(*_columns("t", (*layout.columns, *moves)), f"{free} as placed")
    return ranked.query(_sql(select.from_("t").join("stay as s", on=same, join_type="left")), stay=stay)


def _standing_alone(layout: Layout) -> str:
    """SQL over `t`: whether a touched row has its own place in the canonical table."""
    if layout.is_customers:
        return "case when t.customer_id = t.moved_0 then true else false end"
    if len(layout.references) < 2:
        return "true"
    first, second = (reference.column for reference in layout.references)
    folded = f"t.moved_0 = t.moved_1 and t.{_q(first)} <> t.{_q(second)}"
    return f"case when {folded} then false else true end"


def _placed(layout: Layout, found: Relation) -> Relation:
    selected = [f"t.{_q(layout.moved(name) or name)} as {_q(name)}" for name in layout.columns]
    return found.query(_sql(exp.select(*selected).from_("t").where("t.placed")))


# How the row of a group is made from the rows of its members; every other column is the first that is known,
# the survivor's before the others' in the order of their customer_id.
_SUMMARIES: Mapping[str, str] = {
    "customer_id": "t.moved_0",
    "joined_on": "min(t.joined_on)",
    "left_on": "case when count(t.left_on) < count(*) then null else max(t.left_on) end",
}


def _profiles(layout: Layout, found: Relation) -> Relation:
    """One row a group of merged customers: the survivor's, with what it lacks taken from the others."""
    free = [name for name in layout.columns if name not in _SUMMARIES]
    ranks = [
        f"row_number() over (partition by t.moved_0 order by "
        f"case when t.{_q(name)} is null then 1 else 0 end,"
        f" case when t.placed then 0 else 1 end, t.customer_id) as rank_{number}"
        for number, name in enumerate(free)
    ]
    ranked = found.query(_sql(exp.select("t.*", *ranks).from_("t")))
    first = {
        name: f"max(case when t.rank_{number} = 1 then t.{_q(name)} end)" for number, name in enumerate(free)
    }
    selected = [f"{_SUMMARIES.get(name) or first[name]} as {_q(name)}" for name in layout.columns]
    return ranked.query(_sql(exp.select(*selected).from_("t").group_by("t.moved_0")))


def _union(
    columns: Iterable[str], first: Relation, second: Relation, *, order: Iterable[str] = ()
) -> Relation:
    names = _columns("t", columns)
    both = exp.union(exp.select(*names).from_("t"), exp.select(*names).from_("u as t"), distinct=False)
    rows = first.query(_sql(both), u=second)
    keys = [f"t.{_q(name)}" for name in order]
    return rows.query(_sql(exp.select(*names).from_("t").order_by(*keys, dialect="duckdb"))) if keys else rows


def _joined(layout: Layout, select: exp.Select) -> exp.Select:
    """`select` over `t` joined with `links`, once for every column of `t` that refers to a customer."""
    select = select.from_("t")
    for number, reference in enumerate(layout.references):
        on = f"l{number}.customer_id = t.{_q(reference.column)}"
        if reference.when is not None:
            kind = exp.column(exp.to_identifier(reference.when, quoted=True), table="t")
            on += " and " + kind.eq(exp.Literal.string(reference.equals)).sql("duckdb")
        select = select.join(f"links as l{number}", on=on, join_type="left")
    return select


def _any_linked(layout: Layout) -> str:
    return " or ".join(f"l{number}.customer_id is not null" for number in range(len(layout.references)))


def _moved_key(layout: Layout, name: str) -> str:
    moved = layout.moved(name)
    if moved is None:
        return f"t.{_q(name)}"
    return f"coalesce(l{moved.removeprefix('moved_')}.into_customer_id, t.{_q(name)})"


def _columns(alias: str, names: Iterable[str]) -> list[str]:
    return [f"{alias}.{_q(name)}" for name in names]


def _q(name: str) -> str:
    return identifier(name).sql("duckdb")


def _sql(select: exp.Query) -> str:
    return select.sql("duckdb")
