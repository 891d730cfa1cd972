"""One customer, one key: link records of the same customer across sources, merge them, and undo it."""

from peakend.warehouse.identity.blocking import DEFAULT_BLOCKS, Block, BlockSize
from peakend.warehouse.identity.errors import (
    BlockRefusedError,
    BlockTooLargeError,
    CannotMergeError,
    IdentityError,
    NoCustomersError,
    UnknownCustomerError,
    UnknownMergeError,
)
from peakend.warehouse.identity.evidence import explain
from peakend.warehouse.identity.linkage import link_customers
from peakend.warehouse.identity.merges import list_merges, merge_customers, undo_merge
from peakend.warehouse.identity.moves import (
    apply_merges,
    as_loaded,
    links,
    merges_suspended,
    suspend_merges,
)
from peakend.warehouse.identity.report import LinkReport
from peakend.warehouse.identity.roles import party_roles

__all__ = [
    "DEFAULT_BLOCKS",
    "Block",
    "BlockRefusedError",
    "BlockSize",
    "BlockTooLargeError",
    "CannotMergeError",
    "IdentityError",
    "LinkReport",
    "NoCustomersError",
    "UnknownCustomerError",
    "UnknownMergeError",
    "apply_merges",
    "as_loaded",
    "explain",
    "link_customers",
    "links",
    "list_merges",
    "merge_customers",
    "merges_suspended",
    "party_roles",
    "suspend_merges",
    "undo_merge",
]
