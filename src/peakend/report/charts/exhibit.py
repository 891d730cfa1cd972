"""What every chart module offers: a finding in words, a drawing for a width, and the rows behind both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from peakend.declaration import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from peakend.language import Language, Text
    from peakend.report.draw import Spec
    from peakend.report.finding import Finding


@dataclass(frozen=True, slots=True)
class Basis:
    """What a chart is made from: result tables by name, and the settings they were computed with.

    Beside them the words of the warehouse: who answers for a touchpoint (by touchpoint_id), what a
    segmentation and its segments are called, and why rows were refused (rows of `refusal_reasons.sql`).
    """

    tables: Mapping[str, pa.Table]
    settings: Settings = field(default_factory=Settings)
    owners: Mapping[str, str] = field(default_factory=dict)
    cuts: Mapping[str, Text] = field(default_factory=dict)
    refusals: Sequence[Mapping[str, Any]] = ()
    segments: Mapping[tuple[str, str], Text] = field(default_factory=dict)

    def __getitem__(self, table: str) -> pa.Table:
        return self.tables[table]

    def with_tables(self, tables: Mapping[str, pa.Table]) -> Basis:
        return replace(self, tables=tables)

    def cut(self, key: str, language: Language) -> str:
        """What the segmentation `key` is called: its title, else the key in words ("Age band")."""
        if key in self.cuts:
            return self.cuts[key].in_(language)
        words = " ".join(key.replace("_", " ").split())
        return words[:1].upper() + words[1:]

    def segment(self, cut: str, key: str, language: Language) -> str:
        """What the segment `key` of `cut` is called."""
        found = self.segments.get((cut, key))
        return found.in_(language) if found else key


class Exhibit(Protocol):
    """One chart with its sentence. `needs`: the result tables it reads, the one it shows as rows first.

    `by_programme`: the tables hold several survey programmes, and each gets a chart of its own.
    """

    @property
    def needs(self) -> tuple[str, ...]: ...

    @property
    def by_programme(self) -> bool: ...

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        """What the results say; None when they hold nothing this chart is about."""
        ...

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        """A Vega-Lite specification `width` pixels wide; None when a sentence is all there is."""
        ...

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        """The result table that the chart shows, by name, and its rows in the order of the chart."""
        ...
