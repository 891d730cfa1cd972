"""Find the records that are one customer, and merge them.

Records and identities are read as their sources delivered them, compared in a DuckDB of this process
(whatever engine holds the warehouse), and come back as merges. The order is: clean, block and count, ask,
train, score, guard, group. A guard is a reason that no weight outweighs: two names, two years of birth, a
person and an organisation. It keeps households and twins apart, who share everything the model believes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from peakend.engine.duckdb import DuckDB
from peakend.language import Text
from peakend.warehouse.identity.blocking import DEFAULT_BLOCKS, Block, BlockSize, Confirm, admit, block_sizes
from peakend.warehouse.identity.clusters import Edge, components, joined_edges
from peakend.warehouse.identity.errors import IdentityError, NoCustomersError
from peakend.warehouse.identity.evidence import model_evidence
from peakend.warehouse.identity.merges import Decision, HasEngine, engine_of, list_merges, record_merges
from peakend.warehouse.identity.model import Model, score, train
from peakend.warehouse.identity.moves import as_loaded
from peakend.warehouse.identity.normalise import (
    CUSTOMER_COLUMNS,
    FOLDER,
    IDENTITY_COLUMNS,
    Features,
    build_features,
)
from peakend.warehouse.identity.report import Held, Ignored, LinkReport
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from peakend.engine import Engine, Relation

THRESHOLD = 0.8
MAX_PAIRS = 50_000_000
MAX_SHARED = 20
MAX_GROUP = 50
_LIKELY = 0.5
_RULE_STRENGTH = 1.0 + 1e-9


def link_customers(
    warehouse: Engine | HasEngine,
    *,
    rules: Sequence[Block] | None = None,
    threshold: float = THRESHOLD,
    dry_run: bool = False,
    max_pairs: int = MAX_PAIRS,
    confirm: Confirm | None = None,
    max_shared: int = MAX_SHARED,
    decided_by: str = "peakend identity link",
    purpose: str | None = None,
) -> LinkReport:
    """Link the records of the same customer across sources and merge them; with `dry_run` only say what
    would be.

    rules: blocks of records that are compared (default `DEFAULT_BLOCKS`). threshold: least probability of a
    merge, in (0, 1]. max_pairs: limit of comparisons, for each block and together. confirm: asked about
    every block with its size before any of them runs; False stops everything. max_shared: a contact held by
    more records is not compared. purpose: what the joined data are for; kept with every merge. Merges in
    force stay, pairs whose merge was undone are not proposed again. Raises `NoCustomersError`,
    `BlockTooLargeError`, `BlockRefusedError`.
    """
    if not 0 < threshold <= 1:
        raise IdentityError(
            Text(f"A threshold of {threshold} is not a probability.", f"阈值 {threshold} 不是概率。"),
            Text("Give a number above 0 and up to 1.", "请给出大于 0、不超过 1 的数。"),
            threshold=threshold,
        )
    engine = engine_of(warehouse)
    blocks = tuple(rules) if rules is not None else DEFAULT_BLOCKS
    with DuckDB() as scratch:
        features = _features(engine, scratch, max_shared)
        count = _count(features.records)
        sizes = block_sizes(features.records, blocks)
        admit(sizes, max_pairs=max_pairs, confirm=confirm)
        outcome = _Outcome(None, (), (), 0)
        if count > 1:
            outcome = _outcome(scratch, features, count, sizes, threshold, _History.of(engine))
        ignored = tuple(
            Ignored(row["kind"], row["fault"], row["values_ignored"], row["customers"])
            for row in features.ignored.to_arrow().to_pylist()
        )
    ids: Sequence[str] = ()
    if not dry_run and outcome.merges:
        with engine.transaction():
            ids = record_merges(engine, outcome.merges, decided_by=decided_by, purpose=purpose)
    in_force = _History.of(engine).standing
    pairs = {*in_force, *(merge.pair for merge in outcome.merges)}
    return LinkReport(
        customers=count,
        threshold=threshold,
        dry_run=dry_run,
        blocks=tuple(sizes),
        ignored=ignored,
        model=outcome.model,
        compared=outcome.compared,
        merges=outcome.merges,
        held=outcome.held,
        groups=len(set(components(pairs).values())),
        merge_ids=tuple(ids),
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    model: Model | None
    merges: tuple[Decision, ...]
    held: tuple[Held, ...]
    compared: int


@dataclass(frozen=True, slots=True)
class _History:
    """Pairs merged now, and pairs whose last merge was undone."""

    standing: frozenset[tuple[str, str]]
    undone: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, engine: Engine) -> _History:
        rows = list_merges(engine).to_pylist()
        every = {(row["from_customer_id"], row["into_customer_id"]) for row in rows}
        standing = {
            (row["from_customer_id"], row["into_customer_id"]) for row in rows if row["undone_at"] is None
        }
        return cls(frozenset(standing), frozenset(every - standing))


def _features(engine: Engine, scratch: DuckDB, max_shared: int) -> Features:
    if not engine.has_table("customers"):
        raise _no_customers()
    customers = _copy(engine, scratch, "customers", CUSTOMER_COLUMNS)
    if _count(customers) == 0:
        raise _no_customers()
    return build_features(
        scratch, customers, _copy(engine, scratch, "identities", IDENTITY_COLUMNS), max_shared=max_shared
    )


def _copy(engine: Engine, scratch: DuckDB, name: str, columns: Sequence[str]) -> Relation:
    """The canonical table as loaded, in the process that links; empty where the warehouse has none."""
    table = canonical_table(name)
    schema = pa.schema([(column, table.column(column).arrow) for column in columns])
    if not engine.has_table(name):
        return scratch.from_arrow(schema.empty_table())
    chosen = exp.select(*(f"t.{column}" for column in columns)).from_("t").sql("duckdb")
    rows = as_loaded(engine, name).query(chosen).to_arrow(schema)
    return scratch.from_arrow(rows)


def _outcome(
    scratch: DuckDB,
    features: Features,
    count: int,
    sizes: Sequence[BlockSize],
    threshold: float,
    history: _History,
) -> _Outcome:
    sure = scratch.query(f"{FOLDER}/sure_pairs", records=features.records).to_arrow()["pairs"][0].as_py()
    model = train(scratch, "records", count=count, sure_pairs=int(sure))
    used = [size.block for size in sizes if size.pairs]
    least = min(_LIKELY, threshold)
    scored = score(scratch, "records", model, used, least=least) if used else _nothing(scratch)
    papers = scratch.query(f"{FOLDER}/paper_pairs", papers=features.papers).save("paper_pairs")
    pairs = scratch.query(f"{FOLDER}/pairs", scored=scored, paper_pairs=papers)
    verdicts = _verdicts(scratch, features, pairs).save("verdicts")
    decisions = scratch.query(
        f"{FOLDER}/decisions", {"threshold": threshold}, verdicts=verdicts, scored=scored, paper_pairs=papers
    ).to_arrow()
    rows = decisions.to_pylist()
    joined, held = _grouped(scratch, features, rows, history)
    return _Outcome(model, _with_evidence(scratch, scored, joined), held, len(rows))


def _grouped(
    scratch: DuckDB, features: Features, rows: Sequence[Mapping[str, Any]], history: _History
) -> tuple[list[Mapping[str, Any]], tuple[Held, ...]]:
    """The rows that are merged, and the pairs that are held back."""
    by_pair = {(row["unique_id_l"], row["unique_id_r"]): row for row in rows}
    edges = [_edge(row) for row in rows if row["method"] is not None]
    already = sorted((into, source) for source, into in history.standing)
    apart = _apart(scratch, features, [(edge.first, edge.second) for edge in edges] + already)
    undone = {(into, source) for source, into in history.undone}
    joined, left_out = joined_edges(edges, apart | undone, already)
    crowded = _crowds([(edge.first, edge.second) for edge in joined] + already)
    merged, held = (
        [],
        [
            Held(row["unique_id_l"], row["unique_id_r"], row["probability"], row["held"])
            for row in rows
            if row["held"] is not None
        ],
    )
    for edge in joined:
        row = by_pair[edge.first, edge.second]
        if edge.first in crowded:
            held.append(Held(edge.first, edge.second, row["probability"], "crowd"))
        else:
            merged.append(row)
    for edge in left_out:
        reason = "undone" if (edge.first, edge.second) in undone else "group"
        held.append(Held(edge.first, edge.second, by_pair[edge.first, edge.second]["probability"], reason))
    return merged, tuple(sorted(held, key=lambda pair: (pair.first, pair.second)))


def _edge(row: Mapping[str, Any]) -> Edge:
    strength = _RULE_STRENGTH if row["method"] == "rule" else row["probability"]
    return Edge(row["unique_id_l"], row["unique_id_r"], strength)


def _apart(scratch: DuckDB, features: Features, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Pairs within a would-be group that must not be one customer, compared directly or not."""
    groups: dict[str, list[str]] = {}
    for member, root in components(pairs).items():
        groups.setdefault(root, []).append(member)
    inside = [
        pair
        for members in groups.values()
        if 2 < len(members) <= 20 * MAX_GROUP
        for pair in combinations(sorted(members), 2)
    ]
    if not inside:
        return set()
    listed = scratch.from_arrow(
        pa.table({"unique_id_l": [a for a, _ in inside], "unique_id_r": [b for _, b in inside]})
    )
    verdicts = _verdicts(scratch, features, listed).to_arrow().to_pylist()
    return {(row["unique_id_l"], row["unique_id_r"]) for row in verdicts if row["apart"]}


def _crowds(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Members of groups of more than `MAX_GROUP` records."""
    groups: dict[str, list[str]] = {}
    for member, root in components(pairs).items():
        groups.setdefault(root, []).append(member)
    return {member for members in groups.values() if len(members) > MAX_GROUP for member in members}


def _with_evidence(
    scratch: DuckDB, scored: Relation, rows: Sequence[Mapping[str, Any]]
) -> tuple[Decision, ...]:
    if not rows:
        return ()
    wanted = scratch.from_arrow(
        pa.table(
            {"first": [row["unique_id_l"] for row in rows], "second": [row["unique_id_r"] for row in rows]}
        )
    )
    found = scored.query(
        "select t.*, w.first as first_id, w.second as second_id from t join w "
        "on least(t.unique_id_l, t.unique_id_r) = w.first "
        "and greatest(t.unique_id_l, t.unique_id_r) = w.second",
        w=wanted,
    )
    weights = {
        (row["first_id"], row["second_id"]): model_evidence(row) for row in found.to_arrow().to_pylist()
    }
    decisions = []
    for row in rows:
        papers = [kind for kind in ("document", "card") if row[f"same_{kind}"]]
        pair = (row["unique_id_l"], row["unique_id_r"])
        evidence = [{"field": kind, "level": "same", "weight": None} for kind in papers] + weights.get(
            pair, []
        )
        decisions.append(Decision(*pair, row["method"], row["probability"], tuple(evidence)))
    return tuple(decisions)


def _verdicts(scratch: DuckDB, features: Features, pairs: Relation) -> Relation:
    return scratch.query(f"{FOLDER}/verdicts", pairs=pairs, records=features.records, words=features.words)


def _nothing(scratch: DuckDB) -> Relation:
    fields = [("unique_id_l", pa.string()), ("unique_id_r", pa.string()), ("match_probability", pa.float64())]
    return scratch.from_arrow(pa.schema(fields).empty_table())


def _count(relation: Relation) -> int:
    return int(relation.query("select count(*) as n from t").to_arrow()["n"][0].as_py())


def _no_customers() -> NoCustomersError:
    return NoCustomersError(
        Text("The warehouse has no customers to link.", "数据仓库中没有可供关联的客户。"),
        Text("Load customers first.", "请先载入客户。"),
    )
