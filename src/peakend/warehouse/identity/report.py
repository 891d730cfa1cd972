"""What a run of linkage did: the blocks, what was learnt, what was merged and why, what was held back and
why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.warehouse.identity.evidence import HELD, explain
from peakend.warehouse.identity.fields import field_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.warehouse.identity.blocking import BlockSize
    from peakend.warehouse.identity.merges import Decision
    from peakend.warehouse.identity.model import Model


@dataclass(frozen=True, slots=True)
class Ignored:
    """Values of `kind` that were not compared: `fault` is malformed, placeholder or shared."""

    kind: str
    fault: str
    values: int
    customers: int


@dataclass(frozen=True, slots=True)
class Held:
    """Two records that were not joined although something speaks for it; `reason` is a key of
    `evidence.HELD`."""

    first: str
    second: str
    probability: float | None
    reason: str


_FAULTS: Mapping[str, Text] = {
    "malformed": Text("malformed", "格式不符"),
    "placeholder": Text("placeholders", "占位值"),
    "shared": Text("shared by implausibly many", "被过多记录共用"),
}
_KINDS: Mapping[str, Text] = {
    "email": Text("e-mail addresses", "电子邮箱"),
    "phone": Text("phone numbers", "电话"),
    "document": Text("documents", "证件"),
    "card": Text("cards", "卡号"),
    "birth_year": Text("years of birth", "出生年份"),
}


@dataclass(frozen=True, slots=True)
class LinkReport:
    """The result of `link_customers`. `merges` are new decisions; with `dry_run` nothing was written.

    `groups`: customers made of several records by these merges together with those in force before.
    `model` is None where there was nothing to compare.
    """

    customers: int
    threshold: float
    dry_run: bool
    blocks: tuple[BlockSize, ...]
    ignored: tuple[Ignored, ...]
    model: Model | None
    compared: int
    merges: tuple[Decision, ...]
    held: tuple[Held, ...]
    groups: int
    merge_ids: tuple[str, ...] = ()

    def as_table(self, language: Language = "en") -> pa.Table:
        """Columns what (text), count (integer): the run in a few lines."""
        rows: list[tuple[Text, int]] = [(Text("Customer records", "客户记录"), self.customers)]
        for size in self.blocks:
            title = Text(f"Pairs in block {size.block.name}", f"分块“{size.block.name}”的记录对")
            rows.append((title, size.pairs))
        for item in self.ignored:
            kind, fault = _KINDS[item.kind], _FAULTS[item.fault]
            title = Text(f"Not compared: {kind.en}, {fault.en}", f"不参与比较：{kind.zh}（{fault.zh}）")
            rows.append((title, item.values))
        rows.append((Text("Pairs found likely", "较可能的记录对"), self.compared))
        rows.append(
            (
                Text("Merges proposed", "建议合并") if self.dry_run else Text("Merges", "合并"),
                len(self.merges),
            )
        )
        rows.append((Text("Customers with several records", "有多条记录的客户"), self.groups))
        for reason, text in HELD.items():
            held = sum(1 for pair in self.held if pair.reason == reason)
            if held:
                rows.append((Text(f"Held back: {text.en}", f"未合并：{text.zh}"), held))
        return _table(what=[text.in_(language) for text, _ in rows], count=[count for _, count in rows])

    def merges_table(self, language: Language = "en") -> pa.Table:
        """Columns first, second, method, probability, why: one row a merge."""
        return _table(
            first=[merge.pair[1] for merge in self.merges],
            second=[merge.pair[0] for merge in self.merges],
            method=[merge.method for merge in self.merges],
            probability=pa.array([merge.probability for merge in self.merges], pa.float64()),
            why=[explain(merge.evidence).in_(language) for merge in self.merges],
        )

    def held_table(self, language: Language = "en") -> pa.Table:
        """Columns first, second, probability, why: pairs a person may want to look at."""
        return _table(
            first=[pair.first for pair in self.held],
            second=[pair.second for pair in self.held],
            probability=pa.array([pair.probability for pair in self.held], pa.float64()),
            why=[HELD[pair.reason].in_(language) for pair in self.held],
        )

    def weights_table(self, language: Language = "en") -> pa.Table:
        """Columns field, agreement, m, u, weight (bits): what agreement is worth in the trained model."""
        weights = self.model.weights if self.model else ()
        fields = [field_named(weight.field) for weight in weights]
        meanings = [
            next(level.meaning for level in field.levels if level.name == weight.level)
            for field, weight in zip(fields, weights, strict=True)
        ]
        return _table(
            field=[field.title.in_(language) for field in fields],
            agreement=[meaning.in_(language) for meaning in meanings],
            m=pa.array([weight.m for weight in weights], pa.float64()),
            u=pa.array([weight.u for weight in weights], pa.float64()),
            weight=pa.array([weight.weight for weight in weights], pa.float64()),
        )


def _table(**columns: Sequence[object] | pa.Array) -> pa.Table:
    texts = {"what", "first", "second", "method", "why", "field", "agreement"}
    arrays = {
        name: pa.array(values, pa.string() if name in texts else pa.int64())
        if isinstance(values, list)
        else values
        for name, values in columns.items()
    }
    return pa.table(arrays)
