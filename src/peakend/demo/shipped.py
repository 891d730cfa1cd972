"""Where the real data that ship with Peakend lie, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from peakend.language import Text


@dataclass(frozen=True, slots=True)
class Shipped:
    """A data set inside the package: `folder` holds its Parquet, its mapping.yaml and its LICENSE.md."""

    name: str
    title: Text
    licence: str
    attribution: Text

    @property
    def folder(self) -> Path:
        return shipped_folder(self.name)


SHIPPED: tuple[Shipped, ...] = (
    Shipped(
        "sfo",
        Text("San Francisco airport, customer survey 2010–2017", "旧金山国际机场旅客调查（2010–2017）"),
        "PDDL-1.0",
        Text(
            "City and County of San Francisco, San Francisco International Airport (DataSF).",
            "旧金山市县政府、旧金山国际机场（DataSF）。",
        ),
    ),
    Shipped(
        "online_retail",
        Text("Online Retail, invoices 2010–2011", "Online Retail 在线零售发票（2010–2011）"),
        "CC-BY-4.0",
        Text(
            "Chen, D. (2015). Online Retail [Dataset]. UCI Machine Learning Repository. "
            "https://doi.org/10.24432/C5BW33. Converted to Parquet, otherwise unchanged.",
            "Chen, D.（2015），Online Retail 数据集，UCI Machine Learning Repository，"
            "https://doi.org/10.24432/C5BW33。已转换为 Parquet，内容未改动。",
        ),
    ),
)


def shipped_folder(name: str) -> Path:
    """The folder of a shipped data set ("sfo", "online_retail"); KeyError when there is none of that name."""
    if name not in {one.name for one in SHIPPED}:
        raise KeyError(name)
    return Path(str(files("peakend.demo"))) / "data" / name


def shipped_folders() -> tuple[Path, ...]:
    """The folders of every shipped data set, in the order in which the demo loads them."""
    return tuple(one.folder for one in SHIPPED)
