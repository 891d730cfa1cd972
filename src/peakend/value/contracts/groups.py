"""The analysis `contract_hazards`: survival by product, entry channel and segment, and who leaves sooner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peakend.feedback.comparison import holm
from peakend.feedback.suppression import suppress
from peakend.value.contracts.columns import CONTRACT_CURVES, CONTRACT_HAZARDS
from peakend.value.contracts.product_limit import Exposure, Survival, product_limit
from peakend.value.contracts.proportional_hazards import Hazards, cox, ties_of
from peakend.value.contracts.spells import Span, ages_of, span_of
from peakend.value.models.fitting import DidNotConvergeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

    Integers = NDArray[np.int64]

ALL, PRODUCT = "all", "product"
OTHERS = "(other)"
"""Levels of too few closings for a hazard of their own, together."""

DAYS_A_MONTH = 365.25 / 12
_MONTHS = (1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 60, 84, 120, 180, 240)


@dataclass(frozen=True)
class Group:
    """One level of a factor: days by contract (equal ones together), and its product as a number."""

    factor: str
    level: str
    product: Integers
    entry: Integers
    exit: Integers
    closed: Integers
    contracts: Integers

    @property
    def total(self) -> int:
        return int(self.contracts.sum())

    @property
    def closings(self) -> int:
        return int(self.contracts @ self.closed)

    def of_product(self, product: int) -> tuple[Integers, Integers, Integers, Integers]:
        own = self.product == product
        return self.entry[own], self.exit[own], self.closed[own], self.contracts[own]

    def survival(self, confidence: float) -> tuple[Exposure, Survival]:
        exposure = Exposure.of(self.entry, self.exit, self.closed, self.contracts)
        return exposure, product_limit(exposure, confidence)

    def at_risk(self, day: int) -> int:
        """Contracts seen before the day and open until then."""
        return int(self.contracts[(self.entry < day) & (self.exit >= day)].sum())


def hazards_of_contracts(inputs: Inputs) -> Results:
    """`contract_curves` and `contract_hazards`."""
    span = span_of(inputs)
    if span is None or span.closed == 0:
        return {table.name: table.of([]) for table in (CONTRACT_CURVES, CONTRACT_HAZARDS)}
    groups = _groups(inputs, span)
    shown = _shown(groups, inputs.settings)
    curves = [row for group in groups for row in _curve(group, shown, span, inputs.settings)]
    rows: list[dict[str, Any]] = []
    for factor in sorted({group.factor for group in groups} - {ALL}):
        own = [group for group in groups if group.factor == factor and (factor, group.level) in shown]
        rows += _compared(factor, own, inputs.settings)
    names = _product_names(inputs, rows)
    adjusted, _ = holm([row["p_value"] for row in rows])
    for row, p in zip(rows, adjusted.tolist(), strict=True):
        told = p <= inputs.settings.alpha
        row["adjusted_p"] = p
        row["verdict"] = ("worse" if row["hazard_ratio"] > 1 else "better") if told else "cannot_tell"
        row["source"] = span.source
        if row["factor"] == PRODUCT:
            row |= {"level_name": names.get(row["level"]), "reference_name": names.get(row["reference"])}
    return {
        CONTRACT_CURVES.name: CONTRACT_CURVES.of(curves),
        CONTRACT_HAZARDS.name: CONTRACT_HAZARDS.of(rows),
    }


def customers_of_group(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers of a level's contracts: customer_id, contract_id, product_id, opened_on, closed_on."""
    span = span_of(inputs)
    assert span is not None
    return inputs.query(
        "value/contracts/group_contracts",
        {"factor": row["factor"], "level": row["level"]},
        ages=ages_of(inputs, span),
        entries=inputs.query("value/contracts/entry_channels"),
    )


def _groups(inputs: Inputs, span: Span) -> list[Group]:
    table = inputs.query(
        "value/contracts/group_days",
        {"since": span.since or date(1900, 1, 1), "as_of": span.as_of},
        ages=ages_of(inputs, span),
        entries=inputs.query("value/contracts/entry_channels"),
    ).to_arrow()
    factor, level, product = (
        pc.dictionary_encode(table[n].combine_chunks()) for n in ("factor", "level", "product_id")
    )
    numbers = [table[n].to_numpy().astype(np.int64) for n in ("entry_day", "exit_day", "closed", "contracts")]
    products, factors, levels = (
        one.indices.to_numpy(zero_copy_only=False).astype(np.int64) for one in (product, factor, level)
    )
    # Rows come in order of factor and level: a group is a run of them.
    turns = np.flatnonzero((np.diff(factors) != 0) | (np.diff(levels) != 0)) + 1
    edges = [0, *turns.tolist(), len(factors)] if len(factors) else []
    found = []
    for begin, end in pairwise(edges):
        key = (str(factor[begin]), str(level[begin]))
        found.append(Group(*key, products[begin:end], *(values[begin:end] for values in numbers)))
    return found


def _product_names(inputs: Inputs, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Names of the products that are compared, where they have one."""
    wanted = {row[name] for row in rows if row["factor"] == PRODUCT for name in ("level", "reference")}
    if not wanted:
        return {}
    table = pa.table({"product_id": pa.array(sorted(wanted), pa.string())})
    found = inputs.engine.query(
        "select p.product_id, p.name from products p join wanted w on w.product_id = p.product_id "
        "where p.name is not null",
        products=inputs["products"],
        wanted=inputs.engine.from_arrow(table),
    ).to_arrow()
    return dict(zip(found["product_id"].to_pylist(), found["name"].to_pylist(), strict=True))


def _shown(groups: Sequence[Group], settings: Settings) -> set[tuple[str, str]]:
    """Levels whose numbers may be told: enough contracts, and none that subtraction brings back."""
    total = sum(group.total for group in groups if group.factor == ALL)
    levels = [group for group in groups if group.factor != ALL]
    factors = sorted({group.factor for group in levels})
    shown = {(ALL, ALL)} if total >= settings.minimum_base else set()
    if levels:
        found = suppress(
            [group.total for group in levels],
            [factors.index(group.factor) for group in levels],
            [total] * len(factors),
            settings.minimum_base,
        )
        hidden = (found.hidden | found.withheld).tolist()
        shown |= {(g.factor, g.level) for g, few in zip(levels, hidden, strict=True) if not few}
    return shown


def _curve(
    group: Group, shown: set[tuple[str, str]], span: Span, settings: Settings
) -> Iterator[dict[str, Any]]:
    told: dict[str, Any] = {"source": span.source, "factor": group.factor, "level": group.level}
    if (group.factor, group.level) not in shown:
        yield told | {"months": 0, "hidden": True}
        return
    _, survival = group.survival(settings.confidence)
    median = survival.median
    begin = {
        "contracts": group.total, "closed": group.closings, "hidden": False,
        "median_months": None if median is None else median / DAYS_A_MONTH,
    }  # fmt: skip
    for months in _MONTHS:
        # Two days more: an anniversary is 365 or 366 days later, and what ends there ends with the month.
        day = int(months * DAYS_A_MONTH) + 2
        at_risk = group.at_risk(day)
        if at_risk < settings.minimum_base:
            continue
        value, low, high = survival.at([day])
        yield told | begin | {
            "months": months, "at_risk": at_risk,
            "survival": float(value[0]), "survival_low": float(low[0]), "survival_high": float(high[0]),
        }  # fmt: skip


def _compared(factor: str, groups: list[Group], settings: Settings) -> list[dict[str, Any]]:
    """Hazard ratios of a factor's levels against the largest; by product where the factor is another."""
    large = [group for group in groups if group.closings >= settings.minimum_base]
    if len(large) < 2:
        return []
    large.sort(key=lambda group: (-group.total, group.level))
    small = [group for group in groups if group.closings < settings.minimum_base]
    patterns: list[list[Group]] = [[group] for group in large]
    if sum(group.closings for group in small) > 0:
        patterns.append(small)
    products = sorted({n for group in groups for n in group.product.tolist()}) if factor != PRODUCT else [-1]
    strata = []
    for product in products:
        exposed = {}
        for number, together in enumerate(patterns):
            parts = [_days(group, product) for group in together]
            entry, exit_, closed, contracts = (np.concatenate(c) for c in zip(*parts, strict=True))
            exposed[number] = (entry, exit_, closed, contracts)
        strata.append(ties_of(exposed, len(patterns)))
    design = np.eye(len(patterns))[:, 1:]
    try:
        found = cox(strata, design, settings.confidence)
    except DidNotConvergeError:
        return []
    return [_row(factor, groups, large[0], found, place) for place, groups in enumerate(patterns[1:])]


def _days(group: Group, product: int) -> tuple[Integers, Integers, Integers, Integers]:
    if product < 0:
        return group.entry, group.exit, group.closed, group.contracts
    return group.of_product(product)


def _row(
    factor: str, groups: Sequence[Group], reference: Group, found: Hazards, place: int
) -> dict[str, Any]:
    return {
        "factor": factor,
        "level": groups[0].level if len(groups) == 1 else OTHERS,
        "reference": reference.level,
        "contracts": sum(group.total for group in groups),
        "closed": sum(group.closings for group in groups),
        "hazard_ratio": float(found.ratio[place]),
        "hazard_ratio_low": float(found.low[place]),
        "hazard_ratio_high": float(found.high[place]),
        "p_value": float(found.p[place]),
        "proportional_p": float(found.proportional_p[place]),
        "by_product": factor != PRODUCT,
    }
