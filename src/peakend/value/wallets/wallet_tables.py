"""The analysis `share_of_wallet`: how much of what customers spend in a category they spend with us."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.feedback.comparison import holm
from peakend.feedback.cuts import EVERYBODY
from peakend.feedback.suppression import suppress
from peakend.language import Text
from peakend.value.revenue import NoSuchCurrencyError, SeveralCurrenciesError
from peakend.value.wallets.columns import (
    CUSTOMER_WALLETS,
    SHARE_OF_WALLET,
    WALLET_FAULTS,
    WALLET_HEADROOM,
    WALLET_RULE,
    WALLET_RULE_CELLS,
    WALLET_TRENDS,
)
from peakend.value.wallets.shares import Estimate, apart, mean_of, nonzero, ratio_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

    Row = dict[str, Any]

_GIVES = (
    SHARE_OF_WALLET,
    WALLET_TRENDS,
    WALLET_RULE,
    WALLET_RULE_CELLS,
    WALLET_HEADROOM,
    WALLET_FAULTS,
)
_NUMBERS = (
    "n", "mean_share", "mean_share_low", "mean_share_high", "ratio_share", "ratio_share_low",
    "ratio_share_high", "own_spend", "total_spend", "headroom", "difference", "difference_low",
    "difference_high", "p_value", "adjusted_p", "verdict", "currency",
)  # fmt: skip
_SUMS = (
    "stated_n", "stated_sum", "stated_squares", "own_spend", "total_spend", "own_squares", "products",
    "total_squares", "rule_n", "rule_sum", "rule_squares",
)  # fmt: skip


def wallet_tables(inputs: Inputs) -> Results:
    """All tables of the analysis; `customer_wallets` as a relation of one row a wallet.

    Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    """
    customers = wallets_of(inputs)
    settings = inputs.settings
    currency = _currency(inputs)
    sums = _rows(inputs, "wallet_sums", customers)
    shares = [row for measure in ("stated", "rule") for row in _shares(sums, measure, currency, settings)]
    cells = _rows(inputs, "wallet_cells", customers)
    bands = inputs.query("value/wallets/wallet_bands", customer_wallets=customers)
    banded = inputs.engine.query("value/wallets/wallet_band_sums", bands=bands).to_arrow().to_pylist()
    return {
        SHARE_OF_WALLET.name: SHARE_OF_WALLET.of(_hidden(shares, settings)),
        WALLET_TRENDS.name: WALLET_TRENDS.of(_trends(_rows(inputs, "wallet_changes", customers), settings)),
        WALLET_RULE.name: WALLET_RULE.of(list(_rule(cells, settings))),
        WALLET_RULE_CELLS.name: WALLET_RULE_CELLS.of(list(_cells(cells, settings))),
        WALLET_HEADROOM.name: WALLET_HEADROOM.of(_headroom(banded, currency, settings)),
        WALLET_FAULTS.name: WALLET_FAULTS.of(_rows(inputs, "wallet_faults", customers)),
        CUSTOMER_WALLETS.name: customers,
    }


def wallets_of(inputs: Inputs) -> Relation:
    """Every wallet with its stated share, the share by the rule, and what is wrong with it."""
    return inputs.query(
        "value/wallets/customer_wallets",
        {"currency": _currency(inputs) or "", "today": datetime.now(UTC).date()},
    )


def customers_of_share(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers whose wallets a row of `share_of_wallet` is the mean of."""
    return inputs.query(
        "value/wallets/wallet_customers",
        {
            "category": row["category"],
            "as_of": row["as_of_on"],
            "measure": row["measure"],
            "segmentation": row["segmentation"],
            "segment": row["segment"],
        },
        customer_wallets=wallets_of(inputs),
    )


def customers_of_band(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers of a cell of `wallet_headroom`."""
    bands = inputs.query("value/wallets/wallet_bands", customer_wallets=wallets_of(inputs))
    return inputs.engine.query(
        "value/wallets/banded_customers",
        {
            "category": row["category"],
            "as_of": row["as_of_on"],
            "size": int(row["size_band"]),
            "share": int(row["share_band"]),
        },
        bands=bands,
    )


def _rows(inputs: Inputs, name: str, customers: Relation) -> list[Row]:
    found: list[Row] = (
        inputs.query(f"value/wallets/{name}", customer_wallets=customers).to_arrow().to_pylist()
    )
    return found


def _currency(inputs: Inputs) -> str | None:
    """The one to report money in; None where none is stated."""
    rows = (
        inputs["wallets"]
        .query(
            "select w.currency, cast(count(*) as bigint) as n from w where w.currency is not null "
            "group by w.currency order by w.currency",
            name="w",
        )
        .to_arrow()
        .to_pylist()
    )
    counted = {row["currency"]: int(row["n"]) for row in rows}
    chosen = inputs.settings.currency
    listed = ", ".join(f"{name} ({n})" for name, n in counted.items())
    if chosen is None and len(counted) > 1:
        raise SeveralCurrenciesError(
            Text(f"Wallets are in several currencies: {listed}.", f"钱包数据涉及多个币种：{listed}。"),
            Text(
                "Choose one in the settings (currency), or convert the others before loading.",
                "请在设置中指定币种（currency），或在导入前折算为同一币种。",
            ),
            currencies=counted,
        )
    if chosen is not None and counted and chosen not in counted:
        raise NoSuchCurrencyError(
            Text(
                f"No wallet is in {chosen}; there are {listed}.",
                f"没有币种为 {chosen} 的钱包；现有 {listed}。",
            ),
            Text(
                "Choose one of these in the settings (currency).", "请在设置中指定上述币种之一（currency）。"
            ),
            currency=chosen,
            currencies=counted,
        )
    return chosen if chosen is not None else next(iter(counted), None)


def _shares(sums: Sequence[Row], measure: str, currency: str | None, settings: Settings) -> Iterator[Row]:
    """Rows of one measure; every segment against all others of its segmentation."""
    for wave in sorted({(row["category"], row["as_of_on"]) for row in sums}):
        own = [row for row in sums if (row["category"], row["as_of_on"]) == wave]
        rows = [_share(row, measure, currency, settings) for row in own if row[f"{measure}_n"]]
        _compare(rows, own, measure, settings)
        yield from sorted(
            rows, key=lambda row: (row["segmentation"] != "all", row["segmentation"], row["segment"])
        )


def _share(row: Row, measure: str, currency: str | None, settings: Settings) -> Row:
    found: Row = {
        "category": row["category"], "as_of_on": row["as_of_on"], "measure": measure,
        "segmentation": row["segmentation"], "segment": row["segment"], "hidden": False,
        "n": int(row[f"{measure}_n"]),
    }  # fmt: skip
    found |= _told("mean_share", _mean(row, measure, settings))
    if measure == "stated":
        names = ("own_spend", "total_spend", "own_squares", "products", "total_squares")
        y, x, yy, xy, xx = (float(row[name]) for name in names)
        ratio = ratio_of(found["n"], y, x, yy, xy, xx, settings.confidence)
        found |= _told("ratio_share", ratio)
        own, total = Decimal(row["own_spend"]), Decimal(row["total_spend"])
        found |= {"own_spend": own, "total_spend": total, "headroom": total - own, "currency": currency}
    return found


def _mean(row: Row, measure: str, settings: Settings) -> Estimate | None:
    sums = (float(row[f"{measure}_sum"]), float(row[f"{measure}_squares"]))
    return mean_of(int(row[f"{measure}_n"]), *sums, settings.confidence)


def _told(name: str, found: Estimate | None) -> Row:
    if found is None:
        return {}
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _compare(rows: list[Row], sums: Sequence[Row], measure: str, settings: Settings) -> None:
    """The mean share of a segment less that of all others of its segmentation; Holm over a wave."""
    by_cut = {(row["segmentation"], row["segment"]): row for row in sums}
    tested: list[Row] = []
    for row in rows:
        if row["segmentation"] == EVERYBODY.segmentation:
            continue
        here = by_cut[row["segmentation"], row["segment"]]
        others = _added([r for key, r in by_cut.items() if key[0] == row["segmentation"] and r is not here])
        if min(here[f"{measure}_n"], others[f"{measure}_n"]) < settings.minimum_base:
            continue
        one, other = (_mean(side, measure, settings) for side in (here, others))
        gap = apart(one, other, settings.confidence) if one and other else None
        if gap is not None:
            row |= dict(zip(("difference", "difference_low", "difference_high", "p_value"), gap, strict=True))
            tested.append(row)
    # Of two segments each is the other's mirror: one test, told twice.
    mirrored = {
        row["segmentation"]
        for row in tested
        if sum(other["segmentation"] == row["segmentation"] for other in tested) == 2
        and sum(key[0] == row["segmentation"] for key in by_cut) == 2
    }
    first: dict[str, Row] = {}
    counted = []
    for row in tested:
        if row["segmentation"] in mirrored and row["segmentation"] in first:
            continue
        first.setdefault(row["segmentation"], row)
        counted.append(row)
    adjusted, _ = holm([row["p_value"] for row in counted])
    for row, p in zip(counted, adjusted.tolist(), strict=True):
        row["adjusted_p"] = p
    for row in tested:
        if row["segmentation"] in mirrored:
            row["adjusted_p"] = first[row["segmentation"]]["adjusted_p"]
        row["verdict"] = _verdict(row["difference"], row["adjusted_p"], settings)


def _added(rows: Sequence[Row]) -> Row:
    return {name: sum(float(row[name]) for row in rows) for name in _SUMS}


def _verdict(gap: float, p: float | None, settings: Settings) -> str:
    if p is None or p > settings.alpha:
        return "cannot_tell"
    return "better" if gap > 0 else "worse"


def _hidden(rows: list[Row], settings: Settings) -> list[Row]:
    everybody = {_wave(row): row["n"] for row in rows if row["segmentation"] == EVERYBODY.segmentation}
    for row in rows:
        row["hidden"] = row["n"] < settings.minimum_base
    parts = [row for row in rows if row["segmentation"] != EVERYBODY.segmentation]
    families = sorted({(*_wave(row), row["segmentation"]) for row in parts})
    if parts:
        found = suppress(
            [row["n"] for row in parts],
            [families.index((*_wave(row), row["segmentation"])) for row in parts],
            [everybody[family[:-1]] for family in families],
            settings.minimum_base,
        )
        for row, few in zip(parts, (found.hidden | found.withheld).tolist(), strict=True):
            row["hidden"] = bool(few)
    return [row | dict.fromkeys(_NUMBERS) if row["hidden"] else row for row in rows]


def _wave(row: Row) -> tuple[Any, ...]:
    return row["category"], row["as_of_on"], row["measure"]


def _trends(changes: Sequence[Row], settings: Settings) -> list[Row]:
    """Change of the mean share among customers asked both times."""
    rows: list[Row] = []
    for one in changes:
        n = int(one["n"])
        row: Row = {
            "category": one["category"], "before_on": one["before_on"], "as_of_on": one["as_of_on"],
            "hidden": n < settings.minimum_base,
        }  # fmt: skip
        rows.append(row)
        found = mean_of(n, one["change_sum"], one["change_squares"], settings.confidence, (-1.0, 1.0))
        if row["hidden"] or found is None:
            continue
        row |= {"n": n, **_told("change", found), "p_value": nonzero(found)}
        row["ratio_before"] = float(one["own_before"]) / float(one["total_before"])
        row["ratio_now"] = float(one["own_now"]) / float(one["total_now"])
    tested = [row for row in rows if row.get("p_value") is not None]
    adjusted, _ = holm([row["p_value"] for row in tested])
    for row, p in zip(tested, adjusted.tolist(), strict=True):
        row |= {"adjusted_p": p, "verdict": _verdict(row["change"], p, settings)}
    return rows


def _rule(cells: Sequence[Row], settings: Settings) -> Iterator[Row]:
    """How well the rule says what customers state: error, bias, and the line of stated on rule."""
    for wave in sorted({(row["category"], row["as_of_on"]) for row in cells}):
        own = [row for row in cells if (row["category"], row["as_of_on"]) == wave]
        n = sum(int(row["n"]) for row in own)
        told: Row = {"category": wave[0], "as_of_on": wave[1], "hidden": n < settings.minimum_base}
        if told["hidden"]:
            yield told
            continue
        stated = math.fsum(row["stated_sum"] for row in own)
        squares = math.fsum(row["stated_squares"] for row in own)
        rule = math.fsum(row["n"] * row["rule_share"] for row in own)
        rule_squares = math.fsum(row["n"] * row["rule_share"] ** 2 for row in own)
        both = math.fsum(row["stated_sum"] * row["rule_share"] for row in own)
        errors = squares - 2 * both + rule_squares
        told |= {"n": n, "stated_share": stated / n, "rule_share": rule / n}
        told |= _told("bias", mean_of(n, rule - stated, errors, settings.confidence, (-1.0, 1.0)))
        told["mean_absolute_error"] = math.fsum(row["absolute_errors"] for row in own) / n
        told |= _line(n, stated, squares, rule, rule_squares, both, settings)
        yield told


def _line(
    n: int, stated: float, squares: float, rule: float, rule_squares: float, both: float, settings: Settings
) -> Row:
    """Least squares of the stated share on the rule's: slope 1 is calibrated, 0 says nothing."""
    from peakend.feedback.intervals import t_quantile

    across, up = rule_squares - rule * rule / n, squares - stated * stated / n
    together = both - rule * stated / n
    if n < 3 or across <= 1e-12 * rule_squares or up <= 1e-12 * squares:
        return {}
    slope = together / across
    se = math.sqrt(max(up - slope * together, 0.0) / (n - 2) / across)
    half = float(t_quantile(settings.confidence, n - 2)) * se
    return {
        "slope": slope, "slope_low": slope - half, "slope_high": slope + half,
        "correlation": together / math.sqrt(across * up),
    }  # fmt: skip


def _cells(cells: Sequence[Row], settings: Settings) -> Iterator[Row]:
    if not cells:
        return
    waves = sorted({(row["category"], row["as_of_on"]) for row in cells})
    place = [waves.index((row["category"], row["as_of_on"])) for row in cells]
    totals = [
        sum(int(r["n"]) for r, w in zip(cells, place, strict=True) if w == number)
        for number in range(len(waves))
    ]
    found = suppress([int(row["n"]) for row in cells], place, totals, settings.minimum_base)
    for row, few in zip(cells, (found.hidden | found.withheld).tolist(), strict=True):
        told: Row = {
            name: row[name] for name in ("category", "as_of_on", "brands_used", "own_rank", "rule_share")
        }
        told["hidden"] = bool(few)
        if not few:
            mean = mean_of(int(row["n"]), row["stated_sum"], row["stated_squares"], settings.confidence)
            told |= {"n": int(row["n"]), **_told("stated_share", mean)}
        yield told


def _headroom(cells: Sequence[Row], currency: str | None, settings: Settings) -> list[Row]:
    """Money spent elsewhere by size of wallet and share of it; hidden where few customers stand behind it."""
    if not cells:
        return []
    waves = sorted({(row["category"], row["as_of_on"]) for row in cells})
    place = [waves.index((row["category"], row["as_of_on"])) for row in cells]
    customers, money = [0] * len(waves), [Decimal(0)] * len(waves)
    for row, wave in zip(cells, place, strict=True):
        customers[wave] += int(row["customers"])
        money[wave] += Decimal(row["headroom"])
    found = suppress([int(row["customers"]) for row in cells], place, customers, settings.minimum_base)
    rows = []
    for row, wave, few in zip(cells, place, (found.hidden | found.withheld).tolist(), strict=True):
        told: Row = {name: row[name] for name in ("category", "as_of_on", "size_band", "share_band")}
        told["hidden"] = bool(few)
        if not few:
            told |= {name: row[name] for name in ("customers", "total_spend", "own_spend", "headroom")}
            told["currency"] = currency
            if money[wave] > 0:
                told["headroom_share"] = float(Decimal(row["headroom"]) / money[wave])
        rows.append(told)
    return rows
