"""Priors for small samples: what is believed about a parameter before the data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.models.time_units import days_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from peakend.value.models.time_units import TimeUnit

    Floats = NDArray[np.float64]


class PriorError(PeakendError):
    """A prior is impossible, or is for a parameter that the model does not have. `data`: parameter, known."""

    code: ClassVar[str] = "value.prior"


@dataclass(frozen=True, slots=True)
class LogNormal:
    """The logarithm of a positive parameter is normal about log(median) with standard deviation `spread`.

    spread 1 says "within a factor of 7, nineteen times of twenty".
    """

    median: float
    spread: float

    def __post_init__(self) -> None:
        if not (0 < self.median < math.inf and 0 < self.spread < math.inf):
            raise PriorError(
                Text(
                    f"A prior needs a median and a spread above zero, not {self.median} and {self.spread}.",
                    f"先验的中位数与离散度都应大于零，而不是 {self.median} 与 {self.spread}。",
                ),
                Text("For example LogNormal(1.0, 1.0).", "例如 `LogNormal(1.0, 1.0)`。"),
                parameter=None,
                known=(),
            )


def weak_purchase_priors(time_unit: TimeUnit) -> Mapping[str, LogNormal]:
    """What is believed about r, alpha, a and b of BG/NBD and MBG/NBD before any data; for small samples.

    The medians are round figures near what shops that were published have (r .2 to .8, α 4 to 12 weeks,
    a .4 to 1.2, b 1.5 to 4); the spread of 1 leaves each a factor of 7 either way. With a thousand
    repeat purchases they hardly matter; with thirty customers they keep a fit from running off.
    """
    weeks = days_in("week") / days_in(time_unit)
    medians = {"r": 0.5, "alpha": 7.0 * weeks, "a": 0.8, "b": 2.5}
    return {name: LogNormal(median, 1.0) for name, median in medians.items()}


def penalty(
    priors: Mapping[str, LogNormal], names: tuple[str, ...], theta: Floats
) -> tuple[float, Floats, Floats]:
    """−log prior density of theta = log parameters up to a constant, with gradient and Hessian.

    The mode that it leads to is that of the posterior of the logarithms. Raises `PriorError`.
    """
    value, gradient, hessian = 0.0, np.zeros(len(names)), np.zeros((len(names), len(names)))
    for name, prior in priors.items():
        if name not in names:
            raise PriorError(
                Text(f"The model has no parameter {name}.", f"模型没有参数 {name}。"),
                Text(f"It has {', '.join(names)}.", f"其参数为：{'、'.join(names)}。"),
                parameter=name,
                known=names,
            )
        place = names.index(name)
        off = (theta[place] - math.log(prior.median)) / prior.spread
        value += 0.5 * off * off
        gradient[place] += off / prior.spread
        hessian[place, place] += 1 / prior.spread**2
    return value, gradient, hessian
