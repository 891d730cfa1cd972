"""What can be wrong with a mapping."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable


class MappingError(PeakendError):
    """A mapping that cannot be followed: `data` has `file`, `line`, and `nearest` for a mistyped name."""

    code = "mapping.wrong"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` most likely means, or None."""
    by_folded = {candidate.casefold(): candidate for candidate in names}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def wrong(file: str, line: int, what: Text, do: Text | None = None, **data: object) -> MappingError:
    """A `MappingError` that begins with where in the mapping it is."""
    where = Text(f"{file}, line {line}: {what.en}", f"{file} 第 {line} 行：{what.zh}")
    return MappingError(where, do, file=file, line=line, **data)


def unknown(file: str, line: int, kind: Text, name: str, names: Iterable[str]) -> MappingError:
    """The error for a `name` that is none of `names`; says the nearest right one."""
    known = list(names)
    guess = nearest(name, known)
    listed = ", ".join(sorted(known))
    do = (
        Text(f"Did you mean {guess}?", f"是否应为 {guess}？")
        if guess
        else Text(f"There are: {listed}.", f"可用的有：{listed}。")
    )
    what = Text(f"there is no {kind.en} {name!r}.", f"没有名为 {name!r} 的{kind.zh}。")
    return wrong(file, line, what, do, name=name, nearest=guess)
