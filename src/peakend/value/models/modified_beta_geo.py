"""MBG/NBD: the modified beta-geometric/NBD model of Batislam, Denizel & Filiztekin (2007)."""

from __future__ import annotations

from typing import ClassVar

from peakend.value.models.dropout_at_purchase import DropoutAtPurchaseModel


class ModifiedBetaGeoModel(DropoutAtPurchaseModel):
    """MBG/NBD: customers may leave after each purchase, the first one too.

    Source: Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24(3),
    pp. 201–209. P(alive) of a customer with one purchase falls with time, unlike that of BG/NBD.
    """

    _chances: ClassVar[int] = 1
