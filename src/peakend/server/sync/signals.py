"""What other areas may hear of the warehouse."""

from __future__ import annotations

from django.dispatch import Signal

# A customer was erased in the warehouse and that is proven: keyword argument `erasure`
# (ErasureInWarehouse, with
# customer_id, reference and proof), inside the transaction that writes it down.
erased_in_warehouse = Signal()
