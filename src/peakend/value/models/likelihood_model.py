"""What every model here has in common: fitted once by maximum likelihood, then asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.models.fitting import DidNotConvergeError, flat, minimised
from peakend.value.models.parameters import Parameters
from peakend.value.models.priors import LogNormal, penalty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.parameters import Interval, Link

    Floats = NDArray[np.float64]

Data = TypeVar("Data")

MOST_SPREAD = 10.0
"""A standard error of a logarithm beyond this says nothing of its parameter: a factor of e^20 either way."""


class NotFittedError(PeakendError):
    """The model was asked before it was fitted. `data`: model."""

    code: ClassVar[str] = "value.not_fitted"


class LikelihoodModel(ABC, Generic[Data]):
    """A model with positive parameters, fitted as their logarithms.

    A model of its own says `names`, reads its data (`_read`), and gives −log-likelihood with gradient and
    Hessian by theta = log parameters (`_objective`) and where to start (`_starts`).
    priors: beliefs by parameter name; with them the fit is the posterior's mode.
    """

    names: ClassVar[tuple[str, ...]]

    def __init__(self, *, priors: Mapping[str, LogNormal] | None = None) -> None:
        self.priors: Mapping[str, LogNormal] = dict(priors or {})
        self._params: Parameters | None = None
        self._log_likelihood = float("nan")
        self._data: Data | None = None
        self.iterations = 0

    @abstractmethod
    def _read(self, data: object, **given: object) -> Data: ...

    @abstractmethod
    def _objective(self, data: Data) -> Objective: ...

    @abstractmethod
    def _starts(self, data: Data) -> Sequence[Floats]: ...

    @abstractmethod
    def _resampled(self, data: Data, random: np.random.Generator) -> Data:
        """As many units as `data` has, drawn from it with replacement."""

    @property
    def _free(self) -> frozenset[str]:
        """Names of parameters that are fitted as they are, not as logarithms."""
        return frozenset()

    def _extents(self, data: Data) -> Floats:
        """By how much the covariates of free parameters differ between customers (1 or k); 0: not known."""
        return np.zeros(1)

    @property
    def _all_names(self) -> tuple[str, ...]:
        """Names of all parameters, those of covariates too."""
        return self.names

    def fit(self, data: object, *, starts: Sequence[Floats] | None = None, **given: object) -> Self:
        """Fit to `data`; from `starts` (parameter vectors, positive) where they are given and lead anywhere.

        Raises `DidNotConvergeError` when no start leads to an optimum; the model is then not fitted.
        """
        self._params = None
        read = self._read(data, **given)
        names, free = self._all_names, self._free
        objective = self._objective(read)
        logs = np.array([name not in free for name in names])

        def penalised(theta: Floats) -> tuple[float, Floats, Floats]:
            value, gradient, hessian = objective(theta)
            if not self.priors:
                return value, gradient, hessian
            extra = penalty(self.priors, names, theta)
            return value + extra[0], gradient + extra[1], hessian + extra[2]

        given_starts = None if starts is None else [_theta(np.asarray(s, np.float64), logs) for s in starts]
        model = type(self).__name__
        try:
            begun = self._starts(read) if given_starts is None else given_starts
            optimum = minimised(penalised, begun, model=model, names=names)
        except DidNotConvergeError:
            # From far away a fit can run off to a model's edge though there is an optimum.
            if given_starts is None:
                raise
            optimum = minimised(penalised, self._starts(read), model=model, names=names)
        spread = np.sqrt(np.diag(optimum.covariance)) * np.where(logs, 1.0, self._extents(read))
        if spread.max() > MOST_SPREAD:
            raise DidNotConvergeError(model, len(begun), flat(names[int(spread.argmax())]))
        vector = np.where(logs, np.exp(np.where(logs, optimum.theta, 0.0)), optimum.theta)
        self._params = Parameters(names, vector, optimum.covariance, free)
        believed = penalty(self.priors, names, optimum.theta)[0] if self.priors else 0.0
        self._log_likelihood = believed - optimum.value
        self._data = read
        self.iterations = optimum.iterations
        return self

    @property
    def params(self) -> Parameters:
        """The fitted parameters. Raises `NotFittedError`."""
        if self._params is None:
            name = type(self).__name__
            raise NotFittedError(
                Text(f"{name} has not been fitted.", f"{name} 尚未拟合。"),
                Text("Call `fit` first.", "请先调用 `fit`。"),
                model=name,
            )
        return self._params

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood at the fitted parameters, without priors. Raises `NotFittedError`."""
        _ = self.params
        return self._log_likelihood

    def implied(
        self, quantity: Callable[[Floats], Floats], *, link: Link = "log", confidence: float = 0.95
    ) -> Interval:
        """A function of the parameter vector, with an interval: see `Parameters.implied`."""
        return self.params.implied(quantity, link=link, confidence=confidence)

    def having(self, params: Parameters) -> Self:
        """An unfitted model like this one with known parameters, as they were stored."""
        known = self._again()
        known._params = params
        return known

    def at(self, vector: ArrayLike) -> Self:
        """This model with other parameter values and the same covariance: for what follows from them.

        A model that was not fitted gets the values and no covariance (NaN): to simulate from what is known.
        """
        values = np.asarray(vector, np.float64)
        unknown = np.full((len(values), len(values)), np.nan)
        covariance = unknown if self._params is None else self._params.covariance
        moved = self._again()
        moved._params = Parameters(self._all_names, values, covariance, self._free)
        return moved

    def bootstrap(self, draws: int = 200, *, seed: int = 0) -> Floats:
        """Parameter vectors (draws × k) of fits to customers drawn anew; each starts at the fitted optimum.

        Draws without an optimum are left out; when more than a tenth are, `DidNotConvergeError`.
        Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 6.
        """
        if self._data is None:
            _ = self.params
        assert self._data is not None
        random = np.random.default_rng(seed)
        found, failed = [], 0
        for _ in range(draws):
            again = self._again()
            try:
                again._fit_read(self._resampled(self._data, random), self.params.vector)
            except DidNotConvergeError:
                failed += 1
                continue
            found.append(again.params.vector)
        if failed > draws // 10:
            raise DidNotConvergeError(
                type(self).__name__,
                draws,
                Text(
                    f"{failed} of {draws} bootstrap samples had none",
                    f"{draws} 个自助样本中有 {failed} 个没有最优解",
                ),
            )
        return np.stack(found)

    def _again(self) -> Self:
        """An unfitted model like this one."""
        return type(self)(priors=self.priors)

    def _fit_read(self, read: Data, start: Floats) -> None:
        """Fit to data that has been read already."""
        self.fit(read, starts=[start])


def _theta(vector: Floats, logs: NDArray[np.bool_]) -> Floats:
    """Parameters as they are fitted: logarithms where `logs`."""
    return np.where(logs, np.log(np.where(logs, vector, 1.0)), vector)
