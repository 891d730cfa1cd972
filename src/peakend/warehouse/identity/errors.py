"""What can go wrong when records of customers are linked, merged and parted."""

from __future__ import annotations

from peakend.errors import PeakendError
from peakend.language import Text


class IdentityError(PeakendError):
    """Linking or merging customers is not possible as asked."""

    code = "identity.failed"


class NoCustomersError(IdentityError):
    """The warehouse has no customers to link."""

    code = "identity.no_customers"


class UnknownCustomerError(IdentityError):
    """A merge names somebody who is not in customers. `data` has `customer_id`."""

    code = "identity.unknown_customer"


class CannotMergeError(IdentityError):
    """Two records cannot be one customer: the same record twice, or a person and an organisation."""

    code = "identity.cannot_merge"


class UnknownMergeError(IdentityError):
    """There is no merge of that id, or it is undone already. `data` has `merge_id`."""

    code = "identity.unknown_merge"


class BlockTooLargeError(IdentityError):
    """A block would compare too many pairs. `data` has block, pairs and max_pairs."""

    code = "identity.block_too_large"

    def __init__(self, block: str, pairs: int, max_pairs: int) -> None:
        super().__init__(
            Text(
                f"The block {block!r} would compare {pairs:,} pairs of records; the limit is {max_pairs:,}.",
                f"分块“{block}”需比较 {pairs:,} 对记录，超过上限 {max_pairs:,} 对。",
            ),
            Text(
                "Make the block narrower (add a column), leave it out of the rules, or raise max_pairs.",
                "请收窄该分块（增加字段），从规则中去掉它，或调高 max_pairs。",
            ),
            block=block,
            pairs=pairs,
            max_pairs=max_pairs,
        )


class BlockRefusedError(IdentityError):
    """The person asked did not let a block run. `data` has block and pairs."""

    code = "identity.block_refused"

    def __init__(self, block: str, pairs: int) -> None:
        super().__init__(
            Text(
                f"The block {block!r} with {pairs:,} pairs was not confirmed; nothing was merged.",
                f"分块“{block}”（{pairs:,} 对）未获确认；未作任何合并。",
            ),
            block=block,
            pairs=pairs,
        )
