"""Which content every canonical table has: one version a table, changed only when its rows change.

Whoever writes a canonical table (loader, simulator, merge of identities) records it here; the runner of the
analyses compares versions instead of reading tables.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from peakend.engine import Engine

TABLE_VERSIONS = pa.schema(
    [
        pa.field("table_name", pa.string()),
        pa.field("version", pa.string()),
        pa.field("changed_at", pa.timestamp("us")),
        pa.field("rows", pa.int64()),
    ]
)


def table_versions(engine: Engine) -> dict[str, str]:
    """The version of every canonical table that has one, by table name."""
    if not engine.has_table("table_versions"):
        return {}
    stored = engine.table("table_versions").to_arrow(TABLE_VERSIONS)
    return dict(zip(stored["table_name"].to_pylist(), stored["version"].to_pylist(), strict=True))


def next_version(previous: str | None, *causes: str) -> str:
    """The version (32 hex digits) after `previous` and `causes` (fingerprints of files, a seed, …)."""
    digest = hashlib.sha256("\x1f".join([previous or "", *causes]).encode())
    return digest.hexdigest()[:32]


def record_changes(engine: Engine, tables: Iterable[str], *causes: str) -> dict[str, str]:
    """Give every table of `tables` its next version and its present row count; returns the new versions.

    `causes` say what changed them: the same causes from the same state give the same version.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    before = table_versions(engine)
    after = {name: next_version(before.get(name), name, *causes) for name in sorted(set(tables))}
    rows = [
        {"table_name": name, "version": version, "changed_at": now, "rows": count_rows(engine, name)}
        for name, version in after.items()
    ]
    if rows:
        _write(engine, after, pa.Table.from_pylist(rows, schema=TABLE_VERSIONS))
    return after


def count_rows(engine: Engine, table: str) -> int:
    """Rows of the stored table `table`."""
    counted = engine.query("select count(*) as n from t", t=engine.table(table)).to_arrow()
    return int(counted["n"][0].as_py())


def _write(engine: Engine, changed: Mapping[str, str], rows: pa.Table) -> None:
    kept = TABLE_VERSIONS.empty_table()
    if engine.has_table("table_versions"):
        stored = engine.table("table_versions").to_arrow(TABLE_VERSIONS)
        kept = stored.filter(pc.invert(pc.is_in(stored["table_name"], pa.array(list(changed)))))
    engine.create("table_versions", TABLE_VERSIONS, replace=True)
    engine.insert("table_versions", pa.concat_tables([kept, rows]).sort_by("table_name"))
