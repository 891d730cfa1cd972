"""Events, cases, variants and the directly-follows graph of public event logs, as pm4py finds them.

    PEAKEND_DATA=… /somewhere/pm4py/bin/python bench/pm4py_oracles.py [target.json]

Run with a Python that has pm4py (an environment of its own: pm4py is no dependency of Peakend and must not
become one). Only the figures are kept, as facts that the tests compare with; the logs stay where they are.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

TARGET = Path(__file__).parent.parent / "tests" / "journey" / "graph" / "event_logs.json"
LOGS = {
    "helpdesk": "Helpdesk.xes.gz",
    "sepsis": "SEPSIS.xes.gz",
    "incidents": "bpi_challenge_2013_incidents.xes.gz",
    "closed_problems": "BPI_Challenge_2013_closed_problems.xes.gz",
}


def figures(path: Path) -> dict[str, object]:
    """What pm4py says about the log at `path`."""
    pm4py = import_module("pm4py")
    log = pm4py.read_xes(str(path))
    graph, starts, ends = pm4py.discover_dfg(log)
    return {
        "file": path.name,
        "events": len(log),
        "cases": int(log["case:concept:name"].nunique()),
        "variants": len(pm4py.get_variants(log)),
        "edges": sorted([a, b, int(n)] for (a, b), n in graph.items()),
        "starts": sorted([a, int(n)] for a, n in starts.items()),
        "ends": sorted([a, int(n)] for a, n in ends.items()),
    }


def main() -> None:
    """Write the figures of every log that is there."""
    root = os.environ.get("PEAKEND_DATA")
    if not root:
        sys.exit("PEAKEND_DATA is not set: the logs are absent")
    found = {name: figures(Path(root) / "event_logs" / file) for name, file in LOGS.items()}
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        json.dumps({"pm4py": version("pm4py"), "logs": found}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    for name, facts in found.items():
        print(name, {key: value for key, value in facts.items() if isinstance(value, int)})


if __name__ == "__main__":
    main()
