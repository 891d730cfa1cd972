"""BG/NBD: the beta-geometric/NBD model of Fader, Hardie & Lee (2005)."""

from __future__ import annotations

from typing import ClassVar

from peakend.value.models.dropout_at_purchase import DropoutAtPurchaseModel


class BetaGeoModel(DropoutAtPurchaseModel):
    """BG/NBD: customers may leave after each *repeat* purchase.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), pp. 275–284.
    A customer with one purchase has had no chance to leave: the model says P(alive) = 1 for all of them,
    however long they have been silent. That is assumed, not found; see `ModifiedBetaGeoModel`.
    """

    one_time_buyers_stay: ClassVar[bool] = True
    _chances: ClassVar[int] = 0
