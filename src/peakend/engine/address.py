"""A warehouse URL taken apart: what is opened, and the options after the question mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from peakend.engine.errors import ConnectionFailedError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Collection

_OPTIONS = re.compile(r"\?(?=[A-Za-z_.]+=|$)")


def split(url: str, allowed: Collection[str], *, prefix: str | None = None) -> tuple[str, dict[str, str]]:
    """(`url` without its options, the options by name). Raises `ConnectionFailedError` for an unknown option:
    neither one of `allowed` nor one that begins with `prefix`.

    The part before the question mark is taken as it stands, so a path keeps its spaces and percent signs.
    """
    place, *rest = _OPTIONS.split(url, maxsplit=1)
    options: dict[str, str] = {}
    for part in filter(None, (rest[0] if rest else "").split("&")):
        name, _, value = part.partition("=")
        if name not in allowed and not (prefix and name.startswith(prefix)):
            raise unknown_option(url, name, allowed)
        options[name] = unquote(value)
    return place, options


def flag(options: dict[str, str], name: str) -> bool:
    """Remove the option `name` and read it as yes or no (absent: no)."""
    return options.pop(name, "0").lower() in {"1", "true", "yes", "on"}


def unknown_option(url: str, name: str, allowed: Collection[str]) -> ConnectionFailedError:
    listed = ", ".join(sorted(allowed))
    return ConnectionFailedError(
        Text(f"{url} has an unknown option {name!r}.", f"{url} 含有未知选项 {name!r}。"),
        Text(f"The options are: {listed}.", f"可用选项：{listed}。"),
        url=url,
    )
