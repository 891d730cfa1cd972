"""A lounge that swaps the diet coke: every part stays high, the total of a few valuable members falls.

The tables of the story by name, as a company's own or added to another's; `planted=False` is the twin in
which the
swap is logged as well, and nobody minds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from peakend.warehouse.schema import canonical_table

SWAP = datetime(2024, 7, 14, 22, 0)
SITES = ("PEK", "SHA", "CAN", "CTU")
TIERS = ("platinum", "gold", "silver")
_PARTS = ("seats", "staff", "meals", "wifi", "cleanliness")
_LABELS = {
    "seats": ("Seats", "座椅"),
    "staff": ("Staff", "员工"),
    "meals": ("Meals", "餐食"),
    "wifi": ("Wi-Fi", "无线网络"),
    "cleanliness": ("Cleanliness", "清洁"),
}
_USUAL = (
    "quiet and clean as ever",
    "staff were kind, thank you",
    "seats are fine but few sockets",
    "餐食不错，座椅也舒服",
    "排队有点久，员工很热情",
    None,
    "😀",
    "",
)
_MISSED = (
    "where is the diet coke? only lemon now",
    "No diet coke any more, a lemon drink instead",
    "I come here for a diet coke and it was gone",
    "diet coke was replaced by something with lemon",
)


def lounge(n: int = 4_000, seed: int = 3, *, planted: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Rows of the canonical tables, n responses over the weeks of 2024."""
    random = np.random.default_rng(seed)
    day = random.integers(0, 364, n)
    site, tier = random.integers(0, len(SITES), n), random.choice(3, n, p=[0.24, 0.3, 0.46])
    at = [datetime(2024, 1, 1, 9) + timedelta(days=int(d)) for d in day]
    after = np.array([moment > SWAP for moment in at])
    hit = after & (site == 0) & (tier == 0) if planted else np.zeros(n, dtype=bool)
    mood = random.normal(size=(n, 1))
    latent = 0.7 * mood + 0.7 * random.normal(size=(n, len(_PARTS)))
    parts = np.clip(np.rint(7.6 + 1.3 * latent), 1, 10)
    total = np.clip(np.rint(7.6 + 1.5 * latent.mean(axis=1) + 0.8 * random.normal(size=n)), 1, 10)
    total = np.where(hit, np.maximum(total - random.integers(3, 5, n), 1), total)
    skipped = random.random(parts.shape) < 0.15
    words = [_USUAL[number] for number in random.integers(0, len(_USUAL), n)]
    for place in np.flatnonzero(hit & (random.random(n) < 0.75)).tolist():
        words[place] = _MISSED[place % len(_MISSED)]
    return _tables(at, site, tier, parts, skipped, total, words)


def _tables(
    at: list[datetime],
    site: np.ndarray[Any, Any],
    tier: np.ndarray[Any, Any],
    parts: np.ndarray[Any, Any],
    skipped: np.ndarray[Any, Any],
    total: np.ndarray[Any, Any],
    words: list[str | None],
) -> dict[str, list[dict[str, Any]]]:
    places = range(len(at))
    answers: list[dict[str, Any]] = []
    for place in places:
        scores = {"lounge-total": float(total[place])}
        scores |= {
            f"lounge-{part}": float(parts[place, column])
            for column, part in enumerate(_PARTS)
            if not skipped[place, column]
        }
        answers += [
            {"response_id": f"L{place:05d}", "question_id": key, "state": "answered", "score": score}
            for key, score in scores.items()
        ]
        if words[place] is not None:
            answers.append(
                {
                    "response_id": f"L{place:05d}",
                    "question_id": "lounge-words",
                    "state": "answered",
                    "text": words[place],
                }
            )
    questions: list[dict[str, Any]] = [
        {
            "question_id": f"lounge-{part}",
            "metric": "rating",
            "label_en": en,
            "label_zh": zh,
            "scale_low": 1.0,
            "scale_high": 10.0,
        }
        for part, (en, zh) in _LABELS.items()
    ]
    questions += [
        {
            "question_id": "lounge-total",
            "metric": "rating",
            "overall": True,
            "label_en": "The lounge as a whole",
            "label_zh": "贵宾室整体",
            "scale_low": 1.0,
            "scale_high": 10.0,
        },
        {"question_id": "lounge-words", "metric": "text", "label_en": "Comments", "label_zh": "意见"},
    ]
    return {
        "surveys": [{"survey_id": "lounge", "programme": "lounge", "name": "Lounge", "anonymous": False}],
        "questions": questions,
        "touchpoints": [{"touchpoint_id": "member-lounge", "name": "Member lounge", "name_zh": "会员贵宾室"}],
        "interactions": [
            {
                "event_id": f"LE{p:05d}",
                "customer_id": f"m{p % 1500:04d}",
                "at": at[p] - timedelta(hours=1),
                "touchpoint_id": "member-lounge",
                "site_id": SITES[site[p]],
            }
            for p in places
        ],
        "responses": [
            {
                "response_id": f"L{p:05d}",
                "survey_id": "lounge",
                "customer_id": f"m{p % 1500:04d}",
                "event_id": f"LE{p:05d}",
                "answered_at": at[p],
            }
            for p in places
        ],
        "answers": answers,
        "segment_members": [
            {
                "segmentation": "tier",
                "segment": TIERS[tier[p]],
                "subject": "response",
                "subject_id": f"L{p:05d}",
            }
            for p in places
        ],
        "changes": [
            {
                "change_id": "swap",
                "at": SWAP,
                "touchpoint_id": "member-lounge",
                "site_id": "PEK",
                "description": "Diet coke replaced by the lemon variant",
            },
            {
                "change_id": "carpets",
                "at": datetime(2024, 4, 2),
                "touchpoint_id": "member-lounge",
                "site_id": "SHA",
                "description": "New carpets",
            },
            {
                "change_id": "hours",
                "at": datetime(2024, 10, 1),
                "description": "Open until midnight everywhere",
            },
            {
                "change_id": "late",
                "at": datetime(2024, 12, 28),
                "site_id": "CAN",
                "description": "Too late to tell",
            },
        ],
    }


def with_lounge(tables: dict[str, pa.Table], n: int = 1_500) -> dict[str, pa.Table]:
    """`tables` with the lounge's rows behind their own."""
    found = dict(tables)
    for name, rows in lounge(n).items():
        schema = canonical_table(name).schema()
        own = pa.Table.from_pylist([{"source": "lounge", **row} for row in rows], schema)
        found[name] = pa.concat_tables([found[name], own]) if name in found else own
    return found
