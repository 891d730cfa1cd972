"""Answers that lie in an engine: counted there, so that a score of ten million of them reads a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.moments import Counts, Estimates, Kind, UnitSums, estimates, moments_of_counts
from peakend.feedback.scales import Scale, check_scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Relation

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StoredAnswers:
    """Answers counted by score. relation: columns score, weight, cluster; bad: answers with a bad weight."""

    relation: Relation
    scale: Scale
    weighted: bool
    clustered: bool
    score: Numbers
    n: Numbers
    weighted_n: Numbers
    w: Numbers
    w2: Numbers
    bad: int

    @classmethod
    def read(
        cls, relation: Relation, score: str, weight: str | None, cluster: str | None, scale: Scale
    ) -> StoredAnswers:
        """Count the answers of `relation`, by the names of its columns. Raises `ScoreOutsideScaleError`."""
        stored = relation.query(_chosen(score, weight, cluster))
        table = stored.query("feedback/stored_counts", name="stored").to_arrow()

        def numbers(name: str) -> Numbers:
            found: Numbers = table[name].cast(pa.float64()).fill_null(0.0).to_numpy()
            return found

        given = ~np.isnan(numbers("score"))
        scores, n = numbers("score")[given], numbers("n")[given]
        check_scores(scores, n.astype(np.int64), scale)
        weighted = weight is not None
        return cls(
            relation=stored,
            scale=scale,
            weighted=weighted,
            clustered=cluster is not None,
            score=scores,
            n=n,
            weighted_n=numbers("weighted_n")[given] if weighted else n,
            w=numbers("w")[given] if weighted else n,
            w2=numbers("w2")[given] if weighted else n,
            bad=int(numbers("bad")[given].sum()) if weighted else 0,
        )

    def estimate(
        self, kind: Kind, number: Callable[[Numbers, Scale], Numbers], confidence: float
    ) -> Estimates:
        """As `moments.estimates` of one cell; `number` turns scores into the y that is averaged."""
        y = number(self.score, self.scale)
        counts = Counts(
            cell=np.zeros(len(y), dtype=np.int64),
            y=y,
            n=self.n,
            weighted_n=self.weighted_n,
            w=self.w,
            w2=self.w2,
            weighted=np.full(len(y), self.weighted),
            clustered=np.full(len(y), self.clustered),
        )
        low, high = (np.array([limit], dtype=float) for limit in self.scale)
        return estimates(moments_of_counts(counts, self._units(y), 1), kind, confidence, (low, high))

    def _units(self, y: Numbers) -> UnitSums:
        if not self.clustered:
            return UnitSums(np.zeros(0, dtype=np.int64), *(np.zeros(0) for _ in range(4)))
        points = pa.table({"score": pa.array(self.score), "y": pa.array(y)})
        table = self.relation.query(
            "feedback/stored_clusters",
            {"weighted": self.weighted},
            name="stored",
            points=self.relation.engine.from_arrow(points),
        ).to_arrow()
        sums = [
            table[name].cast(pa.float64()).fill_null(0.0).to_numpy() for name in ("units", "ww", "wy", "yy")
        ]
        return UnitSums(np.zeros(len(table), dtype=np.int64), *sums)


def _chosen(score: str, weight: str | None, cluster: str | None) -> str:
    """The three columns under their own names; a user's names enter as quoted identifiers only."""
    from sqlglot import exp

    nothing = exp.Null()
    columns = [
        exp.cast(exp.column(score, quoted=True), "double").as_("score"),
        exp.cast(exp.column(weight, quoted=True) if weight else nothing, "double").as_("weight"),
        exp.cast(exp.column(cluster, quoted=True) if cluster else nothing, "varchar").as_("cluster"),
    ]
    return exp.select(*columns).from_("t").sql("duckdb")
