"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from peakend.cli.speech import console


def print_grid(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[int] = ()
) -> None:
    """Print `rows` under `headings`; the columns numbered in `right` are flush right. Long texts wrap."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(str(cell)) for cell in row))
    console().print(grid)
