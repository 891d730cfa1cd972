"""Merging records of one customer, and undoing it: decisions are rows, facts follow them.

A merge is a decision about two records. Records joined by merges in force, directly or through others, are
one customer, known by the smallest customer_id among them: the order of decisions does not matter. Undoing a
merge takes that one decision back; what the other merges still join stays joined. A decision is never
deleted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from peakend.engine import Engine
from peakend.language import Text
from peakend.warehouse.identity.clusters import components
from peakend.warehouse.identity.errors import CannotMergeError, UnknownCustomerError, UnknownMergeError
from peakend.warehouse.identity.moves import LINKS, as_loaded, move_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MERGES_TABLE = "merges"
MERGES = pa.schema(
    [
        pa.field("merge_id", pa.string()),
        pa.field("from_customer_id", pa.string()),
        pa.field("into_customer_id", pa.string()),
        pa.field("method", pa.string()),
        pa.field("probability", pa.float64()),
        pa.field("evidence", pa.string()),
        pa.field("purpose", pa.string()),
        pa.field("decided_at", pa.timestamp("us")),
        pa.field("decided_by", pa.string()),
        pa.field("undone_at", pa.timestamp("us")),
        pa.field("undone_by", pa.string()),
        pa.field("undone_because", pa.string()),
    ]
)
"""`into_customer_id` is the smaller id of the two records; who survives follows from all merges in force
(`customer_links`). method: model, rule or manual. evidence: JSON list, read it with `evidence.explain`."""


class HasEngine(Protocol):
    """A warehouse."""

    @property
    def engine(self) -> Engine: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """Two records are one customer, says `method`; `probability` only where a model gave one."""

    first: str
    second: str
    method: str = "manual"
    probability: float | None = None
    evidence: Sequence[Mapping[str, Any]] = field(default=())

    @property
    def pair(self) -> tuple[str, str]:
        """(from, into): the larger id joins the smaller."""
        return max(self.first, self.second), min(self.first, self.second)


def engine_of(warehouse: Engine | HasEngine) -> Engine:
    """The engine of a warehouse, or the engine itself."""
    return warehouse if isinstance(warehouse, Engine) else warehouse.engine


def merge_customers(
    warehouse: Engine | HasEngine, first: str, second: str, *, decided_by: str, purpose: str | None = None
) -> str:
    """Merge two records by hand; returns the merge_id (of the merge in force when they are merged already).

    Raises `UnknownCustomerError` for an id that is not in customers, `CannotMergeError` for the same record
    twice or a person with an organisation.
    """
    engine = engine_of(warehouse)
    _check_mergeable(engine, first, second)
    decision = Decision(first, second)
    with engine.transaction():
        record_merges(engine, [decision], decided_by=decided_by, purpose=purpose)
    active = _in_force(list_merges(engine))
    source, into = decision.pair
    same = pc.and_(pc.equal(active["from_customer_id"], source), pc.equal(active["into_customer_id"], into))
    return str(active.filter(same)["merge_id"][0].as_py())


def undo_merge(
    warehouse: Engine | HasEngine, merge_id: str, *, undone_by: str, because: str | None = None
) -> None:
    """Take one merge back. Facts return to the records they were loaded for, new ones too.

    Later runs of `link_customers` do not propose the pair again. Raises `UnknownMergeError`.
    """
    engine = engine_of(warehouse)
    merges = list_merges(engine)
    chosen = pc.and_(pc.equal(merges["merge_id"], merge_id), pc.is_null(merges["undone_at"]))
    if not pc.any(chosen).as_py():
        raise UnknownMergeError(
            Text(f"There is no merge {merge_id!r} in force.", f"没有生效中的合并 {merge_id!r}。"),
            Text("List the merges to find its id.", "请先列出合并记录，查找其编号。"),
            merge_id=merge_id,
        )
    now = pa.scalar(_now(), pa.timestamp("us"))
    marks = {
        "undone_at": now,
        "undone_by": pa.scalar(undone_by),
        "undone_because": pa.scalar(because, pa.string()),
    }
    for name, value in marks.items():
        column = pc.if_else(chosen, value, merges[name])
        merges = merges.set_column(merges.schema.get_field_index(name), MERGES.field(name), column)
    with engine.transaction():
        _store(engine, merges)
        move_facts(engine, _links(merges), "undo", merge_id)


def list_merges(warehouse: Engine | HasEngine, *, in_force: bool = False) -> pa.Table:
    """Every merge ever decided (schema `MERGES`), oldest first; with `in_force` only those not undone."""
    engine = engine_of(warehouse)
    if not engine.has_table(MERGES_TABLE):
        return MERGES.empty_table()
    merges = (
        engine.table(MERGES_TABLE)
        .to_arrow(MERGES)
        .sort_by([("decided_at", "ascending"), ("merge_id", "ascending")])
    )
    return _in_force(merges) if in_force else merges


def record_merges(
    engine: Engine, decisions: Iterable[Decision], *, decided_by: str, purpose: str | None = None
) -> list[str]:
    """Note `decisions` that are not in force yet and move the facts; ids of the new merges. Call in a
    transaction."""
    merges = list_merges(engine)
    rows = _new_rows(merges, decisions, decided_by, purpose)
    if not rows:
        return []
    merges = pa.concat_tables([merges, pa.Table.from_pylist(rows, schema=MERGES)])
    _store(engine, merges)
    ids = [row["merge_id"] for row in rows]
    move_facts(engine, _links(merges), "merge", *ids)
    return ids


def _new_rows(
    merges: pa.Table, decisions: Iterable[Decision], decided_by: str, purpose: str | None
) -> list[dict[str, Any]]:
    earlier: dict[tuple[str, str], int] = {}
    standing: set[tuple[str, str]] = set()
    for row in merges.select(["from_customer_id", "into_customer_id", "undone_at"]).to_pylist():
        pair = (row["from_customer_id"], row["into_customer_id"])
        earlier[pair] = earlier.get(pair, 0) + 1
        if row["undone_at"] is None:
            standing.add(pair)
    now, rows = _now(), []
    for decision in decisions:
        pair = decision.pair
        if pair in standing:
            continue
        standing.add(pair)
        identity = "\x1f".join([*pair, str(earlier.get(pair, 0))])
        rows.append(
            {
                "merge_id": hashlib.sha256(identity.encode()).hexdigest()[:16],
                "from_customer_id": pair[0],
                "into_customer_id": pair[1],
                "method": decision.method,
                "probability": decision.probability,
                "evidence": json.dumps([dict(item) for item in decision.evidence], ensure_ascii=False),
                "purpose": purpose,
                "decided_at": now,
                "decided_by": decided_by,
            }
        )
    return rows


def _links(merges: pa.Table) -> pa.Table:
    active = _in_force(merges)
    pairs = zip(active["from_customer_id"].to_pylist(), active["into_customer_id"].to_pylist(), strict=True)
    roots = components(pairs)
    moved = sorted((member, root) for member, root in roots.items() if member != root)
    return pa.table(
        {"customer_id": [m for m, _ in moved], "into_customer_id": [r for _, r in moved]}, schema=LINKS
    )


def _in_force(merges: pa.Table) -> pa.Table:
    return merges.filter(pc.is_null(merges["undone_at"]))


def _store(engine: Engine, merges: pa.Table) -> None:
    engine.create(MERGES_TABLE, MERGES, replace=True)
    engine.insert(MERGES_TABLE, merges.cast(MERGES))


def _check_mergeable(engine: Engine, first: str, second: str) -> None:
    if first == second:
        raise CannotMergeError(
            Text(f"{first!r} cannot be merged with itself.", f"{first!r} 不能与自身合并。"), customer_id=first
        )
    kinds = _kinds(engine, first, second)
    for customer_id in (first, second):
        if customer_id not in kinds:
            raise UnknownCustomerError(
                Text(f"There is no customer {customer_id!r}.", f"没有编号为 {customer_id!r} 的客户。"),
                Text("Check the id; it is the key in the source.", "请核对编号；它是来源系统中的编号。"),
                customer_id=customer_id,
            )
    if {kinds[first], kinds[second]} == {"person", "organisation"}:
        raise CannotMergeError(
            Text(
                f"{first!r} and {second!r} are a person and an organisation.",
                f"{first!r} 与 {second!r} 一为个人、一为机构。",
            ),
            Text("Record a relationship between them instead.", "请改为登记二者之间的关系。"),
            customers=(first, second),
        )


def _kinds(engine: Engine, first: str, second: str) -> dict[str, str | None]:
    if not engine.has_table("customers"):
        return {}
    found = as_loaded(engine, "customers").query(
        "select customer_id, kind from t where customer_id = $first or customer_id = $second",
        {"first": first, "second": second},
    )
    return {row["customer_id"]: row["kind"] for row in found.to_arrow().to_pylist()}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
