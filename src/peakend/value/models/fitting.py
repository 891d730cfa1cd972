"""Maximum likelihood with exact first and second derivatives; a fit that found no optimum says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

    Objective = Callable[[Floats], tuple[float, Floats, Floats]]

MOST_ITERATIONS = 200
FARTHEST_STEP = 2.0
"""No step is longer: a step of many orders of magnitude can land where the likelihood is flat."""

FAR = 25.0
"""A logarithm beyond this is a parameter that has run off: e^25 times its unit."""

UNUSABLE = 1e300
"""What an objective counts as where it is not finite; a step there is taken back."""

_DECREMENT = 1e-9
"""Half of g' H⁻¹ g at an optimum: how far the likelihood could still rise, in its own unit."""

_FLAT = 1e-9
"""Smallest eigenvalue of a Hessian with ones on its diagonal at which parameters can be told apart."""


class DidNotConvergeError(PeakendError):
    """No optimum was found from any start. `data`: model, starts, reason."""

    code: ClassVar[str] = "value.did_not_converge"

    def __init__(self, model: str, starts: int, reason: Text) -> None:
        super().__init__(
            Text(
                f"{model} found no optimum from {starts} starts: {reason.en}.",
                f"{model} 从 {starts} 个起点均未找到最优解：{reason.zh}。",
            ),
            Text(
                "Give it more customers or a longer history, a simpler model, or priors.",
                "请增加客户或观察期，改用更简单的模型，或设定先验。",
            ),
            model=model,
            starts=starts,
            reason=reason.en,
        )


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where an objective is smallest: theta (k), its value, the Hessian there (k × k), iterations used."""

    theta: Floats
    value: float
    hessian: Floats
    iterations: int

    @property
    def covariance(self) -> Floats:
        """Inverse of the Hessian: the covariance of theta when the objective is −log-likelihood."""
        inverse = np.asarray(np.linalg.inv(self.hessian), np.float64)
        return (inverse + inverse.T) / 2


def minimised(
    objective: Objective, starts: Sequence[Floats], *, model: str, names: Sequence[str] = ()
) -> Optimum:
    """The lowest optimum that `objective` reaches from `starts`.

    objective: gives at theta (k) its value, gradient (k) and Hessian (k × k). A trust-region Newton method
    (Conn, Gould & Toint 2000, section 7.3) ends where the Newton decrement says that nothing is left to gain
    and the Hessian is positive definite; everything else is no optimum. names: of theta's parameters, to say
    which of them ran off. Raises `DidNotConvergeError`.
    """
    best: Optimum | None = None
    reason = Text("no start was usable", "没有可用的起点")
    for start in starts:
        found = _from(objective, np.asarray(start, np.float64), names)
        if isinstance(found, Text):
            reason = found
        elif best is None or found.value < best.value:
            best = found
    if best is None:
        raise DidNotConvergeError(model, len(starts), reason)
    return best


class _Remembered:
    """An objective that is computed once for its value, gradient and Hessian at the last two points."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self._found: dict[bytes, tuple[float, Floats, Floats]] = {}

    def at(self, theta: Floats) -> tuple[float, Floats, Floats]:
        point = np.asarray(theta, np.float64).tobytes()
        if point not in self._found:
            with np.errstate(all="ignore"):
                value, gradient, hessian = self._objective(theta.copy())
            usable = np.isfinite(value) and np.isfinite(gradient).all() and np.isfinite(hessian).all()
            size = len(theta)
            lost = (UNUSABLE, np.zeros(size), np.eye(size))
            # A step that is taken back leads to where it began: the point before the last.
            self._found = dict(list(self._found.items())[-1:])
            self._found[point] = (float(value), gradient, hessian) if usable else lost
        return self._found[point]


def _from(objective: Objective, start: Floats, names: Sequence[str]) -> Optimum | Text:
    remembered = _Remembered(objective)
    if remembered.at(start)[0] >= UNUSABLE:
        return Text("the likelihood is not finite at the start", "起点处似然无穷")

    def nothing_left(intermediate_result: OptimizeResult) -> None:
        # What a step would gain ends the search, not the size of the gradient: that grows with the customers.
        _, gradient, hessian = remembered.at(np.asarray(intermediate_result.x, np.float64))
        if _unusable(intermediate_result.x, hessian, names) is None:
            gain = 0.5 * float(gradient @ np.linalg.solve(hessian, gradient))
            if 0 <= gain <= _DECREMENT:
                raise StopIteration

    try:
        ended = minimize(
            lambda theta: remembered.at(theta)[0],
            start,
            jac=lambda theta: remembered.at(theta)[1],
            hess=lambda theta: remembered.at(theta)[2],
            method="trust-exact",
            callback=nothing_left,
            options={"gtol": 1e-10, "maxiter": MOST_ITERATIONS, "max_trust_radius": FARTHEST_STEP},
        )
    except (UnboundLocalError, np.linalg.LinAlgError):
        # What scipy's subproblem ends with where no damping makes the Hessian positive definite.
        return Text("the likelihood has no usable curvature there", "似然在该处没有可用的曲率")
    theta = np.asarray(ended.x, np.float64)
    for _ in range(5):
        value, gradient, hessian = remembered.at(theta)
        reason = _unusable(theta, hessian, names)
        if reason is not None:
            return reason
        step = np.linalg.solve(hessian, gradient)
        gain = 0.5 * float(gradient @ step)
        theta = np.asarray(theta - step, np.float64)
        if gain <= _DECREMENT:
            # This near, the last step squares what is left of the distance.
            return Optimum(theta, value - gain, hessian, int(ended.nit))
    return Text("the last steps still gained likelihood", "最后几步似然仍在上升")


def _unusable(theta: Floats, hessian: Floats, names: Sequence[str]) -> Text | None:
    """Why theta is no optimum: it ran off, or the likelihood is flat or curved the wrong way there."""
    far = int(np.abs(theta).argmax())
    if abs(theta[far]) > FAR:
        name = names[far] if names else "a parameter"
        where = Text("zero", "零") if theta[far] < 0 else Text("infinity", "无穷")
        return Text(
            f"{name} runs off to {where.en}", f"参数 {name if names else ''} 趋于{where.zh}".replace("  ", "")
        )
    # Each parameter on its own scale: a covariate may be in cents or in millions.
    steepness = np.diag(hessian)
    if steepness.min() > 0:
        scale = np.sqrt(steepness)
        scaled = hessian / scale[:, None] / scale
        if np.linalg.eigvalsh((scaled + scaled.T) / 2)[0] > _FLAT:
            return None
    return flat()


def flat(name: str = "") -> Text:
    """What is said of an optimum that is none because other values, of parameter `name`, are as likely."""
    if name:
        return Text(
            f"the likelihood is flat in {name}: nothing is known of it", f"似然沿 {name} 平坦，无法估计该参数"
        )
    return Text(
        "the likelihood is flat there: parameters cannot be told apart", "似然在该处平坦，参数无法区分"
    )
