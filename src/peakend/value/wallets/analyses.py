"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.wallets.columns import (
    CUSTOMER_WALLETS,
    SHARE_OF_WALLET,
    WALLET_FAULTS,
    WALLET_HEADROOM,
    WALLET_RULE,
    WALLET_RULE_CELLS,
    WALLET_TRENDS,
)


def _wallets(inputs: Inputs) -> Results:
    from peakend.value.wallets.wallet_tables import wallet_tables

    return wallet_tables(inputs)


WALLETS = Analysis(
    name="share_of_wallet",
    version=1,
    chapter="worth",
    title=Text("Share of wallet", "钱包份额"),
    meaning=Text(
        "How much of what customers spend in a category they spend with us: as they say and by the rank they "
        "give us, by segment, over time; and where the money is that they spend with others.",
        "客户在该品类的支出有多少花在本公司：按自述与排名推算，分群与历次比较；以及花在别家的钱在哪里。",
    ),
    needs=("wallets",),
    uses=("segment_members",),
    gives=(
        SHARE_OF_WALLET,
        WALLET_TRENDS,
        WALLET_RULE,
        WALLET_RULE_CELLS,
        WALLET_HEADROOM,
        WALLET_FAULTS,
        CUSTOMER_WALLETS,
    ),
    compute=_wallets,
    sql=tuple(
        f"value/wallets/{name}"
        for name in (
            "banded_customers",
            "customer_wallets",
            "wallet_band_sums",
            "wallet_bands",
            "wallet_cells",
            "wallet_changes",
            "wallet_customers",
            "wallet_faults",
            "wallet_sums",
        )
    ),
    chart="share_of_wallet",
    sources=(
        "Keiningham, Aksoy, Buoye & Cooil 2011, Harvard Business Review 89(10)",
        "Cochran 1977, Sampling Techniques, 3rd edition",
        "Welch 1947, Biometrika 34(1–2)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (WALLETS,)
