"""Path models by partial least squares: from answers to what stands behind them, and what goes with what.

>>> model = PathModel({"QUAL": ["q1", "q2"], "SAT": ["s1", "s2"]}, {"SAT": ["QUAL"]})
>>> import numpy as np
>>> r = np.array([[1, .6, .4, .4], [.6, 1, .4, .4], [.4, .4, 1, .6], [.4, .4, .6, 1]])
>>> round(model.fit(correlation=r, n=200).paths["QUAL", "SAT"].value, 6)
0.5
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import yaml
from numpy.typing import NDArray

from peakend.feedback.structure.checks import (
    Scales,
    check_formative,
    check_found,
    check_limits,
    check_rows,
    check_sample,
    correlation_of,
    limits_of,
)
from peakend.feedback.structure.errors import PathDataError, PathModelError, quoted
from peakend.feedback.structure.estimates import Estimates, aligned, estimates
from peakend.feedback.structure.frames import Column, Frame, columns_of, units_of, weights_of
from peakend.feedback.structure.indexing import composite_scores, index_scores
from peakend.feedback.structure.layout import Blocks, Mode, Paths, layout_of
from peakend.feedback.structure.moments import Moments, Sample
from peakend.feedback.structure.result import Estimate, PathResult
from peakend.feedback.structure.weights import Found, Scheme, Search, search
from peakend.feedback.weighting import kish_size
from peakend.language import Text

__all__ = ["Estimate", "PathModel", "PathResult"]

Numbers = NDArray[np.float64]
SCHEMES = ("centroid", "factorial", "path")
# With more draws than this share failing, what remains is no fair picture of chance.
MOST_FAILED = 0.1


class PathModel:
    """A structural model: `blocks` {latent: [indicators]}, `paths` {latent: [its causes]}.

    modes: "A" (reflective: weights are covariances) or "B" (formative: weights are regressions) for all or
    by latent. scheme: inner weights, "centroid", "factorial" or "path". standardised: indicators are brought
    to variance 1 before weights are sought. consistent: path coefficients are corrected for the unreliability
    of reflective blocks (Dijkstra & Henseler 2015); plain ones are attenuated by it. anchors: the indicator
    by whose sign a latent's is set; without one the loadings of a block sum to a positive number. tolerance,
    iterations: when the search rests, and when it is given up.
    Raises `PathModelError` for a block without an indicator, unknown names, a cycle, a latent on no path.
    """

    def __init__(
        self,
        blocks: Blocks,
        paths: Paths,
        *,
        modes: Mapping[str, Mode] | Mode = "A",
        scheme: Scheme = "path",
        standardised: bool = True,
        consistent: bool = False,
        anchors: Mapping[str, str] | None = None,
        tolerance: float = 1e-10,
        iterations: int = 300,
    ) -> None:
        if scheme not in SCHEMES:
            known = ", ".join(SCHEMES)
            raise PathModelError(
                Text(f"There is no inner scheme {scheme!r}.", f"没有名为 {scheme!r} 的内部加权方案。"),
                Text(f"Choose one of: {known}.", f"可选：{known}。"),
            )
        if not tolerance > 0 or iterations < 1:
            raise PathModelError(
                Text("Tolerance and iterations must be above 0.", "容差与迭代次数必须大于 0。"),
                Text("Usual are 1e-10 and 300.", "通常用 1e-10 与 300。"),
            )
        self.layout = layout_of(blocks, paths, modes, anchors or {})
        self._search = Search(scheme, tolerance, iterations)
        self._standardised, self._consistent = standardised, consistent

    @classmethod
    def declared(cls, declaration: Mapping[str, Any] | str | Path) -> PathModel:
        """A model from a mapping, YAML text or a YAML file: blocks, paths, and any argument of the class."""
        found = declaration
        if isinstance(found, Path):
            found = found.read_text("utf-8")
        if isinstance(found, str):
            try:
                found = yaml.safe_load(found)
            except yaml.YAMLError as cause:
                raise PathModelError(
                    Text(f"The model is no readable YAML: {cause}", f"模型不是可读的 YAML：{cause}")
                ) from cause
        known = ("blocks", "paths", "modes", "scheme", "standardised", "consistent", "anchors", "tolerance")
        if not isinstance(found, Mapping) or not {"blocks", "paths"} <= set(found):
            raise PathModelError(
                Text("A model is declared by blocks and paths.", "模型由 blocks 与 paths 声明。"),
                Text("Write both, each a mapping.", "请写出这两项，均为映射。"),
            )
        unknown = quoted(sorted(set(found) - {*known, "iterations"}))
        if unknown.en != "–":
            raise PathModelError(
                Text(f"A model has no {unknown.en}.", f"模型没有 {unknown.zh} 这一项。"),
                Text(f"It may have: {', '.join(known)}.", f"可以有：{'、'.join(known)}。"),
            )
        wrong = [name for name in ("blocks", "paths") if not isinstance(found[name], Mapping)]
        if wrong:
            raise PathModelError(
                Text(f"{wrong[0]} must be a mapping.", f"{wrong[0]} 必须是映射。"),
            )
        return cls(**cast("dict[str, Any]", dict(found)))

    def fit(
        self,
        data: Frame | None = None,
        weights: Column | None = None,
        clusters: Column | None = None,
        *,
        correlation: Column | None = None,
        names: Sequence[str] | None = None,
        n: int | None = None,
        scales: Scales | None = None,
        bootstrap: int = 0,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> PathResult:
        """Fit to `data`, a frame or a mapping with a column an indicator, or to a `correlation` matrix.

        weights, clusters: one entry a row; clusters are drawn as wholes. Rows need not be complete: where
        answers are missing, covariances are those of the rows that have both (available cases), and are made
        positive definite where they are not (`repaired`). correlation: (p, p) in the order of `names` (else
        of the blocks) with `n` rows behind it; it has no bootstrap, scores or index. scales: (low, high) of
        all indicators or by name, for the 0–100 index. bootstrap: draws for percentile intervals.
        Raises `PathDataError`, `PathNotConvergedError`.
        """
        if (data is None) == (correlation is None):
            raise PathDataError(
                Text("Give either data or a correlation matrix.", "请提供数据或相关矩阵，二者选一。")
            )
        if data is None or correlation is not None:
            assert correlation is not None
            return self._fit_correlation(correlation, names, n, bootstrap)
        layout = self.layout
        values = columns_of(data, layout.indicators)
        sample = Sample(values, weights_of(weights, len(values)), units_of(clusters, len(values)))
        check_sample(sample, layout)
        limits = limits_of(scales, layout)
        check_limits(values, limits, layout)
        moments = sample.moments()
        check_formative(moments.covariances[0], layout)
        found, point = self._estimate(moments, limits)
        check_found(found, point, layout)
        result = PathResult(
            layout=layout,
            n=len(values),
            effective_n=float(kish_size(sample.weights.sum(), (sample.weights**2).sum())),
            iterations=found.iterations,
            draws=0,
            failed_draws=0,
            repaired=bool(moments.repaired[0]),
            missing=float(np.isnan(values).mean()),
            confidence=confidence,
            point=point.first(),
            low=None,
            high=None,
            drawn=None,
            scores=composite_scores(values, moments.means[0], found.weights[0], layout),
            index_scores=index_scores(values, found.weights[0], limits, layout),
        )
        return self._with_intervals(result, sample, limits, bootstrap, seed) if bootstrap else result

    def _fit_correlation(
        self, correlation: Column, names: Sequence[str] | None, n: int | None, bootstrap: int
    ) -> PathResult:
        if bootstrap:
            raise PathDataError(
                Text("A correlation matrix has no rows to draw from.", "相关矩阵没有可供抽样的数据行。"),
                Text("Give the data for intervals.", "需要区间时请提供数据。"),
            )
        matrix = correlation_of(correlation, names, self.layout)
        size = len(matrix)
        if n is not None:
            check_rows(n, self.layout)
        moments = Moments(np.zeros((1, size)), matrix[None], np.zeros(1, dtype=bool))
        check_formative(matrix, self.layout)
        found, point = self._estimate(moments, None)
        check_found(found, point, self.layout)
        return PathResult(
            layout=self.layout,
            n=n or 0,
            effective_n=float(n or 0),
            iterations=found.iterations,
            draws=0,
            failed_draws=0,
            repaired=False,
            missing=0.0,
            confidence=0.95,
            point=point.first(),
            low=None,
            high=None,
            drawn=None,
            scores=None,
            index_scores=None,
        )

    def _estimate(
        self, moments: Moments, limits: Numbers | None, like: Estimates | None = None
    ) -> tuple[Found, Estimates]:
        """Weights and all that follows, for every matrix of `moments`; signs as in `like` where given."""
        layout, covariances = self.layout, moments.covariances
        with np.errstate(invalid="ignore", divide="ignore"):
            deviations = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
            if self._standardised:
                found = search(
                    covariances / deviations[:, :, None] / deviations[:, None, :], layout, self._search
                )
                found = replace(found, weights=found.weights / deviations)
            else:
                found = search(covariances, layout, self._search)
            first = estimates(found.weights, moments.means, covariances, layout, limits, self._consistent)
            if like is None:
                return found, first
            turned = aligned(first, found.weights, like, layout)
            if np.array_equal(turned, found.weights, equal_nan=True):
                return found, first
            return replace(found, weights=turned), estimates(
                turned, moments.means, covariances, layout, limits, self._consistent
            )

    def _with_intervals(
        self, result: PathResult, sample: Sample, limits: Numbers | None, bootstrap: int, seed: int
    ) -> PathResult:
        found, drawn = self._estimate(sample.drawn(bootstrap, seed), limits, result.point)
        sound = found.converged & np.isfinite(drawn.paths).all(axis=(1, 2))
        kept = drawn.take(sound)
        failed = int((~sound).sum())
        enough = failed <= MOST_FAILED * bootstrap
        low, high = kept.interval(result.confidence) if enough else (None, None)
        return replace(
            result,
            draws=int(sound.sum()),
            failed_draws=failed,
            low=low,
            high=high,
            drawn=kept,
        )
