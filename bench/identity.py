"""What linking 100,000 records costs and finds, beside the plainest rules: exact agreement.

    python bench/identity.py [--persons 62000] [--sales 1000000] [--runs 3] [--seeds 201 202 203]

People and their records are planted by `tests/warehouse/identity/planted.py`, whose `RECIPE` says how
records are spoilt. `plain` joins records that agree exactly in e-mail, in phone, or in name and year of
birth, and takes connected components; `link` is `link_customers` without writing; `link + merge` writes, and
moves the facts of a table of sales. Precision and recall are pairwise, on seeds that were never looked at
while the method was made, and on a null twin in which nobody has two records.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

import measure
from peakend.engine import connect
from peakend.warehouse.identity import link_customers
from peakend.warehouse.identity.clusters import components
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import pyarrow as pa


class Planted(Protocol):
    """Records of people, and which pairs of them are one person's."""

    customers: pa.Table
    identities: pa.Table

    def true_pairs(self) -> set[tuple[str, str]]: ...


_PLAIN = """
    with contact as (
        select customer_id, kind, lower(trim(value)) as value from identities where kind in ('email', 'phone')
    ),
    usable as (
        select * from contact where value in (select value from contact group by value having count(*) <= 20)
    )
    select l.customer_id, r.customer_id from usable l
    join usable r on l.kind = r.kind and l.value = r.value and l.customer_id < r.customer_id
    union
    select l.customer_id, r.customer_id from customers l
    join customers r on lower(l.name) = lower(r.name) and l.birth_year = r.birth_year
    where l.customer_id < r.customer_id
"""

_SALES = """
    insert into transactions by name
    select 't' || i as transaction_id, c.customer_id, timestamp '2024-01-01' + to_seconds(i) as "at",
        'sale' as kind, 1 as revenue, 'EUR' as currency, 'bench' as source
    from range({sales}) r(i)
    join (
        select customer_id, row_number() over (order by customer_id) - 1 as place, count(*) over () as n
        from customers
    ) c on c.place = i % c.n
    order by customer_id, "at", transaction_id
"""


def plain(database: str, out: str) -> None:
    """Exact rules and connected components."""
    with duckdb.connect(database, read_only=True) as connection:
        pairs = connection.execute(_PLAIN).fetchall()
    Path(out).write_text(json.dumps({"pairs": pairs}), "utf-8")


def link(database: str, out: str, dry_run: bool) -> None:
    """`link_customers`, and what it counted."""
    with connect(f"duckdb:///{database}", read_only=dry_run) as engine:
        report = link_customers(engine, dry_run=dry_run)
    pairs = [(merge.pair[1], merge.pair[0]) for merge in report.merges]
    sizes = {size.block.name: size.pairs for size in report.blocks}
    Path(out).write_text(json.dumps({"pairs": pairs, "blocks": sizes}), "utf-8")


def main() -> None:
    arguments = _arguments()
    planted = _planted()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| seed | records | true pairs | rules | precision | recall |")
        print("|---:|---:|---:|---|---:|---:|")
        for seed in arguments.seeds:
            people = planted.plant(arguments.persons, seed)
            database = folder / f"{seed}.duckdb"
            _store(database, people, 0)
            for rules, function in (("plain", plain), ("link", link)):
                found = _run(function, folder, database)
                _print_quality(seed, people, rules, planted.pairs_of(components(found["pairs"])))
        null = planted.plant(arguments.persons, arguments.seeds[0], duplicates=False)
        _store(folder / "null.duckdb", null, 0)
        merges = len(_run(link, folder, folder / "null.duckdb")["pairs"])
        print(f"\nNull twin: {null.customers.num_rows:,} people with one record each, {merges} merges.\n")
        _measure(folder, planted, arguments)


def _measure(folder: Path, planted: ModuleType, arguments: argparse.Namespace) -> None:
    source, working, out = folder / "source.duckdb", folder / "working.duckdb", folder / "out.json"
    people = planted.plant(arguments.persons, arguments.seeds[0])
    _store(source, people, arguments.sales)
    comparison = measure.compare(
        {
            "link": measure.call(link, str(working), str(out), True),
            "link + merge": measure.call(link, str(working), str(out), False),
            "plain": measure.call(plain, str(working), str(out)),
        },
        baseline="plain",
        runs=arguments.runs,
        name="identity",
        before_each=lambda _: shutil.copyfile(source, working),
    )
    comparison.print()
    blocks = _run(link, folder, source)["blocks"]
    print("\n" + "\n".join(f"Pairs in block {block}: {pairs:,}" for block, pairs in blocks.items()))
    comparison.save(records=people.customers.num_rows, sales=arguments.sales, blocks=blocks)


def _run(function: Callable[..., None], folder: Path, database: Path) -> dict[str, Any]:
    out = folder / "found.json"
    extra = (True,) if function is link else ()
    measure.run(measure.call(function, str(database), str(out), *extra))
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    found["pairs"] = [tuple(pair) for pair in found["pairs"]]
    return found


def _print_quality(seed: int, people: Planted, rules: str, found: set[tuple[str, str]]) -> None:
    true = people.true_pairs()
    hits = len(true & found)
    print(
        f"| {seed} | {people.customers.num_rows:,} | {len(true):,} | {rules} "
        f"| {hits / max(1, len(found)):.4f} | {hits / len(true):.4f} |",
        flush=True,
    )


def _store(path: Path, people: Planted, sales: int) -> None:
    with connect(f"duckdb:///{path}") as engine:
        for name in ("customers", "identities"):
            table = getattr(people, name)
            engine.create(name, table.schema)
            engine.insert(name, table)
        if not sales:
            return
        engine.create("transactions", canonical_table("transactions").schema())
    with duckdb.connect(str(path)) as connection:
        connection.execute(_SALES.format(sales=sales))


def _planted() -> ModuleType:
    path = Path(__file__).parent.parent / "tests" / "warehouse" / "identity" / "planted.py"
    spec = importlib.util.spec_from_file_location("planted_people", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--persons", type=int, default=62_000)
    parser.add_argument("--sales", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seeds", type=int, nargs="+", default=[201, 202, 203])
    return parser.parse_args()


if __name__ == "__main__":
    main()
