"""How even care is between and within sites or teams (ACT-12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from peakend.evidence.control_charts import Chart, Place, chart
from peakend.server.acting.actors import Actor
from peakend.server.company.models import Site, Team
from peakend.server.improvement.figures import Versions, completed, score_of
from peakend.server.improvement.selectors import own_sites, team_key
from peakend.server.improvement.selectors import teams as own_teams
from peakend.server.improvement.selectors.goals import months_back

METRICS = ("nps", "rating", "csat", "ces")
GROUPS = ("site", "team")
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Evenness:
    """The chart over all places, with those the actor may see; limits come from all of them."""

    chart: Chart | None
    shown: list[tuple[Place, Any]]
    few: list[tuple[Any, int]]

    @property
    def out(self) -> list[tuple[Place, Any]]:
        """Seen places that are out of control."""
        return [pair for pair in self.shown if pair[0].out]


def evenness(actor: Actor, metric: str = "nps", by: str = "site", months: int = 3) -> Evenness:
    """The control chart of the last whole months. Answers of anonymous surveys are left out altogether:

    a small base could be read off as the difference between two charts.
    """
    begins, ends = months_back(months, ZONE)
    versions, values = Versions(), defaultdict[str, list[float]](list)
    rows = completed(begins, ends).filter(survey__anonymous=False).exclude(**{by: None})
    for place, version, answers, flags in rows.values_list(by, "version_id", "answers", "flags").iterator(
        chunk_size=2000
    ):
        score = None if "robot" in flags else score_of(versions.questions(version), answers, metric)
        if score is not None:
            values[str(place)].append(score)
    found = chart(values)
    seen = _seen(actor, by)
    # A place under the smallest base is named with its n, never with its value.
    few = found.few if found else {place: len(one) for place, one in values.items() if len(one) < 10}
    return Evenness(
        found,
        [(one, seen[one.code]) for one in (found.places if found else ()) if one.code in seen],
        [(seen[code], n) for code, n in few.items() if code in seen],
    )


def _seen(actor: Actor, by: str) -> dict[str, Site | Team]:
    rows: Any = own_sites(actor) if by == "site" else own_teams(actor)
    return {str(one.pk): one for one in rows}


def code_of(place: Site | Team) -> str:
    """`site` or `site/team` by codes."""
    return team_key(place) if isinstance(place, Team) else place.code
