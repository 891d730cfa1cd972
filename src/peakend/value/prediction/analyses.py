"""The analyses of lifetime value, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.prediction import results


def _lifetimes(inputs: Inputs) -> Results:
    from peakend.value.prediction.lifetimes import lifetime_tables

    return lifetime_tables(inputs)


def _tiers(inputs: Inputs) -> Results:
    from peakend.value.prediction.tiers import tier_tables

    return tier_tables(inputs)


_PURCHASES = tuple(
    f"value/purchases/{name}"
    for name in (
        "booked_refunds", "census", "customer_purchases", "histories", "history_counts", "holdout_counts",
        "loose_lines", "net_purchase_days", "open_quantities", "purchase_days", "refund_pairs",
        "refunded_orders", "refunds", "spend_counts", "still_open",
    )
)  # fmt: skip

LIFETIMES = Analysis(
    name="lifetime_values",
    version=1,
    chapter="worth",
    title=Text("Lifetime value", "客户终身价值"),
    meaning=Text(
        "What every customer is expected to buy over the coming horizon, at today's value, by the model that "
        "predicted best; and how good that model was on a time it had not seen.",
        "以预测最准的模型估计每位客户未来一段时间的购买及其现值，并说明该模型在未见过的时期表现如何。",
    ),
    needs=("transactions",),
    uses=("customers",),
    gives=(
        results.LIFETIME_VALUES,
        results.LIFETIME_MODELS,
        results.LIFETIME_PARAMETERS,
        results.LIFETIME_COVARIANCES,
        results.LIFETIME_CALIBRATION,
        results.VALUE_ACCURACY,
        results.LIFETIME_TRACKING,
        results.LIFETIME_FREQUENCY,
        results.LIFETIME_CHECKS,
        results.LIFETIME_TIERS_BEFORE,
    ),
    compute=_lifetimes,
    sql=(
        *_PURCHASES,
        *(
            f"value/prediction/{name}"
            for name in (
                "births", "known_margin", "lifetime_values", "purchase_weeks", "scored", "spend_sums",
                "tier_thresholds", "tiers_before", "value_deciles",
            )
        ),
    ),
    chart="lifetime_values",
    sources=(
        "Fader, Hardie & Lee 2005, Marketing Science 24(2)",
        "Batislam, Denizel & Filiztekin 2007, International Journal of Research in Marketing 24(3)",
        "Schmittlein, Morrison & Colombo 1987, Management Science 33(1)",
        "Fader & Hardie 2013, The Gamma-Gamma Model of Monetary Value",
    ),
)  # fmt: skip

TIERS = Analysis(
    name="value_tiers",
    version=1,
    chapter="worth",
    title=Text("Tiers by lifetime value", "终身价值分层"),
    meaning=Text(
        "Customers in four tiers by lifetime value, who moved between them, and who is expected to grow.",
        "按终身价值把客户分为四层，看谁在层间流动、谁有望成长。",
    ),
    needs=("lifetime_values",),
    uses=("lifetime_parameters", "lifetime_covariances", "lifetime_tiers_before"),
    gives=(results.VALUE_TIERS, results.TIER_MIGRATION, results.GROWTH_POTENTIAL, results.RANK_CHANGE),
    compute=_tiers,
    sql=tuple(
        f"value/prediction/{name}"
        for name in (
            "customers_moved", "customers_of_band", "customers_of_tier", "potential_bands", "potential_sums",
            "rank_change", "tier_histories", "tier_moves", "tier_sums", "tier_thresholds",
        )
    ),
    chart="value_tiers",
    sources=("Zeithaml, Rust & Lemon 2001, California Management Review 43(4)",),
)  # fmt: skip

ANALYSES: tuple[Analysis, ...] = (LIFETIMES, TIERS)
