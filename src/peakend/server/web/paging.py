"""Pages of a list by cursor: stable while rows are added, the thousandth as cheap as the first."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.server.acting.errors import InvalidError

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

MOST = 200


def cut(
    rows: QuerySet[Any], cursor: str | None, limit: int = 50, newest_first: bool = True
) -> tuple[list[Model], str | None]:
    """One page of `rows` in the order of their primary key, and the cursor of the next (None: the last).

    `InvalidError` for a limit outside 1 to `MOST` and for a cursor that this site did not give out.
    """
    if not 1 <= limit <= MOST:
        raise InvalidError(
            Text(f"The limit lies between 1 and {MOST}.", f"limit 须在 1 至 {MOST} 之间。"),
            Text("Send another, or none.", "请更改或省略。"),
            fields=[{"field": "query.limit", "message": f"1 … {MOST}"}],
        )
    size = limit
    ordered = rows.order_by("-pk" if newest_first else "pk")
    if cursor:
        ordered = ordered.filter(**{"pk__lt" if newest_first else "pk__gt": _read(cursor)})
    found = list(ordered[: size + 1])
    return found[:size], _write(found[size - 1].pk) if len(found) > size else None


def _write(key: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([key]).encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        (key,) = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < 2**63:
            raise ValueError(key)
        return key
    except (ValueError, TypeError) as error:
        raise InvalidError(
            Text("This cursor was not given out by this list.", "此游标并非由该列表给出。"),
            Text("Begin again without a cursor.", "请不带游标重新开始。"),
        ) from error
