"""A small company in the canonical tables, with what engines like to disagree on: see `data`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from conformance.afterwards import with_afterwards
from conformance.data import money, some_null
from conformance.journeys import with_journeys
from conformance.lounge import with_lounge
from conformance.money import with_money
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PRAISE = ["服务很热情", "好吃又实惠", "很干净，满意", "friendly staff", "quick and easy", "Great food 👍"]
_BLAME = ["排队太久", "东西难吃", "厕所很脏，失望", "rude staff", "slow &amp; confusing", "Terrible food 😡"]
_FILLING = [
    "登机口在A区",
    "昨天下午",
    "the lounge",
    "gate 12",
    "和家人一起",
    "第二次来",
    "for a business trip",
    "。。。",
]
CUSTOMERS = 600
RESPONSES = 4_000
INVITATIONS = 6_000
INTERACTIONS = 8_000
TRANSACTIONS = 12_000
_TOUCHPOINTS = ["check-in", "安检", "Lounge", "lounge", 'it\'s "boarding" \\ 🛫', "Zürich"]
_SEGMENTS = ["新客", "老客", "VIP", "vip"]
_SURVEYS = {"w1": ("pulse", "2024"), "w2": ("pulse", "2025"), "month": ("always", None), "anon": ("人", "甲")}
_CODED = ["say_1", "say_2"]
_CODES = ["Charging stations / plugs", "Wider selection of restaurants", "排队太长", "Q8-29"]
_METRICS = ["nps", "csat", "ces", "rating", "rating", "nps", "expectation", "text"]


def company(seed: int = 7) -> dict[str, pa.Table]:
    """Canonical tables by name; the same for the same seed."""
    random = np.random.default_rng(seed)
    made = {
        **_parties(random),
        **_listening(random),
        **_answers(random),
        "transactions": _transactions(random),
    }
    own = {name: _in_shape(name, columns) for name, columns in made.items()}
    return with_money(with_journeys(with_afterwards(with_lounge(own))))


def _in_shape(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """The columns given, nulls for the others of the canonical table."""
    schema = canonical_table(name).schema()
    unknown = set(columns) - set(schema.names)
    assert not unknown, f"{name} has no {unknown}"
    rows = len(next(iter(columns.values())))
    columns = {"source": ["测试"] * rows, **columns}
    arrays = [
        pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(rows, f.type) for f in schema
    ]
    return pa.table(arrays, schema=schema)


def _ids(prefix: str, numbers: Iterable[int]) -> list[str]:
    return [f"{prefix}{number:05d}" for number in numbers]


def _picked(random: np.random.Generator, values: list[Any], size: int) -> list[Any]:
    return [values[number] for number in random.integers(0, len(values), size)]


def _times(random: np.random.Generator, size: int) -> np.ndarray:
    """Half-hours of 2024 and 2025: many events share one, and clocks change on some of the days."""
    return np.datetime64("2024-01-01", "us") + (random.integers(0, 35_088, size) * 1_800_000_000).astype(
        "timedelta64[us]"
    )


def _parties(random: np.random.Generator) -> dict[str, dict[str, Any]]:
    customers = _ids("c", range(CUSTOMERS))
    members = [
        ("等级", segment, "customer", c)
        for c, segment in zip(customers, _picked(random, _SEGMENTS, CUSTOMERS), strict=False)
    ]
    members += [
        ("terminal", segment, "response", r)
        for r, segment in zip(
            _ids("r", range(RESPONSES)), _picked(random, ["A", "b", "Ä"], RESPONSES), strict=False
        )
        if random.random() < 0.8
    ]
    return {
        "customers": {
            "customer_id": customers,
            "kind": _picked(random, ["person", "organisation"], CUSTOMERS),
            "name": _picked(random, ["O'Brien", "李雷", 'a "name"', "🙂", None], CUSTOMERS),
            "joined_on": _times(random, CUSTOMERS).astype("datetime64[D]"),
        },
        "segment_members": dict(
            zip(
                ("segmentation", "segment", "subject", "subject_id"),
                map(list, zip(*members, strict=False)),
                strict=False,
            )
        ),
        "touchpoints": {
            "touchpoint_id": _TOUCHPOINTS,
            "name": _TOUCHPOINTS,
            "position": list(range(len(_TOUCHPOINTS))),
            "owner": ["ops", None, "客舱部", "ops", None, "x"],
        },
    }


def _listening(random: np.random.Generator) -> dict[str, dict[str, Any]]:
    questions = _ids("q", range(len(_METRICS)))
    surveys = list(_SURVEYS)
    return {
        "surveys": {
            "survey_id": surveys,
            "programme": [programme for programme, _ in _SURVEYS.values()],
            "wave": [wave for _, wave in _SURVEYS.values()],
            "name": surveys,
            "anonymous": [survey == "anon" for survey in surveys],
        },
        "questions": {
            "question_id": [*questions, *_CODED],
            "metric": [*_METRICS, *["choice"] * len(_CODED)],
            "dimension": [*[None] * len(_METRICS), *["comments"] * len(_CODED)],
            "scale_low": [0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, None, None, None],
            "scale_high": [10.0, 5.0, 7.0, 5.0, 5.0, 10.0, 5.0, None, None, None],
            "overall": [True, True, True, *[False] * 7],
            "touchpoint_id": [
                None,
                None,
                None,
                "安检",
                "Lounge",
                'it\'s "boarding" \\ 🛫',
                "安检",
                *[None] * 3,
            ],
            "text_en": [f"How was it ({metric})?" for metric in [*_METRICS, *_CODED]],
            "attributes": [*[None] * len(_METRICS), '{"labels": {"Charging stations / plugs": "充电"}}', "{"],
        },
        "interactions": {
            "event_id": _ids("i", random.permutation(INTERACTIONS)),
            "customer_id": some_null(
                pa.array(_ids("c", random.integers(0, CUSTOMERS, INTERACTIONS))), random
            ),
            "at": _times(random, INTERACTIONS),
            "touchpoint_id": _picked(random, [*_TOUCHPOINTS, None], INTERACTIONS),
        },
        "populations": {
            "survey_id": ["w1"] * 5 + ["w2"] * 3,
            "segmentation": ["terminal"] * 3 + ["等级"] * 2 + ["terminal"] * 3,
            "segment": ["A", "b", "Ä", "VIP", "新客", "A", "b", "nobody"],
            "size": [200.0, 500.0, 300.0, 0.4, 0.6, 0.3, 0.3, 0.4],
        },
        "invitations": {
            "invitation_id": _ids("n", range(INVITATIONS)),
            "survey_id": _picked(random, surveys, INVITATIONS),
            "customer_id": some_null(pa.array(_ids("c", random.integers(0, CUSTOMERS, INVITATIONS))), random),
            "channel": _picked(random, ["email", "微信", None], INVITATIONS),
            "sent_at": _times(random, INVITATIONS),
            "status": _picked(random, ["sent", "bounced", "opened", "completed"], INVITATIONS),
        },
    }


def _answers(random: np.random.Generator) -> dict[str, dict[str, Any]]:
    surveys = np.array(_picked(random, list(_SURVEYS), RESPONSES))
    customers = some_null(pa.array(_ids("c", random.integers(0, CUSTOMERS, RESPONSES))), random, 0.2)
    weighted = np.isin(surveys, ["w2", "anon"])
    responses = _ids("r", range(RESPONSES))
    high = {"nps": 10, "csat": 5, "ces": 7, "rating": 5, "expectation": 5, "text": 0}
    rows = [
        (response, f"q{question:05d}", state, None if state != "answered" or metric == "text" else score)
        for response in responses
        for question, metric in enumerate(_METRICS)
        if random.random() < 0.7
        for state in [_picked(random, ["answered"] * 8 + ["not_used", "no_answer"], 1)[0]]
        for score in [
            float(random.integers(0 if metric == "nps" else min(1, high[metric]), high[metric] + 1))
        ]
    ]
    return {
        "responses": {
            "response_id": responses,
            "survey_id": surveys.tolist(),
            "customer_id": pa.compute.if_else(pa.array(surveys == "anon"), None, customers).to_pylist(),
            "invitation_id": _ids("n", random.integers(0, INVITATIONS, RESPONSES)),
            "event_id": some_null(
                pa.array(_ids("i", random.integers(0, INTERACTIONS, RESPONSES))), random, 0.3
            ).to_pylist(),
            "answered_at": _times(random, RESPONSES),
            "channel": _picked(random, ["email", "微信", None], RESPONSES),
            "language": _picked(random, ["zh", "en"], RESPONSES),
            "weight": [
                round(float(w), 3) if has else None
                for w, has in zip(random.gamma(4, 0.25, RESPONSES), weighted, strict=False)
            ],
            "cluster": [
                f"航班 {number}" if has else None
                for number, has in zip(random.integers(0, 80, RESPONSES), weighted, strict=False)
            ],
        },
        "answers": dict(
            zip(
                ("response_id", "question_id", "state", "score", "text", "choice"),
                map(list, zip(*_with_codes(rows), strict=True)),
                strict=False,
            )
        ),
    }


def _transactions(random: np.random.Generator) -> dict[str, Any]:
    size = TRANSACTIONS
    # A few customers bring most of the revenue; refunds are negative; some customers only ever return things.
    buyers = np.minimum(random.geometric(0.01, size), CUSTOMERS - 1)
    refund = random.random(size) < 0.08
    amounts = np.round(random.lognormal(3, 1.2, size) * 10_000).astype(np.int64)
    return {
        "transaction_id": _ids("t", random.permutation(size)),
        "order_id": some_null(pa.array(_ids("o", random.integers(0, size // 2, size))), random, 0.1),
        "customer_id": some_null(pa.array(_ids("c", buyers)), random),
        "at": _times(random, size),
        "kind": np.where(refund, "refund", "sale").tolist(),
        "quantity": random.integers(1, 9, size).astype(float),
        "revenue": money(np.where(refund, -amounts, amounts)),
        "currency": ["CNY"] * size,
    }


def _with_codes(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """`rows` with their texts, and after them coded comments; drawn apart from everything else."""
    random = np.random.default_rng(13)
    said = [(*row, text, None) for row, text in zip(rows, _texts(rows), strict=True)]
    scores = {response: score for response, question, _, score in rows if question == "q00000"}
    for response in sorted({row[0] for row in rows}):
        liked = (scores.get(response) or 0) > 6
        for question in _CODED[: random.integers(0, 3)]:
            code = _CODES[random.integers(0, 3 if liked else 4)]
            said.append((response, question, "answered", None, None, code))
    return said


def _texts(rows: list[tuple[Any, ...]]) -> list[str | None]:
    """Words for the answered texts that mostly say what the response's first score says.

    Drawn apart from everything else, so that the other columns do not depend on them.
    """
    random = np.random.default_rng(11)
    middle = {"q00000": 7.5, "q00001": 3.0, "q00002": 4.0}
    first: dict[str, float] = {}
    for response, question, _, score in rows:
        if question in middle and score is not None:
            first.setdefault(response, score - middle[question])
    found: list[str | None] = []
    for response, question, state, _ in rows:
        if question != f"q{_METRICS.index('text'):05d}" or state != "answered":
            found.append(None)
            continue
        score = first.get(response)
        glad = random.random() < 0.5 if score is None else (score > 0) == (random.random() < 0.95)
        about = _picked(random, _PRAISE if glad else _BLAME, 2)
        words = "，".join([*about, *_picked(random, _FILLING, 2)])
        found.append(_picked(random, [*[words] * 8, about[0], "", "此用户没有填写评价"], 1)[0])
    return found
