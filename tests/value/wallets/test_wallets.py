"""Share of wallet: the rule's printed figures, known wallets recovered, nothing found where nothing is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.declaration import Settings
from peakend.value.revenue import NoSuchCurrencyError, SeveralCurrenciesError
from peakend.value.wallets.allocation import WalletRankError, allocated_share, average_ranks
from peakend.value.wallets.analyses import WALLETS
from peakend.value.wallets.shares import mean_of, ratio_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

    Row = dict[str, Any]

ASKED = date(2025, 6, 30)


@pytest.mark.parametrize(
    ("ranks", "shares"),
    [
        ([1, 2], [0.667, 0.333]),
        ([1, 2, 3], [0.5, 0.333, 0.167]),
        ([1.5, 1.5], [0.5, 0.5]),
        ([1.5, 1.5, 3], [0.4167, 0.4167, 0.1667]),
        ([1], [1.0]),
    ],
)
def test_the_rule_gives_its_authors_figures(ranks: list[float], shares: list[float]) -> None:
    assert allocated_share(ranks, [len(ranks)] * len(ranks)) == pytest.approx(shares, abs=5e-4)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=12))
def test_a_customers_brands_make_the_whole_wallet(scores: list[int]) -> None:
    ranks = average_ranks(scores)
    shares = allocated_share(ranks, np.full(len(scores), len(scores)))
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).all()
    best = np.argsort(scores)[::-1]
    assert (np.diff(shares[best]) <= 1e-12).all()


@pytest.mark.parametrize(("rank", "brands"), [(3, 2), (0, 2), (1, 0), (1, 1.5), (float("nan"), 2)])
def test_ranks_that_cannot_be_are_refused(rank: float, brands: float) -> None:
    with pytest.raises(WalletRankError) as caught:
        allocated_share([1, rank], [2, brands])
    assert caught.value.data["rows"] == 1


def test_ratio_and_mean_by_hand() -> None:
    """Own 10, 30, 50 of 20, 40, 100: mean of shares .5833, ratio 90/160."""
    own, total = np.array([10.0, 30, 50]), np.array([20.0, 40, 100])
    shares = own / total
    mean = mean_of(3, shares.sum(), (shares**2).sum(), 0.95)
    ratio = ratio_of(3, own.sum(), total.sum(), (own**2).sum(), (own * total).sum(), (total**2).sum(), 0.95)
    assert mean is not None
    assert ratio is not None
    assert mean.value == pytest.approx(0.58333, abs=1e-5)
    assert mean.se == pytest.approx(shares.std(ddof=1) / np.sqrt(3))
    residual = own - 0.5625 * total
    assert ratio.value == pytest.approx(0.5625)
    assert ratio.se == pytest.approx(np.sqrt(3 / 2 * (residual**2).sum()) / 160)
    assert mean_of(0, 0, 0, 0.95) is None
    one = mean_of(1, 0.4, 0.16, 0.95)
    assert one is not None
    assert one.low is None


def test_intervals_hold_known_wallets_as_often_as_stated() -> None:
    """5,000 customers of whom 150 are asked, 400 times: both shares, whose truths are not the same."""
    random = np.random.default_rng(2)
    total = random.lognormal(6, 0.6, 5000)
    own = total * np.clip(random.beta(2, 3, 5000) - 0.1 * (total > np.median(total)), 0, 1)
    truths = ((own / total).mean(), own.sum() / total.sum())
    assert abs(truths[0] - truths[1]) > 0.01
    covered = np.zeros(2)
    for _ in range(400):
        x = random.integers(0, 5000, 150)
        y, n = own[x], total[x]
        shares = y / n
        found = (
            mean_of(150, shares.sum(), (shares**2).sum(), 0.95),
            ratio_of(150, y.sum(), n.sum(), (y * y).sum(), (y * n).sum(), (n * n).sum(), 0.95),
        )
        for place, one in enumerate(found):
            assert one is not None
            covered[place] += (one.low or 0) <= truths[place] <= (one.high or 1)
    assert (covered / 400 > 0.92).all()
    assert (covered / 400 < 0.98).all()


def wallet(number: int, own: float | None, total: float | None, **more: object) -> Row:
    return {
        "customer_id": f"c{number:05d}", "category": "food", "as_of_on": ASKED, "currency": "CNY",
        "own_spend": None if own is None else Decimal(f"{own:.2f}"),
        "total_spend": None if total is None else Decimal(f"{total:.2f}"),
        "brands_used": 2, "own_rank": 1.0,
    } | more  # fmt: skip


def drawn(
    customers: int, *, shift: float = 0.0, seed: int = 4, later: float | None = None
) -> tuple[list[Row], list[Row]]:
    """Wallets whose share is drawn about .4; B has `shift` more; a year later all `later` more."""
    random = np.random.default_rng(seed)
    rows, members = [], []
    for number in range(customers):
        segment = "AB"[number % 2]
        total = float(random.lognormal(6, 0.5))
        share = float(np.clip(random.normal(0.4 + shift * (segment == "B"), 0.12), 0.02, 0.95))
        brands = int(random.integers(2, 5))
        rank = float(
            1 + np.argmin(np.abs(allocated_share(np.arange(1, brands + 1), [brands] * brands) - share))
        )
        rows.append(wallet(number, share * total, total, brands_used=brands, own_rank=rank))
        if later is not None:
            now = float(np.clip(share + random.normal(later, 0.05), 0, 1))
            rows.append(wallet(number, now * total, total, as_of_on=date(2026, 6, 30)))
        members.append(
            {
                "segmentation": "tier",
                "segment": segment,
                "subject": "customer",
                "subject_id": f"c{number:05d}",
            }
        )
    return rows, members


def rows_of(inputs: Inputs, name: str) -> list[Row]:
    result = WALLETS.compute(inputs)[name]
    found: list[Row] = (result if isinstance(result, pa.Table) else result.to_arrow()).to_pylist()
    return found


def test_known_wallets_are_recovered(inputs_of: Callable[..., Inputs]) -> None:
    rows, members = drawn(900, shift=0.1)
    inputs = inputs_of(wallets=rows, segment_members=members)
    found = {(r["measure"], r["segment"]): r for r in rows_of(inputs, "share_of_wallet")}
    shares = np.array([float(r["own_spend"]) / float(r["total_spend"]) for r in rows])
    everybody = found["stated", "all"]
    # To a tenth of a point, as the wallets are known.
    assert everybody["mean_share"] == pytest.approx(shares.mean(), abs=1e-9)
    assert everybody["mean_share_low"] < 0.45 < everybody["mean_share_high"]
    own, total = (sum(r[name] for r in rows) for name in ("own_spend", "total_spend"))
    assert (everybody["own_spend"], everybody["total_spend"]) == (own, total)
    assert everybody["headroom"] == total - own
    assert everybody["ratio_share"] == pytest.approx(float(own / total))
    better = found["stated", "B"]
    assert better["verdict"] == "better"
    assert better["difference_low"] < 0.1 < better["difference_high"]
    assert found["stated", "A"]["difference"] == pytest.approx(-better["difference"])
    assert found["stated", "A"]["adjusted_p"] == better["adjusted_p"]
    rule = rows_of(inputs, "wallet_rule")[0]
    assert rule["n"] == 900
    assert rule["mean_absolute_error"] < 0.15
    assert rule["bias"] == pytest.approx(rule["rule_share"] - rule["stated_share"])
    assert rule["slope"] > 0
    cells = rows_of(inputs, "wallet_rule_cells")
    assert {(c["brands_used"], c["own_rank"]) for c in cells} >= {(2, 1.0), (2, 2.0), (3, 2.0)}


def test_where_segments_are_alike_none_is_told_apart_more_often_than_stated(
    inputs_of: Callable[..., Inputs],
) -> None:
    told = []
    for seed in range(12):
        rows, members = drawn(120, seed=100 + seed)
        found = rows_of(inputs_of(wallets=rows, segment_members=members), "share_of_wallet")
        told.append(any(r["verdict"] in ("better", "worse") for r in found if r["measure"] == "stated"))
    assert sum(told) <= 3


@pytest.mark.parametrize(("later", "verdict"), [(0.05, "better"), (-0.05, "worse"), (0.0, "cannot_tell")])
def test_change_is_of_the_same_customers(
    inputs_of: Callable[..., Inputs], later: float, verdict: str
) -> None:
    rows, _ = drawn(300, later=later, seed=8)
    newcomers = [wallet(9000 + n, 99, 100, as_of_on=date(2026, 6, 30)) for n in range(200)]
    (found,) = rows_of(_then(inputs_of, [*rows, *newcomers]), "wallet_trends")
    assert found["n"] == 300
    assert found["verdict"] == verdict
    assert found["change_low"] - 0.005 < later < found["change_high"] + 0.005


def test_headroom_adds_up_and_its_lists_are_as_long_as_their_numbers(
    inputs_of: Callable[..., Inputs],
) -> None:
    rows, members = drawn(600)
    inputs = inputs_of(wallets=rows, segment_members=members, settings=Settings(minimum_base=1))
    cells = rows_of(inputs, "wallet_headroom")
    total = sum(r["total_spend"] - r["own_spend"] for r in rows)
    assert sum(cell["headroom"] for cell in cells) == total
    assert sum(cell["headroom_share"] for cell in cells) == pytest.approx(1)
    assert sum(cell["customers"] for cell in cells) == 600
    for table in WALLETS.gives:
        if table.behind is None:
            continue
        counted = "customers" if table.name == "wallet_headroom" else "n"
        for row in rows_of(inputs, table.name):
            listed = table.behind(inputs, row).to_arrow()
            assert listed.column_names[0] == "customer_id"
            assert listed.num_rows == row[counted]


def test_wallets_that_cannot_be_are_named_counted_and_left_out(inputs_of: Callable[..., Inputs]) -> None:
    sound = [wallet(n, 40, 100) for n in range(30)]
    odd = [
        wallet(101, 120, 100),
        wallet(102, None, 100),
        wallet(103, 0, 0),
        wallet(104, 10, 100, own_rank=5.0),
        wallet(105, 10, 100, own_rank=None),
        wallet(106, -1, 100),
        wallet(107, 1, 100, as_of_on=date(2999, 1, 1)),
        wallet(108, 40, 100, currency="USD"),
    ]
    inputs = inputs_of(wallets=[*sound, *odd], settings=Settings(currency="CNY"))
    faults = {(r["as_of_on"], r["fault"]): r["wallets"] for r in rows_of(inputs, "wallet_faults")}
    assert {fault: n for (day, fault), n in faults.items() if day == ASKED} == {
        "own_above_total": 1, "spend_missing": 1, "nothing_spent": 1, "negative_spend": 1,
        "other_currency": 1, "sound_spend": 32, "rank_outside_brands": 1, "rank_missing": 1, "sound_rank": 35,
    }  # fmt: skip
    assert faults[date(2999, 1, 1), "in_future"] == 2
    shares = [r for r in rows_of(inputs, "share_of_wallet") if r["measure"] == "stated"]
    (everybody,) = (r for r in shares if r["as_of_on"] == ASKED)
    assert everybody["n"] == 32
    assert everybody["mean_share"] == pytest.approx((30 * 0.4 + 2 * 0.1) / 32)
    customers = {r["customer_id"]: r for r in rows_of(inputs, "customer_wallets")}
    assert len(customers) == 38
    assert customers["c00101"]["stated_share"] is None
    assert customers["c00101"]["own_spend"] == 120
    assert customers["c00103"]["rule_share"] == pytest.approx(2 / 3)


def test_several_currencies_ask_for_a_choice(inputs_of: Callable[..., Inputs]) -> None:
    rows = [wallet(1, 1, 2), wallet(2, 1, 2, currency="USD")]
    with pytest.raises(SeveralCurrenciesError, match="several currencies"):
        WALLETS.compute(inputs_of(wallets=rows))
    with pytest.raises(NoSuchCurrencyError, match="EUR"):
        WALLETS.compute(inputs_of(wallets=rows, settings=Settings(currency="EUR")))


def test_few_customers_are_hidden(inputs_of: Callable[..., Inputs]) -> None:
    rows, members = drawn(60)
    members = [m | {"segment": "C" if place < 5 else m["segment"]} for place, m in enumerate(members)]
    found = {
        r["segment"]: r for r in rows_of(inputs_of(wallets=rows, segment_members=members), "share_of_wallet")
    }
    assert found["C"]["hidden"]
    assert found["C"]["mean_share"] is None
    # Subtraction would bring it back: the next smallest is hidden with it.
    assert sum(row["hidden"] for row in found.values()) >= 2


def test_without_wallets_all_tables_are_empty(inputs_of: Callable[..., Inputs]) -> None:
    for table in WALLETS.gives:
        assert rows_of(inputs_of(), table.name) == []


def _then(inputs_of: Callable[..., Inputs], rows: list[Row]) -> Inputs:
    """Days asked lie in the past, whenever the test runs."""
    return inputs_of(
        wallets=[row | {"as_of_on": row["as_of_on"].replace(year=row["as_of_on"].year - 2)} for row in rows]
    )
