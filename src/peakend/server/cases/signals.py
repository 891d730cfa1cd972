"""What other areas hear of a case, inside the transaction of what happened.

A receiver that raises undoes it.
"""

from __future__ import annotations

from django.dispatch import Signal

case_opened = Signal()  # `case` (Case), routed and with its deadlines
case_resolved = Signal()  # `case` (Case), with its cause and action
case_closed = Signal()  # `case` (Case), after the customer was told
