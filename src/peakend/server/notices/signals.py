"""What other areas hear of letters, inside the transaction that writes it down: keyword argument `mail`
(Mail)."""

from __future__ import annotations

from django.dispatch import Signal

mail_sent = Signal()
# Given up for good: the address does not exist or refuses, or it could not be sent for days. Also
# `permanent` (bool).
mail_failed = Signal()
