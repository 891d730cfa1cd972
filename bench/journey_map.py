"""What drawing the map of a journey with 40 touchpoints takes: layout by igraph, Vega-Lite, SVG.

    python bench/journey_map.py [--runs 5]

Results are made up (a path through all touchpoints, 160 ways across); the drawing is that of the report, at
both widths. The first drawing of a process also starts the drawing engine, and is shown apart. The bound is
1 CPU second a map.
"""

from __future__ import annotations

import argparse
import time
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np

import measure

BOUND_S = 1.0
TOUCHPOINTS = 40


def results() -> dict[str, Any]:
    """The tables `journey_nodes` and `journey_edges`."""
    from peakend.journey.graph.columns import JOURNEY_EDGES, JOURNEY_NODES

    random = np.random.default_rng(5)
    names = [f"touchpoint {number}" for number in range(TOUCHPOINTS)]
    ways = {("start", "start", names[0]): 900, ("end", names[-1], "end"): 900}
    ways |= {("step", a, b): 900 - number for number, (a, b) in enumerate(pairwise(names))}
    for a, b in random.integers(0, TOUCHPOINTS, (160, 2)):
        ways.setdefault(("step", names[a], names[b]), int(random.integers(20, 400)))
    cut = {"segmentation": "all", "segment": "all", "hidden": False}
    edges = [
        {
            **cut,
            "kind": kind,
            "from_touchpoint_id": a,
            "to_touchpoint_id": b,
            "transitions": n,
            "share": 0.5,
            "self_loop": a == b,
            "wait_median_s": 60.0 * n,
        }
        for (kind, a, b), n in ways.items()
    ]
    nodes = [
        {
            **cut,
            "touchpoint_id": name,
            "journeys": 900 - 10 * place,
            "mean_place": float(place),
            "emotion": 0.3,
            "emotion_low": 0.2 - 0.5 * (place % 3),
            "emotion_high": 0.4,
            "ends": 0,
        }
        for place, name in enumerate(names)
    ]
    return {
        "journey_nodes": JOURNEY_NODES.of(nodes),
        "journey_edges": JOURNEY_EDGES.of(edges),
    }


def drawn(basis: Any, width: int) -> float:  # noqa: ANN401 - imported where it is measured
    """CPU seconds of one drawing, from the tables to the SVG."""
    from peakend.report.charts.journey_map import JOURNEY_MAP
    from peakend.report.draw import svg

    started = time.process_time()
    spec = JOURNEY_MAP.chart(basis, "en", width)
    assert spec is not None
    svg(spec, "map", "map")
    return time.process_time() - started


def main() -> None:
    """Draw, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH

    basis = Basis(results())
    print(f"first drawing of the process: {drawn(basis, DESKTOP_WIDTH):.2f} CPU s")
    broken = []
    for width in (DESKTOP_WIDTH, PHONE_WIDTH):
        taken = median(drawn(basis, width) for _ in range(runs))
        print(f"{TOUCHPOINTS} touchpoints, {width} pixels: {taken:.2f} CPU s, bound {BOUND_S:.0f}")
        broken += [f"{taken:.2f} s at {width} pixels"] if taken > BOUND_S else []
    measure.judge(broken)


if __name__ == "__main__":
    main()
