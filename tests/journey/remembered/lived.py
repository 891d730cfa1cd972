"""A small airline: what its customers feel from booking to baggage, and what they say afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

Row = dict[str, Any]

STOPS = {"booking": 0.2, "checkin": -0.3, "lounge": 0.6, "flight": 0.1, "baggage": -0.45, "greeting": 0.35}
OPTIONAL = ("lounge", "greeting")


def company(journeys: int = 900, seed: int = 5, rule: str = "peak_end") -> dict[str, list[Row]]:
    """Rows of the canonical tables. Sensed feelings, the whole asked two days later on 0 to 10."""
    random = np.random.default_rng(seed)
    events: list[Row] = []
    responses: list[Row] = []
    answers: list[Row] = []
    for journey in range(journeys):
        customer = f"c{int(random.integers(0, journeys)):05d}"
        start = datetime(2024, 1, 1) + timedelta(days=int(random.integers(0, 700)))
        mood, felt = random.normal(0, 0.2), []
        for place, (stop, level) in enumerate(STOPS.items()):
            if stop in OPTIONAL and random.random() < 0.5:
                continue
            felt.append(round(float(np.clip(level + mood + random.normal(0, 0.3), -1, 1)), 2))
            events.append(
                {
                    "event_id": f"e{journey:05d}-{place}",
                    "customer_id": customer,
                    "case_id": f"j{journey:05d}",
                    "at": start + timedelta(hours=place),
                    "touchpoint_id": stop,
                    "duration_s": 600.0 * (place + 1),
                    "emotion": felt[-1],
                }
            )
        peak = max(felt, key=lambda score: (abs(score), felt.index(score)))
        whole = 0.5 * peak + 0.5 * felt[-1] if rule == "peak_end" else float(np.mean(felt))
        said = round((float(np.clip(whole + random.normal(0, 0.2), -1, 1)) + 1) * 5)
        responses.append(
            {
                "response_id": f"r{journey:05d}",
                "survey_id": "after",
                "customer_id": customer,
                "event_id": events[-1]["event_id"],
                "answered_at": start + timedelta(days=2),
            }
        )
        answers.append(
            {"response_id": f"r{journey:05d}", "question_id": "whole", "state": "answered", "score": said}
        )
    return {
        "interactions": events,
        "responses": responses,
        "answers": answers,
        "surveys": [{"survey_id": "after", "programme": "after"}],
        "questions": [
            {
                "question_id": "whole",
                "metric": "rating",
                "scale_low": 0,
                "scale_high": 10,
                "overall": True,
            },
            {
                "question_id": "bags",
                "metric": "rating",
                "scale_low": 1,
                "scale_high": 5,
                "touchpoint_id": "baggage",
            },
        ],
        "touchpoints": [
            {"touchpoint_id": stop, "name": stop.title(), "position": place, "role": _ROLES.get(stop)}
            for place, stop in enumerate(STOPS)
        ],
    }


_ROLES = {"lounge": "peak", "flight": "end"}
