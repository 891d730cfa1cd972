"""The API of channels: places, invitations, the ledger, waves, triggers and quotas."""

from __future__ import annotations

from ninja import Router

from peakend.server.channels.api import contacts, invitations, places, rounds

router = Router()
for _part in (places, invitations, contacts, rounds):
    router.add_router("", _part.router)
