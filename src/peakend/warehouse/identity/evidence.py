"""Why two records were joined, or kept apart, in words: which fields agreed, how, and what that weighed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.warehouse.identity.fields import FIELDS, field_named
from peakend.warehouse.identity.model import level_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAPERS: Mapping[str, Text] = {
    "document": Text("the same document", "证件相同"),
    "card": Text("the same card", "卡号相同"),
}

HELD: Mapping[str, Text] = {
    "kinds": Text("one is a person, the other an organisation", "一为个人，一为机构"),
    "names": Text("the names are of two people", "姓名属于两个人"),
    "birth_years": Text("the years of birth are of two people", "出生年份属于两个人"),
    "genders": Text("the genders differ and the rest is not strong enough", "性别不同，其余依据不足"),
    "thin": Text("too little can be compared to tell one from another", "可比信息太少，无法区分"),
    "unsure": Text("likely, but below the threshold", "较可能，但未达阈值"),
    "undone": Text("this merge was undone before", "此前已撤销该合并"),
    "group": Text("it would join records that must stay apart", "将把不应合并的记录连在一起"),
    "crowd": Text("the group would be implausibly large", "合并后的组大得不合常理"),
}


def model_evidence(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Evidence from a row of `model.score`: field, level and weight (bits) of every field that could be
    compared."""
    found = []
    for field in FIELDS:
        level = level_at(field, row[f"gamma_{field.name}"])
        if level is not None:
            weight = row[f"mw_{field.name}"] + (row.get(f"mw_tf_adj_{field.name}") or 0.0)
            found.append({"field": field.name, "level": level.name, "weight": round(weight, 2)})
    return found


def explain(evidence: str | Sequence[Mapping[str, Any]]) -> Text:
    """The evidence of a merge (JSON text of `merges.evidence`, or the list) as a sentence in both languages.

    Weights are bits: each point doubles the odds that the records are one customer, each negative point
    halves them.
    """
    items = json.loads(evidence) if isinstance(evidence, str) else evidence
    parts = [_part(item) for item in items]
    if not parts:
        return Text("Decided by a person.", "由人工判定。")
    return Text("; ".join(part.en for part in parts) + ".", "；".join(part.zh for part in parts) + "。")


def _part(item: Mapping[str, Any]) -> Text:
    if item["field"] in PAPERS:
        return PAPERS[item["field"]]
    field = field_named(item["field"])
    meaning = next(level.meaning for level in field.levels if level.name == item["level"])
    weight = f"{item['weight']:+.1f}".replace("-", "−")
    return Text(
        f"{field.title.en} {meaning.en} ({weight})",
        f"{field.title.zh}{meaning.zh}（{weight}）",
    )
