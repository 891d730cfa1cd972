"""Simulate a company into a warehouse."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

import pyarrow as pa

from peakend.demo.simulator.block import Block, Tally
from peakend.demo.simulator.columns import numbers
from peakend.demo.simulator.company import Kind
from peakend.demo.simulator.errors import OutOfRangeError, UnknownKindError, WarehouseNotEmptyError
from peakend.demo.simulator.keys import MOST_CUSTOMERS, customer_ids, response_ids
from peakend.demo.simulator.mechanism import Rows, mechanisms, switchable, switched_off, truths
from peakend.demo.simulator.sink import Sink, occupied
from peakend.demo.simulator.truth import truth_tables
from peakend.demo.simulator.world import World, world
from peakend.engine import Engine, connect
from peakend.language import Text

VERSION = 4
"""Raise it when the same request gives other rows."""

KINDS: tuple[Kind, ...] = get_args(Kind)
MONTHS = (6, 60)
BLOCK = 10_000
"""Customers simulated at a time. Rows do not depend on it; memory does."""

MEMORY = "512MB"
"""What DuckDB may use while it takes the rows and puts them in order, unless the URL says otherwise."""

Progress = Callable[[int, int], None]
"""Called with customers written and customers in all."""


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What was simulated: the request, the mechanisms that were off, rows by table, CPU and wall seconds."""

    kind: Kind
    customers: int
    seed: int
    months: int
    version: int
    off: tuple[str, ...]
    rows: Mapping[str, int]
    cpu_seconds: float
    seconds: float

    @property
    def summary(self) -> Text:
        """One sentence that says what it is: simulated."""
        total = sum(n for name, n in self.rows.items() if not name.startswith("truth_"))
        without = f", without {', '.join(self.off)}" if self.off else ""
        without_zh = f"，已关闭：{'、'.join(self.off)}" if self.off else ""
        return Text(
            f"Simulated {self.kind} with {self.customers:,} customers over {self.months} months "
            f"(seed {self.seed}{without}): {total:,} rows in {len(self.rows)} tables.",
            f"已生成模拟公司（{self.kind}）：{self.customers:,} 位客户、{self.months} 个月"
            f"（种子 {self.seed}{without_zh}），共 {len(self.rows)} 张表 {total:,} 行。",
        )


def simulate(
    kind: str,
    *,
    customers: int,
    seed: int,
    into: str | Engine,
    without: Iterable[str] = (),
    months: int = 24,
    replace: bool = False,
    progress: Progress | None = None,
    block: int = BLOCK,
) -> SimulationReport:
    """Write a coherent simulated company into the warehouse `into` (a URL or an open engine).

    kind: one of `KINDS`. without: mechanisms, or groups of them, replaced by their null; all other draws stay
    the same. The same (kind, customers, seed, months, without, VERSION) gives the same rows whatever `block`
    is, and a customer's history does not depend on how many others there are. Everything it writes says
    "simulated"; what was planted goes to tables `truth_…`.

    Raises `SimulationError`: an unknown kind or mechanism, a number out of range, a warehouse that holds data
    (unless `replace`, which deletes Peakend's tables there). Stopped half-way it leaves the data as before.
    """
    if kind not in KINDS:
        raise UnknownKindError(kind, KINDS)
    for name, value, low, high in (
        ("customers", customers, 1, MOST_CUSTOMERS),
        ("seed", seed, 0, 2**63 - 1),
        ("months", months, *MONTHS),
        ("block", block, 1, MOST_CUSTOMERS),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise OutOfRangeError(name, value, low, high)
    fixed = world(kind, seed=seed, months=months, off=switched_off(without))
    if isinstance(into, Engine):
        return _write(fixed, into, customers, replace=replace, progress=progress, size=block)
    with connect(_bounded(into)) as engine:
        return _write(fixed, engine, customers, replace=replace, progress=progress, size=block)


def _bounded(url: str) -> str:
    """`url` with a limit on DuckDB's memory, which is most of the machine's otherwise."""
    if not url.startswith("duckdb:") or "memory_limit=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}memory_limit={MEMORY}"


def _write(
    fixed: World, engine: Engine, customers: int, *, replace: bool, progress: Progress | None, size: int
) -> SimulationReport:
    if not replace and (tables := occupied(engine)):
        raise WarehouseNotEmptyError(tables)
    started, cpu = time.monotonic(), time.process_time()
    sink = Sink(engine)
    sink.clear()
    try:
        sink.add(once(fixed))
        tally: Tally = Counter()
        for simulated in blocks(fixed, customers, size):
            sink.add(block_rows(simulated))
            tally.update(simulated.tally)
            if progress is not None:
                progress(simulated.first + simulated.count - 1, customers)
        sink.add(row for m in mechanisms() if m.closing for row in m.closing(fixed, tally))
        report = _report(fixed, customers, sink)
        sink.finish(_fingerprint(report), _mark(report))
    except BaseException:
        sink.clear()
        raise
    return _report(fixed, customers, sink, time.monotonic() - started, time.process_time() - cpu)


def once(fixed: World) -> Rows:
    """Rows that do not depend on the customers: registries, logs, what was planted."""
    for mechanism in mechanisms():
        if mechanism.registry is not None:
            yield from mechanism.registry(fixed)
    yield from truth_tables(truths(fixed)).items()


def blocks(fixed: World, customers: int, size: int = BLOCK) -> Iterator[Block]:
    """Customers 1 … `customers`, `size` at a time, after every mechanism's step."""
    for first in range(1, customers + 1, size):
        simulated = Block(fixed, first, min(size, customers - first + 1))
        for mechanism in mechanisms():
            if mechanism.step is not None:
                mechanism.step(simulated)
        yield simulated


def block_rows(simulated: Block) -> Rows:
    """Rows of one block for every table, with the truth about its customers and its responses."""
    for mechanism in mechanisms():
        if mechanism.rows is not None:
            yield from mechanism.rows(simulated)
    known = [column for mechanism in mechanisms() for column, _ in mechanism.customer_truth]
    people = simulated.people
    columns = {"customer_id": customer_ids(people["index"])}
    yield "truth_customers", pa.table({**columns, **{name: numbers(people[name]) for name in known}})
    told = [column for mechanism in mechanisms() for column, _ in mechanism.response_truth]
    done = simulated.asked.take(simulated.asked["completed"])
    columns = {"response_id": response_ids(done)}
    yield "truth_responses", pa.table({**columns, **{name: numbers(done[name]) for name in told}})


def _report(
    fixed: World, customers: int, sink: Sink, seconds: float = 0.0, cpu_seconds: float = 0.0
) -> SimulationReport:
    return SimulationReport(
        kind=fixed.company.kind,
        customers=customers,
        seed=fixed.draws.seed,
        months=fixed.calendar.months,
        version=VERSION,
        off=tuple(sorted(fixed.off)),
        rows=dict(sink.rows),
        cpu_seconds=cpu_seconds,
        seconds=seconds,
    )


def _fingerprint(report: SimulationReport) -> str:
    """The same for the same request, another for any other."""
    request = (
        report.kind,
        report.customers,
        report.seed,
        report.months,
        report.version,
        ",".join(report.off),
    )
    return "simulated:" + ":".join(str(part) for part in request)


def _mark(report: SimulationReport) -> dict[str, object]:
    """The row of `simulation` by which reports know that everything is simulated."""
    acting = sorted(m.name for m in switchable() if m.name not in report.off)
    return {
        "kind": report.kind,
        "customers": report.customers,
        "seed": report.seed,
        "months": report.months,
        "version": report.version,
        "mechanisms_on": ",".join(acting),
        "mechanisms_off": ",".join(report.off),
    }
