"""The analysis `lifetime_values`: which model, how good, and every customer's present value."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.value.prediction import judging, results
from peakend.value.prediction.candidates import NEVER_DIE
from peakend.value.prediction.scoring import Ahead, score_table, scored
from peakend.value.prediction.spending import KNOWN_COSTS, Margin, Spending, margin, spending
from peakend.value.prediction.study import Study, study
from peakend.value.purchases.purchases import purchases_in
from peakend.value.purchases.summary import histories_of

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results, ResultTable
    from peakend.engine import Relation
    from peakend.value.models.average_spend import SpendIndependence
    from peakend.value.models.likelihood_model import LikelihoodModel
    from peakend.value.purchases.purchases import Purchases

GIVES: tuple[ResultTable, ...] = (
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
)
SPEND = "gamma-gamma"


def lifetime_tables(inputs: Inputs) -> Results:
    """Every table of the analysis; customers as relations that never pass through Python.

    Purchases are days on which a customer bought, net of refunds (see `Purchases`). Values are margins at the
    company's own rate where the cost of 95 % of the revenue is known, else revenue. Raises
    `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    """
    found: dict[str, Any] = {table.name: table.schema().empty_table() for table in GIVES}
    settings = inputs.settings
    purchases = purchases_in(
        inputs["transactions"], customers=inputs["customers"], currency=settings.currency
    )
    done = study(purchases, settings.confidence)
    models = judging.model_rows(done, settings.confidence)
    found["lifetime_models"] = results.LIFETIME_MODELS.of(models)
    if done.final is None or done.name is None:
        return found
    spend, rate = spending(purchases.histories(), settings.confidence), margin(purchases)
    found |= _judged(purchases, done, spend, inputs)
    found["lifetime_checks"] = results.LIFETIME_CHECKS.of(_checks(done, spend, rate))
    return found | _values(purchases, done, spend, rate, inputs)


def _judged(purchases: Purchases, done: Study, spend: Spending, inputs: Inputs) -> dict[str, Any]:
    """The tables that tell how good the models are."""
    settings = inputs.settings
    assert done.final is not None
    assert done.name is not None
    fitted: dict[str, LikelihoodModel[Any]] = {done.name: done.final}
    customers = {done.name: done.histories.total, SPEND: spend.repeaters}
    if spend.model is not None:
        fitted[SPEND] = spend.model
    found: dict[str, Any] = {
        "lifetime_parameters": results.LIFETIME_PARAMETERS.of(
            judging.parameter_rows(fitted, customers, settings.confidence)
        ),
        "lifetime_covariances": results.LIFETIME_COVARIANCES.of(judging.covariance_rows(fitted)),
        "lifetime_frequency": results.LIFETIME_FREQUENCY.of(
            judging.frequency_rows(done, settings.confidence)
        ),
        "lifetime_calibration": results.LIFETIME_CALIBRATION.of(
            judging.calibration_rows(done, settings.confidence)
        ),
    }
    if done.judged is not None and done.cut is not None:
        rows = judging.tracking_rows(purchases, done.judged, done.cut)
        found["lifetime_tracking"] = results.LIFETIME_TRACKING.of(rows)
    return found


def _values(
    purchases: Purchases, done: Study, spend: Spending, rate: Margin, inputs: Inputs
) -> dict[str, Any]:
    """Every customer's value now, the tier before, and how predicted spend compared with the actual."""
    assert done.final is not None
    settings = inputs.settings
    ahead = Ahead(settings.value_horizon_days, settings.discount_rate)
    histories = purchases.histories()
    now = scored(histories, score_table(done.final, done.histories, ahead), spend, rate)
    thresholds = tier_thresholds(now)
    values = inputs.engine.query(
        "value/prediction/lifetime_values",
        {
            "model": done.name,
            "margin": rate.rate,
            "basis": rate.basis,
            "horizon_days": ahead.days,
            "discount_rate": ahead.discount_rate,
            "as_of": purchases.as_of,
            "currency": purchases.currency,
            **thresholds,
        },
        scored=now,
        earlier=purchases.histories(purchases.as_of - timedelta(days=ahead.days)),
    )
    found: dict[str, Any] = {"lifetime_values": values}
    if done.judged is None or done.cut is None:
        return found
    until = done.cut.validated_until
    then = purchases.histories(until)
    counts = histories_of(then, done.histories.time_unit)
    before = scored(then, score_table(done.judged, counts, ahead), spend, rate)
    found["lifetime_tiers_before"] = inputs.engine.query(
        "value/prediction/tiers_before", {"as_of": until, **thresholds}, scored=before
    )
    found["value_accuracy"] = _accuracy(purchases, done, spend, then)
    return found


def _accuracy(purchases: Purchases, done: Study, spend: Spending, then: Relation) -> Any:  # noqa: ANN401
    """Predicted and actual spend in the test window; the model of spend knew only what came before."""
    assert done.judged is not None
    assert done.cut is not None
    window = Ahead(done.cut.test_days, 0.0)
    scores = score_table(done.judged, histories_of(then, done.histories.time_unit), window)
    rows = purchases.engine.query(
        "value/prediction/value_deciles",
        {"from_on": done.cut.validated_until},
        scored=scored(then, scores, spending(then), Margin("revenue", 1.0, 0.0)),
        days=purchases.days(),
    ).to_arrow().to_pylist()  # fmt: skip
    rows.sort(key=lambda row: row["decile"])
    total = {name: sum(row[name] for row in rows) for name in ("customers", "predicted", "actual")}
    for row in [*rows, total]:
        share = float(row["actual"] / total["actual"]) if total["actual"] else None
        row.update(share_of_actual=share, currency=purchases.currency)
    return results.VALUE_ACCURACY.of([{"decile": 0, **total}, *rows])


def tier_thresholds(values: Relation) -> dict[str, Any]:
    """The lifetime value from which a customer is platinum (the top twentieth), gold (a fifth), iron (half).

    To two significant digits, so that thresholds stay where they are while data grow a little.
    Source of the tiers: Zeithaml, Rust & Lemon (2001), California Management Review 43(4).
    """
    row = values.query("value/prediction/tier_thresholds", name="scored").to_arrow().to_pylist()[0]
    return {name: _rounded(row[name]) for name in ("platinum", "gold", "iron")}


def _rounded(value: Any) -> Any:  # noqa: ANN401 - a decimal or nothing
    """`value` to two significant digits, at most four decimals."""
    if value is None or value <= 0:
        return value
    digits = value.adjusted() - 1
    return value.quantize(value.__class__((0, (1,), max(digits, -4)))).quantize(value.__class__("0.0001"))


def _checks(done: Study, spend: Spending, rate: Margin) -> list[dict[str, Any]]:
    """Rows of `lifetime_checks`."""
    histories = done.histories
    once = int(histories.customers[histories.frequency == 0].sum())
    rows = [
        {
            "check": "bought_once",
            "value": once / histories.total,
            "n": histories.total,
            "warning": done.name in NEVER_DIE,
            **_meaning(_bought_once(done.name or "")),
        },
        {
            "check": "cost_known",
            "value": rate.known,
            "n": histories.total,
            "warning": rate.basis == "revenue",
            **_meaning(
                Text(
                    f"Share of the revenue whose cost is known. Below {100 * KNOWN_COSTS:.0f} % values are "
                    "revenue, not margin.",
                    f"成本已知的收入占比；低于 {100 * KNOWN_COSTS:.0f}% 时，价值按收入而非毛利计。",
                )
            ),
        },
    ]
    if spend.independence is not None:
        rows.append(_independence(spend.independence))
    if spend.model is None:
        rows.append(
            {
                "check": "spend_model",
                "n": spend.repeaters,
                "warning": True,
                **_meaning(
                    Text(
                        "The model of spend could not be fitted; everybody is expected to spend the mean.",
                        "消费金额模型无法拟合，所有客户按总体平均金额计。",
                    )
                ),
            }
        )
    return rows


def _independence(found: SpendIndependence) -> dict[str, Any]:
    """What it means that spend goes with frequency: the model of spend takes it that it does not."""
    meanings = {
        "holds": Text(
            "Correlation of spend with how often customers buy: negligible, as the model of spend assumes.",
            "消费金额与购买频率的相关系数：可忽略，符合金额模型的假设。",
        ),
        "unclear": Text(
            "Correlation of spend with how often customers buy; whether it is negligible cannot be told.",
            "消费金额与购买频率的相关系数；是否可忽略尚不能断定。",
        ),
        "fails": Text(
            "Those who buy often spend otherwise a time, which the model of spend does not allow for: values "
            "of frequent buyers are off in that direction.",
            "常客的单次消费与他人不同，而金额模型未考虑这一点：常客的价值会向该方向偏差。",
        ),
    }
    return {
        "check": "spend_independence",
        "value": found.correlation,
        "low": found.low,
        "high": found.high,
        "n": found.customers,
        "warning": found.verdict == "fails",
        **_meaning(meanings[found.verdict]),
    }


def _bought_once(model: str) -> Text:
    if model == "BG/NBD":
        return Text(
            "Share of customers who bought once. BG/NBD says of all of them that they are still customers; "
            "read their probability of being alive as unknown.",
            "只买过一次的客户占比。BG/NBD 认为他们全部仍是客户，其“仍存活”概率应视为未知。",
        )
    if model == "NBD":
        return Text(
            "Share of customers who bought once. In this history nobody is seen to leave, so the model lets "
            "nobody leave: values are upper bounds.",
            "只买过一次的客户占比。这段历史中看不出有人流失，模型因此假定无人流失：所得价值是上限。",
        )
    return Text(
        "Share of customers who bought once; the model allows that they have left.",
        "只买过一次的客户占比；模型允许他们已经流失。",
    )


def _meaning(text: Text) -> dict[str, str]:
    return {"meaning_en": text.en, "meaning_zh": text.zh}
