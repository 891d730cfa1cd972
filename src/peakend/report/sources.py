"""Where the data of a warehouse come from, under which licence, and whether they are real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Language, Text
from peakend.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.engine import Engine

SIMULATED = "simulated"
FACTS: Mapping[str, Text] = {
    "responses": Text("responses", "份应答"),
    "transactions": Text("transaction lines", "行交易"),
    "interactions": Text("interactions", "次互动"),
    "customers": Text("customers", "位客户"),
    "surveys": Text("surveys", "项调查"),
}
# Data that ship with Peakend carry the words their licences ask for.
ATTRIBUTIONS: Mapping[str, Text] = {
    "sfo": Text(
        "San Francisco International Airport, customer surveys 2010–2017. City and County of San "
        "Francisco, DataSF, "
        "Open Data Commons Public Domain Dedication and License (PDDL).",
        "旧金山国际机场 2010–2017 年旅客调查。旧金山市县政府 DataSF 开放数据，PDDL 公有领域许可。",
    ),
    "online_retail": Text(
        "Chen, D. (2015). Online Retail. UCI Machine Learning Repository, doi:10.24432/C5BW33. Licensed "
        "under CC BY 4.0; "
        "mapped on to Peakend's tables, otherwise unchanged.",
        "Chen, D.（2015），Online Retail，UCI 机器学习库，doi:10.24432/C5BW33。采用 CC BY 4.0 许可；"
        "仅映射到 Peakend 的表结构，其余未作改动。",
    ),
}

# What a reader calls them in a sentence.
SHORT_NAMES: Mapping[str, Text] = {
    "sfo": Text("San Francisco airport", "旧金山机场"),
    "online_retail": Text("an online shop", "一家网店"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One source with the rows it gave to each table of facts."""

    name: str
    rows: Mapping[str, int]

    @property
    def simulated(self) -> bool:
        return self.name.startswith(SIMULATED)

    def short(self, language: Language) -> str:
        """The source's name for use in a sentence."""
        return SHORT_NAMES[self.name].in_(language) if self.name in SHORT_NAMES else self.name

    def words(self, language: Language) -> str:
        """What the source is and how much it gave."""
        counts = "、" if language == "zh" else ", "
        given = counts.join(f"{number(n)} {FACTS[table].in_(language)}" for table, n in self.rows.items())
        if self.name in ATTRIBUTIONS:
            stop = "（{}）" if language == "zh" else " ({})"
            return ATTRIBUTIONS[self.name].in_(language) + stop.format(given)
        return f"{self.name}{'：' if language == 'zh' else ': '}{given}"


def sources(engine: Engine) -> list[Source]:
    """Every source named in the tables of facts, by name."""
    present = set(engine.tables())
    counted: dict[str, dict[str, int]] = {}
    for table in FACTS:
        if table in present:
            rows = engine.query("report/rows_by_source", facts=engine.table(table)).to_arrow().to_pylist()
            for row in rows:
                counted.setdefault(row["source"] or "–", {})[table] = int(row["n"])
    return [Source(name, rows) for name, rows in sorted(counted.items())]


def truth_is_here(engine: Engine) -> bool:
    """Whether the warehouse keeps the truth of a simulation beside the data."""
    return any(name == "simulation" or name.startswith(("truth_", "simulation_")) for name in engine.tables())
