"""Resource pools: how much of what is paid for served customers, and how much stayed unused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import money, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

POOLS = "pool_costs"
PROBLEMS = "costing_problems"
Row = dict[str, Any]
_PARTS = ("cost", "customers_cost", "unidentified_cost", "unused_cost", "not_costed")
MANY = 10


class PoolCapacity:
    """Every pool over all its periods: cost of work for customers, for nobody known, and of unused "
    "capacity."""

    needs = (POOLS, PROBLEMS)
    by_programme = False

    def _pools(self, basis: Basis) -> list[Row]:
        """One row a pool, the dearest first; `over` adds up the periods that were overused."""
        found: dict[str, Row] = {}
        for row in basis[POOLS].to_pylist():
            own = found.setdefault(
                row["pool"], {"pool": row["pool"], "over": Decimal(0), "periods": 0, "overused": 0}
            )
            own["periods"] += 1
            own["currency"] = row["currency"]
            for part in _PARTS:
                own[part] = own.get(part, Decimal(0)) + (row[part] or Decimal(0))
            if row["state"] == "overused":
                own["overused"] += 1
                own["over"] -= row["unused_cost"]
        return sorted(found.values(), key=lambda row: (-row["cost"], row["pool"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        pools = [row for row in self._pools(basis) if row["cost"] > 0]
        if not pools:
            return None
        total = {part: sum((row[part] for row in pools), Decimal(0)) for part in (*_PARTS, "over")}
        idle = total["unused_cost"] + total["over"]
        over = [row for row in pools if row["overused"]]
        return Finding(
            headline=_headline(total, idle, over, language),
            lede=_lede(pools, total, language),
            figures=_figures(pools, total, idle, over, language),
            reading=_reading(over, language),
            caution=_caution(basis, total, language),
            next_step=_next_step(pools, over, language),
            weight=55 if over or (total["cost"] and idle / total["cost"] > Decimal("0.15")) else 30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        pools = [row for row in self._pools(basis) if row["cost"] > 0][:MANY]
        if not pools:
            return None
        shown = [_bar(row, language) for row in pools]
        legend = [
            (Text("customers", "已识别客户"), "brand"),
            (Text("not identified", "未识别"), "passive"),
            (Text("not used", "未使用"), "band"),
        ]
        if any(row["not_costed"] for row in pools):
            legend.append((Text("no rate", "无费率"), "detractor"))
        return bars(shown, [Column(Text("–", "–"), tuple(legend))], width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return POOLS, basis[POOLS].sort_by([("pool", "ascending"), ("period_on", "ascending")])


POOL_CAPACITY = PoolCapacity()


def _bar(row: Row, language: Language) -> BarRow:
    idle = max(row["unused_cost"], Decimal(0))
    parts = (
        (float(row["customers_cost"]), "brand"),
        (float(row["unidentified_cost"]), "passive"),
        (float(idle), "band"),
        (float(row["not_costed"]), "detractor"),
    )
    if row["not_costed"]:
        said = Text("no rate", "无费率")
    elif row["unused_cost"] < 0:
        beyond = percent(-row["unused_cost"] / row["cost"], language)
        said = Text(f"{beyond} beyond", f"超出 {beyond}")
    else:
        unused = percent(idle / row["cost"], language)
        said = Text(f"{unused} unused", f"{unused}未使用")
    mark = float(row["cost"]) if row["unused_cost"] < 0 else None
    return BarRow(row["pool"], (Bar(parts, said.in_(language), mark),), strong=bool(row["overused"]))


def _reading(over: Sequence[Row], language: Language) -> str:
    said = Text(
        "A bar is what the pool cost over all periods. Dark: work for identified customers; middle: for "
        "nobody "
        "known; light: capacity that was not used.",
        "每条为资源池各期间的总成本：深色为已识别客户的工作，中间色为客户未识别的工作，浅色为未使用产能。",
    ).in_(language)
    if not any(row["unused_cost"] < 0 for row in over):
        return said
    return said + Text(
        " A line marks the cost where more was needed than there is.", "工作量超过产能时，以竖线标出成本。"
    ).in_(language)


def _headline(total: Mapping[str, Any], idle: Decimal, over: Sequence[Row], language: Language) -> str:
    share = percent(idle / total["cost"], language)
    if not idle and over:
        names = over[0]["pool"]
        return Text(f"“{names}” is asked for more than it can do", f"“{names}”的工作量超过其产能").in_(
            language
        )
    if not idle:
        return Text("All the capacity that has a rate is used", "有费率的产能已全部用足").in_(language)
    said = Text(
        f"{share} of what resource pools cost is capacity that nobody used",
        f"资源池成本中有 {share}是无人使用的产能",
    ).in_(language)
    if not over:
        return said
    name = over[0]["pool"]
    return said + Text(f", while “{name}” is overworked", f"，而“{name}”超负荷").in_(language)


def _lede(pools: Sequence[Row], total: Mapping[str, Any], language: Language) -> str:
    currency = pools[0]["currency"]
    cost, customers = money(total["cost"], currency), money(total["customers_cost"], currency)
    unknown = money(total["unidentified_cost"], currency)
    return Text(
        f"Of {cost} that the pools cost, {customers} was work for identified customers and {unknown} for "
        "nobody known. Unused capacity is kept apart: customers do not pay for what they did not use.",
        f"资源池成本共 {cost}，其中 {customers} 用于已识别客户，{unknown} 的客户未能识别。"
        "未使用产能单独列示，不摊给没有使用它的客户。",
    ).in_(language)


def _figures(
    pools: Sequence[Row], total: Mapping[str, Any], idle: Decimal, over: Sequence[Row], language: Language
) -> tuple[Figure, ...]:
    currency = pools[0]["currency"]
    periods = sum(row["periods"] for row in pools)
    base = Text(f"{len(pools)} pools, {periods} periods", f"{len(pools)} 个资源池，{periods} 个期间").in_(
        language
    )
    found = [
        Figure(
            Text("Capacity not used", "未使用产能").in_(language),
            money(idle, currency),
            f"{percent(idle / total['cost'], language, 1)} · {base}",
        )
    ]
    if over:
        found.append(
            Figure(
                Text("Needed beyond capacity", "超出产能的需求").in_(language),
                money(total["over"], currency),
                Text(
                    f"{sum(row['overused'] for row in over)} periods of {len(over)} pools",
                    f"{len(over)} 个资源池的 {sum(row['overused'] for row in over)} 个期间",
                ).in_(language),
                "act",
            )
        )
    if total["not_costed"]:
        found.append(
            Figure(
                Text("Pools without a rate", "无费率的资源池").in_(language),
                money(total["not_costed"], currency),
                Text("cost borne by nobody until it is put right", "在更正之前不由任何人承担").in_(language),
                "act",
            )
        )
    return tuple(found)


def _caution(basis: Basis, total: Mapping[str, Any], language: Language) -> str:
    problems = basis[PROBLEMS].num_rows
    said = Text(
        "Unit times are estimates: check them where the use of a pool looks too low or too high.",
        "单位耗时为估计值：某资源池利用率过低或过高时，请先核对。",
    )
    if not problems:
        return said.in_(language)
    more = Text(
        f" Faults in the numbers that were found and left out: {number(problems)}; they are listed in the "
        "table costing_problems.",
        f"另发现数据问题 {number(problems)} 项，未计入，见表 costing_problems。",
    )
    return said.in_(language) + more.in_(language)


def _next_step(pools: Sequence[Row], over: Sequence[Row], language: Language) -> NextStep | None:
    idle = max(pools, key=lambda row: (row["unused_cost"], row["pool"]))
    if over:
        name = over[0]["pool"]
        what = Text(
            f"Check the unit times of “{name}” against a week of real work; if they hold, add people or take "
            "work away.",
            f"用一周的实际工作核对“{name}”的单位耗时；若属实，则增加人手或减少工作。",
        )
    elif idle["unused_cost"] > 0:
        name = idle["pool"]
        what = Text(
            f"Decide what the free capacity of “{name}” is for: more work, fewer hours, or a reserve with "
            "a name.",
            f"决定“{name}”的空余产能如何使用：承接更多工作、缩减工时，或作为明确的储备。",
        )
    else:
        return None
    return NextStep(
        Text("The owner of the pool", "资源池负责人").in_(language),
        what.in_(language),
        Text("The use of the pool next period.", "下一期间该资源池的利用率。").in_(language),
    )
