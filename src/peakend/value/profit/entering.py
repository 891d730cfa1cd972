"""Value and cost lines by hand: entered by one person, approved or rejected by another, all on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol
from uuid import uuid4

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.engine import Engine, Relation

Side = Literal["value", "cost"]
TABLES: Mapping[Side, str] = {"value": "value_entries", "cost": "cost_entries"}
DECISIONS = ("posted", "rejected")
_READ = ("value_entries", "cost_entries", "entry_decisions", "contributions", "conversion_policies")
_PLACES = Decimal("0.0001")


class Books(Protocol):
    """Where entries are kept: a `peakend.Workspace`."""

    @property
    def engine(self) -> Engine: ...

    def add(self, table: str, frame: pa.Table, mapping: None = None, source: str = "python") -> Any: ...  # noqa: ANN401


class EntryError(PeakendError):
    """An entry cannot be made so. `data`: field, value."""

    code: ClassVar[str] = "value.entry"


class NoSuchEntryError(PeakendError):
    """There is no entry of that key to decide on. `data`: entry_id."""

    code: ClassVar[str] = "value.no_such_entry"


class DecisionError(PeakendError):
    """The entry cannot be decided so: by who entered it, or as it already is. `data`: entry_id, decided_by,
    status."""

    code: ClassVar[str] = "value.decision"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A value or cost line as somebody writes it down.

    amount: money; costs are positive. at: UTC (None: now). customer_id: None for what is nobody's (a
    campaign). product_id and channel are of cost lines only, method of value lines only.
    """

    side: Side
    kind: str
    amount: Decimal | str
    entered_by: str
    currency: str | None = None
    customer_id: str | None = None
    at: datetime | None = None
    transaction_id: str | None = None
    event_id: str | None = None
    product_id: str | None = None
    channel: str | None = None
    method: str | None = None


def enter(books: Books, entry: NewEntry) -> str:
    """Write `entry` down as pending and return its key. It counts once somebody else has approved it.

    Raises `EntryError` for a kind, amount, currency, customer, transaction, event or product that is not one.
    """
    table = TABLES[entry.side]
    kinds = next(column.choices for column in canonical_table(table).columns if column.name == "kind")
    if entry.kind not in kinds:
        raise _wrong(
            "kind", entry.kind, Text(f"It is one of {', '.join(kinds)}.", f"应为 {'、'.join(kinds)} 之一。")
        )
    if not entry.entered_by.strip():
        raise _wrong("entered_by", entry.entered_by, Text("Say who enters it.", "请注明录入人。"))
    for field, place in (
        *(("customer_id", "customers"), ("transaction_id", "transactions"), ("event_id", "interactions")),
        ("product_id", "products"),
    ):
        _require_known(books.engine, field, place, getattr(entry, field))
    key = f"{entry.side}-{uuid4().hex[:12]}"
    row: dict[str, Any] = {
        "entry_id": key,
        "customer_id": entry.customer_id,
        "at": entry.at or _now(),
        "kind": entry.kind,
        "amount": _amount(entry.amount),
        "currency": _currency(books.engine, entry.currency),
        "transaction_id": entry.transaction_id,
        "event_id": entry.event_id,
        "status": "pending",
        "entered_by": entry.entered_by.strip(),
    }
    own = ("method",) if entry.side == "value" else ("product_id", "channel")
    books.add(table, _frame(table, row | {name: getattr(entry, name) for name in own}), source="entry")
    return key


def decide(books: Books, entry_id: str, decision: str, *, by: str, reason: str | None = None) -> None:
    """Approve (`posted`) or reject (`rejected`) the entry. The latest decision counts; none is ever erased.

    Raises `NoSuchEntryError`, and `DecisionError` where the one who decides entered it, or it is so already.
    """
    found = entries(books.engine, entry_id=entry_id).to_arrow().to_pylist()
    if not found:
        raise NoSuchEntryError(
            Text(f"There is no entry {entry_id!r}.", f"没有编号为 {entry_id!r} 的分录。"),
            Text("See them: `peakend value list`.", "可用 `peakend value list` 查看。"),
            entry_id=entry_id,
        )
    row = found[0]
    if decision not in DECISIONS:
        raise _wrong("decision", decision, Text("It is posted or rejected.", "应为 posted 或 rejected。"))
    data = {"entry_id": entry_id, "decided_by": by, "status": row["status"]}
    if not by.strip() or (row["entered_by"] or "").strip().lower() == by.strip().lower():
        raise DecisionError(
            Text(
                f"{by!r} entered {entry_id} and cannot decide on it.",
                f"{entry_id} 由 {by!r} 录入，不能由其本人审批。",
            ),
            Text("Ask somebody else to decide (--by).", "请由他人审批（`--by`）。"),
            **data,
        )
    if row["status"] == decision:
        raise DecisionError(
            Text(f"{entry_id} is {decision} already.", f"{entry_id} 已是 {decision} 状态。"), None, **data
        )
    made = {
        "decision_id": f"decision-{uuid4().hex[:12]}",
        "entry_table": row["entry_table"],
        "entry_id": entry_id,
        "decision": decision,
        "at": _now(),
        "decided_by": by.strip(),
        "reason": reason,
    }
    books.add("entry_decisions", _frame("entry_decisions", made), source="entry")


def entries(engine: Engine, status: str = "", entry_id: str = "") -> Relation:
    """Value and cost entries, the latest first: entry_table, entry_id, status (posted, pending, rejected,
    self_approved), customer_id, at, kind, amount, currency, entered_by, decided_by, reason."""
    tables = {
        name: engine.table(name)
        if engine.has_table(name)
        else engine.from_arrow(canonical_table(name).schema().empty_table())
        for name in _READ
    }
    statuses = engine.query("value/profit/entry_statuses", None, analysis=None, **tables)
    return engine.query(
        "value/profit/listed_entries",
        {"status": status, "entry_id": entry_id},
        analysis=None,
        entry_statuses=statuses,
        **{name: tables[name] for name in ("value_entries", "cost_entries", "entry_decisions")},
    )


def _require_known(engine: Engine, field: str, table: str, key: str | None) -> None:
    if key is None:
        return
    column = canonical_table(table).key[0]
    if engine.has_table(table):
        rows = engine.table(table).query(
            f"select count(*) as n from t where t.{column} = $key",  # noqa: S608 - the schema's own name
            {"key": key},
        )
        if rows.to_arrow()["n"][0].as_py():
            return
    raise _wrong(field, key, Text(f"There is no such row in {table}.", f"`{table}` 中没有此记录。"))


def _currency(engine: Engine, currency: str | None) -> str:
    if currency is not None:
        if len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper():
            return currency
        raise _wrong(
            "currency",
            currency,
            Text("ISO 4217 has three capitals: CNY.", "ISO 4217 为三位大写字母，如 CNY。"),
        )
    known: list[str] = []
    if engine.has_table("transactions"):
        rows = engine.table("transactions").query("select t.currency from t group by t.currency").to_arrow()
        known = rows["currency"].to_pylist()
    if len(known) == 1:
        return known[0]
    raise _wrong("currency", None, Text("Say which (currency).", "请指定币种（`currency`）。"))


def _amount(said: Decimal | str) -> Decimal:
    try:
        amount = Decimal(said)
        exact = amount.is_finite() and amount == amount.quantize(_PLACES) and abs(amount) < 10**13
    except InvalidOperation:
        exact = False
    if not exact:
        raise _wrong(
            "amount",
            said,
            Text("It is a number with up to four places: 12.50.", "应为至多四位小数的数字，如 12.50。"),
        )
    return amount.quantize(_PLACES)


def _frame(table: str, row: Mapping[str, Any]) -> pa.Table:
    schema = canonical_table(table).schema()
    names = [name for name in schema.names if row.get(name) is not None]
    return pa.table({name: pa.array([row[name]], schema.field(name).type) for name in names})


def _wrong(field: str, value: object, do: Text) -> EntryError:
    return EntryError(
        Text(f"{value!r} is no {field} of an entry.", f"{value!r} 不能作为分录的 `{field}`。"),
        do,
        field=field,
        value=value,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
