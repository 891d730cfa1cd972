"""What other areas may hear of people, and what people need of areas to their right."""

from __future__ import annotations

from django.dispatch import Signal

# An e-mail wants to be sent: keyword arguments to, subject, text, reference. Sent in the transaction it
# belongs to; the outbox takes it.
letter_written = Signal()

# A user may no longer sign in: keyword argument user. Sent in the transaction that did it.
user_deactivated = Signal()
