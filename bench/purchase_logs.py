"""Purchases simulated from BG/NBD, as the benchmarks of lifetime value read them: Parquet and a warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# As CDNOW's customers buy (2.8 purchases each), and as regulars do (10 each); weeks.
SELDOM = (0.24259, 4.41353, 0.79292, 2.42591)
OFTEN = (1.2, 5.0, 0.6, 5.0)
WEEKS = 78
_BORN_WITHIN = 84
_CHUNK = 1_000_000

_STORED = """
    create table transactions as
    select 't' || lpad((row_number() over ())::varchar, 10, '0') as transaction_id,
           'o' || lpad((row_number() over ())::varchar, 10, '0') as order_id,
           customer_id, null::varchar as product_id, "at", 'sale' as kind, 1.0::double as quantity,
           revenue::decimal(18, 4) as revenue, 'EUR' as currency
    from read_parquet($path)
    order by customer_id, "at"
"""


def days_bought(
    customers: int, parameters: tuple[float, float, float, float], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """(customer, day) of every purchase: gamma (r, alpha) rates, beta (a, b) chances to leave after each."""
    random = np.random.default_rng(seed)
    r, alpha, a, b = parameters
    rate = random.gamma(r, 1 / alpha, customers)
    leaves = random.beta(a, b, customers)
    born = np.floor(random.uniform(0, _BORN_WITHIN, customers))
    who, days = [np.arange(customers)], [born.astype(np.int64)]
    alive, time = np.arange(customers), born / 7
    while len(alive):
        time = time + random.exponential(1, len(alive)) / rate[alive]
        inside = time <= WEEKS
        alive, time = alive[inside], time[inside]
        who.append(alive)
        days.append(np.floor(time * 7).astype(np.int64))
        stays = random.random(len(alive)) >= leaves[alive]
        alive, time = alive[stays], time[stays]
    return np.concatenate(who), np.concatenate(days)


def write(path: Path, customers: int, parameters: tuple[float, float, float, float], seed: int = 1) -> int:
    """A Parquet file of customer_id (text), at, revenue, unordered within a million customers; its lines."""
    lines = 0
    writer = None
    for table in _tables(customers, parameters, seed):
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
        lines += table.num_rows
    if writer is not None:
        writer.close()
    return lines


def _tables(customers: int, parameters: tuple[float, float, float, float], seed: int) -> Iterator[pa.Table]:
    for start in range(0, customers, _CHUNK):
        who, days = days_bought(min(_CHUNK, customers - start), parameters, seed + start)
        random = np.random.default_rng(seed + start + 1)
        order = random.permutation(len(who))
        keys = np.char.mod("c%09d", np.arange(start, start + min(_CHUNK, customers - start)))
        at = np.datetime64("2024-01-01") + days[order].astype("timedelta64[D]")
        yield pa.table(
            {
                "customer_id": pa.array(keys).take(pa.array(who[order])),
                "at": pa.array(at).cast(pa.timestamp("us")),
                "revenue": np.round(random.gamma(6, 6, len(who)), 2) + 0.01,
            }
        )


def store(path: Path, warehouse: Path) -> None:
    """The purchases of `path` in the table `transactions` of a new warehouse, sorted as by a load."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(_STORED, {"path": str(path)})
