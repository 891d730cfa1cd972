"""What other areas hear of: what happened to customers."""

from __future__ import annotations

from django.dispatch import Signal

# Sent once an interaction, in the transaction that stores it: `interaction` (Interaction, stored, with
# customer, touchpoint, site and team loaded). Not sent again where the same event is told again.
interaction_received = Signal()
