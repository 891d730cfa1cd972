"""What the area hears of the warehouse: a customer was erased there too."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.services import audit
from peakend.server.privacy.models import PrivacyRequest
from peakend.server.sync.signals import erased_in_warehouse


@receiver(erased_in_warehouse)
def _proven(erasure: Any, **_: object) -> None:  # noqa: ANN401 - a row of the area sync
    """Keep the proof and forget whose it was: the fingerprint stays."""
    request = PrivacyRequest.objects.filter(key=erasure.reference).first()
    if request is None:
        return
    request.proof = {**request.proof, "warehouse": erasure.proof}
    request.whose, request.failure, request.warehouse_done_at = "", "", clock.now()
    request.save()
    # What was handed out to them before named them too.
    PrivacyRequest.objects.filter(fingerprint=request.fingerprint).update(whose="")
    audit(system("erasure in the warehouse"), "privacy.erased_in_warehouse", request)
