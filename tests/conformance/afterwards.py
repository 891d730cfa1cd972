"""What the conformance company asks afterwards: the surprise, the same again, what is remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

PEOPLE = 120
_QUESTIONS = [
    {
        "question_id": "qx-delight",
        "metric": "rating",
        "dimension": "delight",
        "scale_low": 1,
        "scale_high": 5,
    },
    {"question_id": "qx-recall", "metric": "choice", "dimension": "recall"},
    {"question_id": "qx-brand", "metric": "choice", "dimension": "attribution"},
]


def with_afterwards(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """`tables` with a follow-up of some responses that have a customer and an event; drawn apart."""
    random = np.random.default_rng(17)
    found = tables["responses"].sort_by("response_id").to_pylist()
    first = [row for row in found if row["customer_id"] and row["event_id"]][:PEOPLE]
    responses: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for row in first:
        key = f"{row['response_id']}-again"
        later = row["answered_at"] + timedelta(days=int(random.integers(5, 29)))
        kept = {name: row[name] for name in ("customer_id", "event_id", "source")}
        responses.append(kept | {"response_id": key, "survey_id": "afterwards", "answered_at": later})
        remembered = str(random.choice(["remembered", "记得", "nothing", "?"]))
        given: dict[str, Any] = {"qx-recall": remembered, "qx-brand": str(random.choice(["us", "another"]))}
        for response, what in (
            (key, given),
            (row["response_id"], {"qx-delight": float(random.integers(1, 6))}),
        ):
            for question, value in what.items():
                kind = "choice" if isinstance(value, str) else "score"
                answers.append(
                    {"response_id": response, "question_id": question, "state": "answered", kind: value}
                )
        answers.append(
            {
                "response_id": key,
                "question_id": "q00000",
                "state": "answered",
                "score": float(random.integers(0, 11)),
            }
        )
    surveys = [{"survey_id": "afterwards", "programme": "afterwards", "name": "afterwards"}]
    more = {"questions": _QUESTIONS, "surveys": surveys, "responses": responses, "answers": answers}
    return {**tables, **{name: _with(tables[name], rows) for name, rows in more.items()}}


def _with(table: pa.Table, rows: list[dict[str, Any]]) -> pa.Table:
    listed = [{"source": "测试", **row} for row in rows]
    return pa.concat_tables([table, pa.Table.from_pylist(listed, schema=table.schema)])
