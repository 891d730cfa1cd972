"""What can be wrong with a request for a simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence


class SimulationError(PeakendError):
    """A simulation that cannot be made."""

    code = "simulation.failed"


class UnknownKindError(SimulationError):
    """There is no such kind of company. `data` has kind and known."""

    code = "simulation.unknown_kind"

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        super().__init__(
            Text(
                f"There is no company of kind {kind!r} to simulate.", f"没有类型为 {kind!r} 的公司可供模拟。"
            ),
            Text(f"Choose one of: {', '.join(known)}.", f"可选：{'、'.join(known)}。"),
            kind=kind,
            known=tuple(known),
        )


class UnknownMechanismError(SimulationError):
    """A mechanism to leave out that does not exist. `data` has mechanism and known."""

    code = "simulation.unknown_mechanism"

    def __init__(self, mechanism: str, known: Sequence[str]) -> None:
        super().__init__(
            Text(
                f"There is no mechanism {mechanism!r} to switch off.",
                f"没有名为 {mechanism!r} 的机制可关闭。",
            ),
            Text(f"Choose from: {', '.join(known)}.", f"可选：{'、'.join(known)}。"),
            mechanism=mechanism,
            known=tuple(known),
        )


class OutOfRangeError(SimulationError):
    """A number outside its range. `data` has name, value, low and high."""

    code = "simulation.out_of_range"

    def __init__(self, name: str, value: object, low: int, high: int) -> None:
        super().__init__(
            Text(
                f"{name} is {value!r}; it must be a whole number from {low:,} to {high:,}.",
                f"{name} 为 {value!r}，应为 {low:,} 至 {high:,} 之间的整数。",
            ),
            name=name,
            value=value,
            low=low,
            high=high,
        )


class WarehouseNotEmptyError(SimulationError):
    """The warehouse already holds customer data. `data` has tables."""

    code = "simulation.not_empty"

    def __init__(self, tables: Sequence[str]) -> None:
        listed = ", ".join(tables[:6]) + (" …" if len(tables) > 6 else "")
        super().__init__(
            Text(
                f"The warehouse already holds data ({listed}); a simulation would mix with it.",
                f"数据仓库中已有数据（{listed}），模拟数据不应与之混在一起。",
            ),
            Text(
                "Name another warehouse, or say --replace to delete what is there.",
                "请指定另一个数据仓库；如确要删除现有数据，请使用 --replace。",
            ),
            tables=tuple(tables),
        )
