"""The scales an experience is staged by: who takes part, how the feeling rises, what the senses meet."""

from __future__ import annotations

import pyarrow as pa

from peakend.language import Text

SCALES: dict[str, dict[str, Text]] = {
    "participation": {
        "body": Text("Body", "形体"),
        "emotion": Text("Emotion", "情绪"),
        "mind": Text("Mind", "知识"),
    },
    "stages": {
        "comfort": Text("Comfort", "舒适"),
        "appreciation": Text("Appreciation", "欣赏"),
        "admiration": Text("Admiration", "赞叹"),
        "aftertaste": Text("Aftertaste", "回味"),
    },
    "senses": {
        "sight": Text("Sight", "视觉"),
        "hearing": Text("Hearing", "听觉"),
        "smell": Text("Smell", "嗅觉"),
        "taste": Text("Taste", "味觉"),
        "touch": Text("Touch", "触觉"),
    },
}
"""Aspect -> items in their order; `questions.dimension` (and `service_checks.aspect`) has the key or the
Chinese word."""


def codes() -> pa.Table:
    """What a dimension may say, and which item of which aspect it means."""
    rows = [
        {"code": code, "aspect": aspect, "item": item}
        for aspect, items in SCALES.items()
        for item, word in items.items()
        for code in (item, word.zh)
    ]
    return pa.Table.from_pylist(rows)
