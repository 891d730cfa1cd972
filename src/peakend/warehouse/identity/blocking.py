"""Which pairs of records are compared at all, how many they are, and who says that they may be.

Records are compared only within a block: those that agree in the block's columns. The number of pairs of a
block is known exactly before any pair is made (the sum of n(n-1)/2 over its values), so a heavy block is
stopped early.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from peakend.engine import Relation, identifier
from peakend.language import Text
from peakend.warehouse.identity.errors import BlockRefusedError, BlockTooLargeError, IdentityError

LISTS = frozenset({"emails", "mailboxes", "phones", "phone_tails", "name_words"})
"""Feature columns that hold several values of a record: one agreeing value is enough."""
SCALARS = frozenset(
    {"name_text", "name_key", "birth_year", "gender", "city", "country", "kind", "source", "email", "phone"}
)


@dataclass(frozen=True, slots=True)
class Block:
    """Records that agree in all `columns` (features, see `features.duckdb.sql`) are compared. A missing value
    agrees with nothing."""

    name: str
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = sorted(set(self.columns) - LISTS - SCALARS)
        if unknown or not self.columns:
            raise IdentityError(
                Text(
                    f"The block {self.name!r} names no feature: {', '.join(unknown) or 'nothing'}.",
                    f"分块“{self.name}”所列字段不存在：{'、'.join(unknown) or '空'}。",
                ),
                Text(
                    f"Choose from {', '.join(sorted(LISTS | SCALARS))}.",
                    f"可选字段：{'、'.join(sorted(LISTS | SCALARS))}。",
                ),
                block=self.name,
            )
        if len(self.lists) > 1:
            raise IdentityError(
                Text(
                    f"The block {self.name!r} has several columns that hold lists: {', '.join(self.lists)}.",
                    f"分块“{self.name}”含多个列表字段：{'、'.join(self.lists)}。",
                ),
                Text("Keep one of them.", "请只保留其中一个。"),
                block=self.name,
            )

    @property
    def lists(self) -> list[str]:
        return [column for column in self.columns if column in LISTS]


@dataclass(frozen=True, slots=True)
class BlockSize:
    """`pairs`: comparisons the block asks for; `values`: distinct values; `largest`: records of the
    largest."""

    block: Block
    pairs: int
    values: int
    largest: int


Confirm = Callable[[BlockSize], bool]

DEFAULT_BLOCKS = (
    Block("e-mail", ("emails",)),
    Block("phone", ("phone_tails",)),
    Block("name + year of birth", ("name_key", "birth_year")),
    Block("name + city", ("name_key", "city")),
    Block("mailbox", ("mailboxes",)),
    Block("word of the name + year of birth + city", ("name_words", "birth_year", "city")),
)


def block_sizes(records: Relation, blocks: Sequence[Block]) -> list[BlockSize]:
    """The size of every block, counted without making a pair."""
    return [_size(records, block) for block in blocks]


def admit(sizes: Sequence[BlockSize], *, max_pairs: int, confirm: Confirm | None) -> None:
    """Let the blocks run, or say why not: `BlockTooLargeError` above `max_pairs` (each block, and all
    together), `BlockRefusedError` where `confirm` says no. `confirm` is asked about every block, before any
    of them runs."""
    for size in sizes:
        if size.pairs > max_pairs:
            raise BlockTooLargeError(size.block.name, size.pairs, max_pairs)
    total = sum(size.pairs for size in sizes)
    if total > max_pairs:
        heaviest = max(sizes, key=lambda size: size.pairs)
        raise BlockTooLargeError(f"{heaviest.block.name} (with all others)", total, max_pairs)
    for size in sizes:
        if confirm is not None and not confirm(size):
            raise BlockRefusedError(size.block.name, size.pairs)


def _size(records: Relation, block: Block) -> BlockSize:
    columns = [identifier(column).sql("duckdb") for column in block.columns]
    values = [
        f"unnest(list_distinct(t.{name})) as {name}" if column in LISTS else f"t.{name}"
        for column, name in zip(block.columns, columns, strict=True)
    ]
    exploded = exp.select("t.unique_id", *values, dialect="duckdb").from_("t").subquery("x")
    known = " and ".join(f"x.{name} is not null" for name in columns)
    grouped = (
        exp.select("count(*) as n").from_(exploded).where(known).group_by(*(f"x.{name}" for name in columns))
    )
    counted = exp.select(
        "coalesce(cast(sum(n * (n - 1) / 2) as bigint), 0) as pairs",
        "count(*) as n_values",
        "coalesce(max(n), 0) as largest",
        dialect="duckdb",
    ).from_(grouped.subquery("g"))
    row = records.engine.fetch(_native(records, counted)).to_pylist()[0]
    return BlockSize(block, int(row["pairs"]), int(row["n_values"]), int(row["largest"]))


def _native(records: Relation, tree: exp.Select) -> Relation:
    """`tree` over `records`, which it calls `t`. Lists are DuckDB's own, so the portable subset does not
    apply."""
    table = records.tree.copy()
    for node in tree.find_all(exp.Table):
        node.replace(exp.alias_(table, "t", table=True))
    return Relation(records.engine, tree)
