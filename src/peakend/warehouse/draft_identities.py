"""Draft the e-mail addresses and telephone numbers in a file of customers as their identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.draft_names import concepts
from peakend.warehouse.draft_yaml import column_rule, flow, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.warehouse.draft_profile import ColumnProfile
    from peakend.warehouse.draft_yaml import Draft

_MOST = 0.5


def write_identities(found: Sequence[ColumnProfile], key: ColumnProfile, draft: Draft) -> None:
    """Loads of `identities` from the same file, one for each column of addresses or numbers."""
    columns = [(kind, one) for one in found if (kind := identity_kind(one)) is not None]
    # The key of an identity is a template, in which a name with braces cannot stand.
    if not columns or "{" in key.name or "}" in key.name:
        return
    draft.put(3, "identities:", Text("what the same customer is known by elsewhere", "同一客户在别处的标识"))
    kinds = [kind for kind, _ in columns]
    for number, (kind, one) in enumerate(columns):
        prefix = kind if kinds.index(kind) == number else f"{kind}{number + 1}"
        draft.put(4, f"- where: {flow({one.name: '{empty: no}'})}")
        draft.put(5, "columns:")
        draft.put(6, f"identity_id: {scalar(f'{prefix}-{{{key.name}}}')}")
        draft.put(6, f"customer_id: {column_rule(key.name)}")
        draft.put(6, f"kind: {flow({'value': kind})}")
        why = Text(f"by its name and values; {1 - one.filled / one.rows:.0%} empty",
                   f"据列名与取值判断；{1 - one.filled / one.rows:.0%} 为空")  # fmt: skip
        draft.put(6, f"value: {column_rule(one.name)}", why, "sure")


def identity_kind(found: ColumnProfile) -> str | None:
    """email or phone, where most values are; a number needs the name too: any long one looks right."""
    fits = concepts(found.name)
    if found.filled and found.emails > _MOST:
        return "email"
    if found.filled and "phone" in fits and found.phones > _MOST:
        return "phone"
    return None
