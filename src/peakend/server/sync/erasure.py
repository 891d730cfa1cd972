"""Erasing a customer in the warehouse, and proving it.

What names the customer goes: their row, identities, relationships, consents, segments, what the
bookkeeping kept
of earlier versions and refused rows, and results of analyses about them alone. What happened stays
without them:
revenue and scores add up as before. At last the file itself is written anew, because a database keeps deleted
bytes, and older copies are removed.
"""

# Names are quoted and values are literals; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from peakend.engine import Engine
from peakend.engine.duckdb import DuckDB
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.sync import snapshots
from peakend.server.sync.analysing import report_path
from peakend.server.sync.models import AnalysisRun, ErasureInWarehouse
from peakend.server.sync.opening import WarehouseBusyError, count, execute, opened
from peakend.server.sync.signals import erased_in_warehouse
from peakend.warehouse.identity.moves import links
from peakend.warehouse.identity.references import customer_references
from peakend.warehouse.load_sql import literal, quoted
from peakend.warehouse.schema import canonical_tables
from peakend.warehouse.versions import record_changes

# Rows that say nothing but who somebody is, or what they want.
GO = frozenset({"customers", "identities", "relationships", "consents", "segment_members"})
# Written by staff about somebody.
_WORDS = {"cases": ("resolution",)}
_BOOKS = frozenset({"row_history", "refused_rows", "table_versions", "load_runs", "analysis_runs"})
_LEDGER = "site_erasures"
_SHORTEST = 4
_KEPT = "as_loaded_"


def queue_erasure(customer_id: str, *, reference: str = "", clues: Iterable[str] = ()) -> ErasureInWarehouse:
    """Have the worker erase `customer_id` in the warehouse; call it in the transaction of the erasure in
    the site.

    `clues` (e-mail, phone, name) are what the proof searches for beside the id and what the warehouse itself
    knows. `erased_in_warehouse` is sent with the row once it is proven; `reference` is for the receiver.
    """
    now = clock.now()
    return ErasureInWarehouse.objects.create(
        customer_id=customer_id, reference=reference, clues=sorted(set(clues)), asked_at=now, due_at=now
    )


def erase_due(stop: Callable[[], bool] = lambda: False) -> int:
    """Erase those that are queued; how many were. One that cannot be proven is tried again, less and less
    often."""
    done = 0
    while not stop():
        row = ErasureInWarehouse.objects.filter(due_at__lte=clock.now()).order_by("pk").first()
        if row is None:
            return done
        try:
            proof = erase(row.customer_id, row.clues)
        except WarehouseBusyError:
            return done
        except Exception as error:
            _put_off(row, f"{type(error).__name__}: {error}")
            raise
        done += 1
        if proof["found"]:
            _put_off(row, f"still found in {', '.join(proof['found'])}", proof)
            continue
        with transaction.atomic():
            row.proof, row.done_at, row.due_at, row.failure = proof, clock.now(), None, ""
            erased_in_warehouse.send(ErasureInWarehouse, erasure=row)
            row.customer_id, row.clues = "", []
            row.save()
            if not AnalysisRun.objects.filter(status="waiting").exists():
                AnalysisRun.objects.create(asked_at=clock.now())
    return done


def _put_off(row: ErasureInWarehouse, failure: str, proof: dict[str, Any] | None = None) -> None:
    wait = timedelta(seconds=min(6 * 3600.0, 60.0 * 2.0 ** min(row.attempts, 12)))
    ErasureInWarehouse.objects.filter(pk=row.pk).update(
        attempts=row.attempts + 1,
        due_at=clock.now() + wait,
        failure=failure.replace("\x00", "")[:400],
        proof=proof or {},
    )


def erase(customer_id: str, clues: Sequence[str] = ()) -> dict[str, Any]:
    """Erase `customer_id`, and whoever was merged with them, in the warehouse and in every copy of it.

    The proof: `rows` removed or blanked by table, `searched` columns of text, `found` (rows by column in
    which
    the id, or an identifier, still stands; empty when all is well), `copies` removed, `at`. Raises
    `WarehouseBusyError` while another process writes the warehouse.
    """
    with opened() as engine:
        work = _Erasing(engine, customer_id, tuple(clues))
        with engine.transaction():
            work.gather()
            work.erase()
        searched, found = work.search()
        if work.touched:
            rewrite(engine, work.touched)
    removed = _forget_copies(work)
    return {
        "rows": dict(sorted(work.touched.items())),
        "searched": searched,
        "found": found,
        "copies": removed,
        "at": clock.now().isoformat(),
    }


@dataclass(slots=True)
class _Erasing:
    """One erasure: `ids` everybody merged with the customer, `identifiers` what else gives them away."""

    engine: Engine
    customer_id: str
    clues: tuple[str, ...]
    ids: set[str] = field(default_factory=set)
    identifiers: set[str] = field(default_factory=set)
    responses: str = ""
    touched: dict[str, int] = field(default_factory=dict)

    def gather(self) -> None:
        """Who they are, in this warehouse, before anything goes."""
        merged = links(self.engine).to_pylist()
        group = {row["customer_id"]: row["into_customer_id"] for row in merged}
        root = group.get(self.customer_id, self.customer_id)
        self.ids = {root, self.customer_id, *(one for one, into in group.items() if into == root)}
        known, shared = set(self.clues), set[str]()
        for table, column in (("customers", "name"), ("identities", "value")):
            for name in (table, f"{_KEPT}{table}"):
                if self.engine.has_table(name):
                    for row in self._values(name, column):
                        (known if row["theirs"] else shared).add(row["v"])
        # What others have too (the phone of a household, a common name) stays theirs.
        known = {one.strip() for one in known - shared}
        self.identifiers = {one for one in known if len(one) >= _SHORTEST or (one and not one.isascii())}

    def _values(self, name: str, column: str) -> list[dict[str, Any]]:
        sql = (
            f"select distinct {quoted(column)} as v, ({self._is('customer_id')}) as theirs from t "
            f"where {quoted(column)} is not null"
        )
        found: list[dict[str, Any]] = self.engine.query(sql, t=self.engine.table(name)).to_arrow().to_pylist()
        return found

    def erase(self) -> None:
        """Everything, table by table; versions tell the analyses that the tables changed."""
        stored = self.engine.tables()
        self._keep_responses(stored)
        references = customer_references()
        canonical = [name for name in stored if name in canonical_tables()]
        for name in canonical:
            if name in references:
                self._canonical(name, name)
            if f"{_KEPT}{name}" in stored:
                self._canonical(name, f"{_KEPT}{name}")
        words = quoted("text")
        theirs = f"response_id in (select response_id from {quoted(self.responses)})"
        for name in ("answers", f"{_KEPT}answers"):
            if name in stored:
                said = f"{theirs} and ({words} is not null or attributes is not null)"
                self._run(name, f"update {{t}} set {words} = null, attributes = null where {said}")
        self._books(stored)
        for name in stored:
            if name not in canonical and name not in _BOOKS and not name.startswith(_KEPT):
                self._result(name)
        if self.responses:
            self.engine.drop(self.responses)
        changed = [name for name in canonical if self.touched.get(name)]
        if self.touched:
            record_changes(self.engine, changed, f"erasure {secrets.token_hex(8)}")
            self._note()

    def search(self) -> tuple[int, dict[str, int]]:
        """How many columns of text there are, and in which the customer still stands (rows)."""
        searched, found = 0, {}
        for name in self.engine.tables():
            for column in self._texts(name):
                searched += 1
                rows = self._count(name, f"{self._is(column)} or {self._within(column)}")
                if rows:
                    found[f"{name}.{column}"] = rows
        return searched, found

    def _keep_responses(self, stored: Sequence[str]) -> None:
        """Which answers are theirs, before that is forgotten."""
        self.responses = "site_erased_responses"
        self.engine.create(self.responses, pa.schema([pa.field("response_id", pa.string())]), replace=True)
        for name in ("responses", f"{_KEPT}responses"):
            if name in stored:
                execute(
                    self.engine,
                    f"insert into {quoted(self.responses)} "
                    f"select response_id from {quoted(name)} where {self._is('customer_id')}",
                )

    def _canonical(self, name: str, stored_as: str) -> None:
        table = canonical_tables()[name]
        for reference in customer_references()[name]:
            chosen = self._is(reference.column)
            if reference.when:
                chosen += f" and {quoted(reference.when)} = {literal(str(reference.equals))}"
            if name in GO:
                self._run(stored_as, f"delete from {{t}} where {chosen}")
                continue
            column = table.column(reference.column)
            needed = column.required or reference.column in table.key
            # One who is nobody, where a row must name somebody.
            anybody = literal(f"erased-{secrets.token_hex(6)}") if needed else "null"
            blank = {"attributes": "null"} | {c.name: "null" for c in table.columns if c.personal}
            blank |= dict.fromkeys(_WORDS.get(name, ()), "null")
            blank[reference.column] = anybody
            sets = ", ".join(f"{quoted(column)} = {value}" for column, value in blank.items())
            self._run(stored_as, f"update {{t}} set {sets} where {chosen}")

    def _books(self, stored: Sequence[str]) -> None:
        if "row_history" in stored:
            told = [
                f"(table_name = {literal(name)} and {self._is_text(self._json(reference.column))})"
                for name, references in customer_references().items()
                for reference in references
            ]
            told.append(
                f"(table_name = 'answers' and {self._json('response_id')} in "
                f"(select response_id from {quoted(self.responses)}))"
            )
            self._run(
                "row_history", f"delete from {{t}} where {' or '.join(told)} or {self._within('row_json')}"
            )
        if "refused_rows" in stored:
            quoted_ids = " or ".join(self._contains("raw_row", f'"{one}"') for one in sorted(self.ids))
            self._run("refused_rows", f"delete from {{t}} where {quoted_ids} or {self._within('raw_row')}")

    def _result(self, name: str) -> None:
        """Rows about the customer go: results are computed again from what is left."""
        texts = self._texts(name)
        told = [
            self._is(column) for column in texts if column.endswith("customer_id") or column == "customer"
        ]
        told += [self._within(column) for column in texts] if self.identifiers else []
        if told:
            self._run(name, f"delete from {{t}} where {' or '.join(told)}")

    def _note(self) -> None:
        """That something was erased and when, not who: copies are made anew because of it."""
        if not self.engine.has_table(_LEDGER):
            self.engine.create(_LEDGER, pa.schema([pa.field("at", pa.timestamp("us"))]))
        now = datetime.now(UTC).replace(tzinfo=None)
        self.engine.insert(_LEDGER, pa.table({"at": pa.array([now], pa.timestamp("us"))}))

    def _run(self, name: str, sql: str) -> None:
        where = sql.partition(" where ")[2]
        rows = self._count(name, where)
        if rows:
            execute(self.engine, sql.replace("{t}", quoted(name), 1))
            self.touched[name] = self.touched.get(name, 0) + rows

    def _count(self, name: str, where: str) -> int:
        return count(self.engine, f"select count(*) as n from {quoted(name)} where {where}")

    def _texts(self, name: str) -> list[str]:
        schema = self.engine.schema(name)
        return [
            one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)
        ]

    def _is(self, column: str) -> str:
        return self._is_text(quoted(column))

    def _is_text(self, value: str) -> str:
        return f"{value} in ({', '.join(literal(one) for one in sorted(self.ids))})"

    def _within(self, column: str) -> str:
        """SQL: the column holds an identifier as a part of it, as it is written or as JSON writes it."""
        return " or ".join(self._contains(column, one) for one in sorted(self.identifiers)) or "false"

    def _contains(self, column: str, text: str) -> str:
        return f"strpos(lower({quoted(column)}), {literal(text.lower())}) > 0"

    def _json(self, column: str) -> str:
        if isinstance(self.engine, DuckDB):
            return f"json_extract_string(row_json, {literal('$.' + column)})"
        return f"(row_json::json ->> {literal(column)})"


def rewrite(engine: Engine, touched: Iterable[str]) -> None:
    """Write the database anew: deleted rows leave their bytes behind."""
    if not isinstance(engine, DuckDB):
        for name in touched:
            if engine.has_table(name):
                execute(engine, f"vacuum full {quoted(name)}")
        return
    if engine.path == ":memory:":
        return
    path = Path(engine.path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    run = engine.connection.execute
    try:
        name = quoted(str(run("select current_database()").fetchall()[0][0]))
        run(f"attach {literal(str(part))} as site_anew")
        run(f"copy from database {name} to site_anew")
        run("detach site_anew")
        run("checkpoint")
        # The lock is on the old file until the engine is closed; whoever comes next opens the new one.
        part.replace(path)
    finally:
        with suppress(Exception):
            run("detach site_anew")
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)


def _forget_copies(work: _Erasing) -> int:
    """Older copies and reports that may name the customer go."""
    wanted = [one.encode() for one in (*work.identifiers, *work.ids)]
    for language in ("en", "zh"):
        path = report_path(language)
        if path.is_file() and any(one in path.read_bytes() for one in wanted):
            path.unlink()
    return renew_copies()


def renew_copies() -> int:
    """A copy of the warehouse as it is now takes the place of every older one; how many went.

    `WarehouseBusyError` while another process writes the warehouse.
    """
    if not any(settings.HOME.snapshots.glob("*.duckdb")):
        return 0
    if snapshots.publish(force=True) is None:
        raise WarehouseBusyError(
            Text("The warehouse is busy; its copy could not be renewed.", "数据仓库正忙，未能更新副本。")
        )
    return snapshots.sweep_away(all_but_newest=True)
