"""Facts follow a merge, and go back: rewriting the canonical tables without losing a row.

A row that a merge changes (it names a customer who is now part of another) is kept in `as_loaded_<table>`,
whole and as its source delivered it; the canonical table holds the row with the surviving customer instead.
So a canonical table is at any time a function of what was loaded and of the merges in force, whatever their
order:

    table = rows no merge touches + the touched rows with every customer replaced by the survivor

Two touched rows may come to the same key (both customers are in a segment of the same segmentation), and a
relationship may come to join a customer with itself. Such a row stays in `as_loaded_<table>` only (`placed`
is false): the survivor's own row stands, else the one of the smallest customer_id. Undoing a merge puts the
kept rows back, so the table is again what it was, and in the order of its sort key.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.warehouse.identity import statements
from peakend.warehouse.identity.references import customer_references
from peakend.warehouse.identity.statements import Layout, layout_of
from peakend.warehouse.versions import record_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.engine import Engine, Relation

LINKS_TABLE = "customer_links"
LINKS = pa.schema([pa.field("customer_id", pa.string()), pa.field("into_customer_id", pa.string())])
EVERYBODY = None
_RELEASED = "identity_released"
_TOUCHED = "identity_touched"


def links(engine: Engine) -> pa.Table:
    """The merged customers: customer_id, into_customer_id (the survivor), sorted; survivors are not
    listed."""
    if not engine.has_table(LINKS_TABLE):
        return LINKS.empty_table()
    return engine.table(LINKS_TABLE).to_arrow(LINKS).sort_by("customer_id")


def as_loaded(engine: Engine, table: str) -> Relation:
    """The canonical `table` as its sources delivered it, as if nothing had been merged."""
    layout = layout_of(engine, table)
    if not engine.has_table(layout.kept):
        return engine.table(table)
    return statements.taken_back(
        layout, engine.table(table), engine.table(layout.kept), engine.from_arrow(links(engine))
    )


def move_facts(engine: Engine, after: pa.Table, *causes: str) -> list[str]:
    """Bring every canonical table from the present links to `after` (schema `LINKS`); names of changed
    tables.

    Call it inside a transaction. Only rows of customers whose group changes are moved.
    """
    before = links(engine)
    change = _Change(engine, before, after, _changed(before, after))
    changed = [name for name in _present(engine) if _rewrite(layout_of(engine, name), change)]
    engine.create(LINKS_TABLE, LINKS, replace=True)
    engine.insert(LINKS_TABLE, after.select(LINKS.names).cast(LINKS).sort_by("customer_id"))
    record_changes(engine, changed, *causes)
    return changed


def suspend_merges(engine: Engine, tables: Sequence[str]) -> list[str]:
    """Put `tables` back to what their sources delivered until `apply_merges`; names of changed tables."""
    change = _Change(engine, links(engine), LINKS.empty_table(), EVERYBODY)
    present = [layout_of(engine, name) for name in _present(engine, tables)]
    return [layout.name for layout in present if engine.has_table(layout.kept) and _rewrite(layout, change)]


def apply_merges(engine: Engine, tables: Sequence[str]) -> list[str]:
    """Let rows of `tables` that name a merged customer follow the merge; names of changed tables.

    For tables that were suspended, and for rows that arrived since; applying twice is applying once.
    """
    now = links(engine)
    if now.num_rows == 0:
        return []
    arrived, regrouped = _Change(engine, now, now, ()), _Change(engine, now, now, EVERYBODY)
    changed = []
    for name in _present(engine, tables):
        layout = layout_of(engine, name)
        # A survivor's row is made from all rows of its group, so customers are taken apart and made again.
        again = layout.is_customers and engine.has_table(layout.kept)
        if _rewrite(layout, regrouped if again else arrived):
            changed.append(name)
    return changed


@contextmanager
def merges_suspended(engine: Engine, tables: Sequence[str]) -> Iterator[None]:
    """Inside the block `tables` hold what their sources delivered, so that a load compares like with like.

    At its end the merges in force are applied again, to new rows too. Use it inside a transaction, before
    table versions are recorded. Costs nothing where nothing is merged.
    """
    if links(engine).num_rows == 0:
        yield
        return
    suspend_merges(engine, tables)
    yield
    apply_merges(engine, tables)


def _present(engine: Engine, tables: Sequence[str] | None = None) -> list[str]:
    stored = set(engine.tables())
    return [name for name in customer_references() if name in stored and (tables is None or name in tables)]


def _changed(before: pa.Table, after: pa.Table) -> list[str]:
    """Everybody in a group, old or new, that differs between `before` and `after`."""
    old, new = _groups(before), _groups(after)
    different = {root for root in old.keys() | new.keys() if old.get(root) != new.get(root)}
    members = {member for groups in (old, new) for root in different for member in groups.get(root, ())}
    return sorted(members)


def _groups(table: pa.Table) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    columns = (table["customer_id"].to_pylist(), table["into_customer_id"].to_pylist())
    for member, root in zip(*columns, strict=True):
        groups.setdefault(root, {root}).add(member)
    return {root: frozenset(members) for root, members in groups.items()}


class _Change:
    """From the links `before` to `after`, with the customers whose rows are taken back first, as
    relations."""

    def __init__(
        self, engine: Engine, before: pa.Table, after: pa.Table, released: Sequence[str] | None
    ) -> None:
        self.engine = engine
        self.before = engine.from_arrow(before)
        self.after = engine.from_arrow(after)
        self.with_survivors = engine.from_arrow(statements.with_survivors(after))
        self.everybody = released is EVERYBODY
        self.released = engine.from_arrow(pa.table({"customer_id": pa.array(released or (), pa.string())}))
        self.anybody = self.everybody or bool(released)


def _rewrite(layout: Layout, change: _Change) -> bool:
    """Take rows of the released customers back, then move what the new links merge; whether the table
    changed."""
    engine = change.engine
    stored = engine.table(layout.name)
    kept = engine.table(layout.kept) if engine.has_table(layout.kept) else None
    moved = change.with_survivors if layout.is_customers else change.after
    back = None
    if kept is not None and change.anybody:
        whole = change.everybody or layout.is_customers
        back = kept if whole else statements.mentioning(layout, kept, change.released)
        back = back.save(_RELEASED, replace=True)
    base = stored if back is None else statements.taken_back(layout, stored, back, change.before)
    if back is None and layout.is_customers and kept is not None:
        return False
    touched = statements.touched(layout, base, moved).save(_TOUCHED, replace=True)
    try:
        if _empty(touched) and (back is None or _empty(back)):
            return False
        statements.moved_table(layout, base, moved, touched).save(layout.name, replace=True)
        staying = kept if back is None or kept is None else statements.without(layout, kept, back)
        statements.kept_rows(layout, staying, touched).save(layout.kept, replace=True)
        if _empty(engine.table(layout.kept)):
            engine.drop(layout.kept)
        return True
    finally:
        engine.drop(_TOUCHED)
        engine.drop(_RELEASED)


def _empty(relation: Relation) -> bool:
    return not relation.query("select 1 as one from t limit 1").to_arrow().num_rows
