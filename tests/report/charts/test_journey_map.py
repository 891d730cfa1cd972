"""The map of a journey draws whatever a log may hold, and its words never overlap."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.journey.graph.columns import JOURNEY_CONTRASTS, JOURNEY_EDGES, JOURNEY_NODES
from peakend.language import Text
from peakend.report.charts import exhibits
from peakend.report.charts.emotion_curve import EMOTION_CURVE
from peakend.report.charts.exhibit import Basis
from peakend.report.charts.journey_contrasts import JOURNEY_CONTRASTS as CONTRASTS
from peakend.report.charts.journey_layout import arranged, layers_of
from peakend.report.charts.journey_map import JOURNEY_MAP
from peakend.report.charts.journey_words import lasting
from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH, svg
from peakend.report.lettering import width as text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Way = tuple[str, str, int]


def basis(ways: Iterable[Way], feelings: Mapping[str, float] | None = None) -> Basis:
    """ways: from, to, times; "" for start and end. feelings: by touchpoint."""
    edges, met = [], dict[str, dict[str, Any]]()
    for start, end, times in ways:
        kind = "start" if not start else "end" if not end else "step"
        edges.append(
            {
                "segmentation": "all",
                "segment": "all",
                "kind": kind,
                "from_touchpoint_id": start or "start",
                "to_touchpoint_id": end or "end",
                "transitions": times,
                "journeys": times,
                "customers": times,
                "share": 0.5,
                "share_low": 0.4,
                "share_high": 0.6,
                "self_loop": start == end,
                "rework": 0,
                "there_and_back": 0,
                "wait_median_s": 90.0 * times if kind == "step" else None,
                "hidden": False,
            }
        )
        for touchpoint in filter(None, (start, end)):
            node = met.setdefault(touchpoint, {"journeys": 0, "ends": 0, "mean_place": len(met) + 1.0})
            node["journeys"] = max(node["journeys"], times)
            node["ends"] += times if touchpoint == start and not end else 0
    nodes = []
    for touchpoint, node in met.items():
        feeling = (feelings or {}).get(touchpoint)
        nodes.append(
            {
                "segmentation": "all",
                "segment": "all",
                "touchpoint_id": touchpoint,
                "events": node["journeys"],
                "drop_off": 0.3,
                "drop_off_low": 0.2,
                "drop_off_high": 0.4,
                "rework": 0.0,
                "rework_low": 0.0,
                "rework_high": 0.1,
                "emotion": feeling,
                "emotion_low": None if feeling is None else feeling - 0.1,
                "emotion_high": None if feeling is None else feeling + 0.1,
                "emotion_n": None if feeling is None else 50,
                "hidden": False,
                **node,
            }
        )
    long = Text("A desk where customers wait for somebody to answer them", "客户等待有人答复其问题的服务柜台")
    return Basis(
        {
            "journey_nodes": JOURNEY_NODES.of(nodes),
            "journey_edges": JOURNEY_EDGES.of(edges),
        },
        segments={("touchpoint", "long"): long},
    )


def forty() -> list[Way]:
    random = np.random.default_rng(4)
    names = [f"touchpoint {n}" for n in range(39)] + ["long"]
    ways: list[Way] = [
        ("", names[0], 900),
        *((a, b, 500 + 10 * n) for n, (a, b) in enumerate(pairwise(names))),
    ]
    ways += [(names[a], names[b], int(random.integers(20, 400))) for a, b in random.integers(0, 40, (160, 2))]
    return [*ways, (names[-1], "", 900)]


CASES: dict[str, list[Way]] = {
    "one touchpoint": [("", "a", 30), ("a", "", 30)],
    "one touchpoint again and again": [("", "a", 30), ("a", "a", 90), ("a", "", 30)],
    "a cycle": [("", "a", 30), ("a", "b", 60), ("b", "c", 60), ("c", "a", 30), ("c", "", 30)],
    "parts without a link": [
        ("", "a", 30),
        ("a", "", 30),
        ("", "b", 20),
        ("b", "long", 20),
        ("long", "", 20),
    ],
    "nothing ends": [("", "a", 30), ("a", "b", 30)],
    "forty": forty(),
}


@pytest.mark.parametrize("width", [DESKTOP_WIDTH, PHONE_WIDTH])
@pytest.mark.parametrize("case", list(CASES))
def test_everything_draws_and_no_words_overlap(case: str, width: int) -> None:
    made = basis(CASES[case], {"a": -0.4, "b": 0.3, "c": 0.02, "long": -0.3})
    for language in ("en", "zh"):
        spec = JOURNEY_MAP.chart(made, language, width)
        assert spec is not None
        boxes = _words(spec)
        assert boxes
        for (word, *one), (other, *two) in combinations(boxes, 2):
            assert not _overlap(one, two), (word, other)
        for word, left, top, right, bottom in boxes:
            assert -1 <= left < right <= width + 1, word
            assert -4 <= top < bottom <= spec["height"] + 5, word


def _words(spec: dict[str, Any]) -> list[tuple[str, float, float, float, float]]:
    found = []
    for layer in spec["layer"]:
        mark = layer["mark"]
        if mark["type"] != "text" or "fontSize" not in mark or "stroke" in mark:
            continue
        for value in layer["data"]["values"]:
            wide = text_width(value["t"], mark["fontSize"])
            left = value["x"] - {"left": 0.0, "center": wide / 2, "right": wide}[mark["align"]]
            found.append((value["t"], left, value["y"] - 6, left + wide, value["y"] + 6))
    return found


def _overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_an_svg_with_forty_touchpoints() -> None:
    spec = JOURNEY_MAP.chart(basis(forty()), "en", DESKTOP_WIDTH)
    assert spec is not None
    drawn = svg(spec, "a map", "map")
    assert drawn.count("<path") > 100
    # Nothing but the palette's colours, so that the page can turn them dark.
    assert "NaN" not in drawn


def test_the_sign_says_what_the_colour_says() -> None:
    made = basis(CASES["a cycle"], {"a": -0.4, "b": 0.3, "c": 0.02})
    spec = JOURNEY_MAP.chart(made, "en", DESKTOP_WIDTH)
    assert spec is not None
    signs = next(layer["data"]["values"] for layer in spec["layer"] if layer["mark"].get("fontWeight") == 700)
    assert sorted(value["sign"] for value in signs) == ["+", "±", "−"]
    assert len({value["colour"] for value in signs}) == 3


def test_the_rest_is_counted_in_words_and_the_numbers_hold() -> None:
    finding = JOURNEY_MAP.finding(basis(forty()), "en")
    assert finding is not None
    told = re.search(r"The (\d+) ways drawn carry (\d+)", finding.lede)
    assert told is not None
    assert int(told.group(1)) <= 103
    assert "weaker ones" in finding.lede
    assert "最" in (JOURNEY_MAP.finding(basis(forty()), "zh") or finding).lede


def test_without_journeys_there_is_no_map() -> None:
    assert JOURNEY_MAP.finding(basis([]), "en") is None
    assert JOURNEY_MAP.chart(basis([]), "en", DESKTOP_WIDTH) is None
    assert EMOTION_CURVE.finding(basis(CASES["a cycle"]), "en") is None
    assert EMOTION_CURVE.chart(basis(CASES["a cycle"]), "en", PHONE_WIDTH) is None


def test_the_curve_names_peak_and_end() -> None:
    made = basis(CASES["a cycle"], {"a": 0.1, "b": 0.6, "c": -0.4})
    finding = EMOTION_CURVE.finding(made, "en")
    assert finding is not None
    assert finding.headline == "The journey leaves a bad last impression at c"
    assert [figure.label for figure in finding.figures] == ["Peak: b", "End: c"]
    spec = EMOTION_CURVE.chart(made, "zh", PHONE_WIDTH)
    assert spec is not None
    written = [value.get("written", "") for value in spec["data"]["values"]]
    assert [word for word in written if "峰值" in word or "终值" in word] == ["0.60 峰值", "−0.40 终值"]
    assert svg(spec, "a curve", "curve")


def test_contrasts_that_hold_are_drawn_and_others_are_not() -> None:
    row = {
        "segmentation": "tier",
        "segment": "gold",
        "against": "basic",
        "measure": "share",
        "kind": "step",
        "from_touchpoint_id": "a",
        "to_touchpoint_id": "b",
        "value": 0.6,
        "value_low": 0.5,
        "value_high": 0.7,
        "against_value": 0.4,
        "difference": 0.2,
        "difference_low": 0.1,
        "difference_high": 0.3,
        "n": 90,
        "against_n": 300,
        "adjusted_p": 0.001,
        "verdict": "higher",
    }
    wait = {**row, "measure": "wait", "value": 3720.0, "against_value": 3600.0, "difference": 120.0}
    silent = {**row, "to_touchpoint_id": "c", "verdict": "cannot_tell", "adjusted_p": 1.0}
    made = Basis({"journey_contrasts": JOURNEY_CONTRASTS.of([row, wait, silent])})
    finding = CONTRASTS.finding(made, "en")
    assert finding is not None
    assert finding.headline == "gold customers take another way: a → b more often"
    assert "gold customers usually wait 62 minutes on a → b, basic customers 60 minutes" in finding.lede
    assert CONTRASTS.chart(made, "zh", PHONE_WIDTH) is not None
    assert CONTRASTS.behind(made)[1].num_rows == 2
    null = Basis({"journey_contrasts": JOURNEY_CONTRASTS.of([silent])})
    assert CONTRASTS.chart(null, "en", DESKTOP_WIDTH) is None
    assert "beyond doubt" in (CONTRASTS.finding(null, "en") or finding).headline


def test_layers() -> None:
    assert layers_of([], 5, 4) == []
    assert layers_of([2.0, 1.0, 9.0], 2, 2) == [0, 0, 1]
    assert max(np.bincount(layers_of([1.0] * 40, 6, 5))) <= 5
    # What follows upon another gets a layer of its own where there is room.
    assert layers_of([1.0, 1.1, 1.2, 5.0], 3, 2, [(0, 1)], [1.0])[:2] in ([0, 1], [0, 1])
    found = arranged([0, 1, 1, 2], [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3), (3, 0)], [1.0] * 6)
    assert [len(row) for row in found.layers] == [1, 3, 1]
    assert arranged([0], [(0, 0)], [1.0]).layers == ((0,),)


def test_how_long() -> None:
    assert lasting(9.2 * 86_400, "en") == "9.2 days"
    assert lasting(40 * 60, "zh") == "40 分钟"
    assert lasting(0, "en") == "0 seconds"


def test_the_exhibits_are_registered() -> None:
    assert exhibits("journey_map") == (JOURNEY_MAP, EMOTION_CURVE)
    assert exhibits("journey_contrasts") == (CONTRASTS,)
