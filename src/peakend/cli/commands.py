"""All commands together, with their help in the language of the invocation."""

from __future__ import annotations

import re
from collections.abc import Callable
from shutil import get_terminal_size
from typing import Annotated, Any

import typer

from peakend.cli import (
    customers,
    designing,
    identifying,
    loading,
    looking,
    reporting,
    running,
    serving,
    simulating,
    touchpoints,
    valuing,
)
from peakend.cli.speech import both, picked, say

_WIDE = 120
_LANG_HELP = both(
    "Language: en or zh. May stand anywhere; PEAKEND_LANG sets it for good.",
    "语言：en 或 zh，可放在任意位置；也可用 PEAKEND_LANG 设定。",
)


def command() -> Callable[..., Any]:
    """The whole command, ready to be called with `args` and `prog_name`."""
    app = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode="rich",
        add_completion=False,
        pretty_exceptions_enable=False,
        help=both(
            "Peakend: which customers matter, what they feel at every touchpoint, what drives it, what to do "
            "about it, and whether it paid.",
            "Peakend 峰终：哪些客户重要，他们在每个接触点感受如何，原因何在，该做什么，是否值得。",
        ),
    )
    app.callback()(_root)
    for part in (
        loading,
        simulating,
        touchpoints,
        designing,
        identifying,
        valuing,
        running,
        customers,
        reporting,
        looking,
        serving,
    ):
        part.register(app)
    tree: Any = typer.main.get_command(app)
    _localise(tree)
    return tree  # type: ignore[no-any-return]


def _root(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda on: _version() if on else None,
            help=both("Show the version.", "显示版本。"),
        ),
    ] = False,
    lang: Annotated[str | None, typer.Option("--lang", metavar="en|zh", help=_LANG_HELP)] = None,
) -> None:
    """`--lang` is taken out before; it stands here for the help."""


def _version() -> None:
    from peakend.release import version

    typer.echo(f"peakend {version()}")
    raise typer.Exit


def _localise(node: Any) -> None:  # noqa: ANN401 - the command tree is typer's own
    """Pick the language of every help text in the tree below `node`."""
    node.help = picked(node.help or "")
    node.short_help = picked(node.short_help or "") or None
    if getattr(node, "rich_help_panel", None):
        node.rich_help_panel = picked(node.rich_help_panel)
    for param in node.params:
        param.help = _readable(getattr(param, "help", None))
        param.rich_help_panel = _panel(param.param_type_name)
    own_help = node.get_help_option

    def help_option(context: Any) -> Any:  # noqa: ANN401 - as above
        option = own_help(context)
        if option is not None:
            option.help = say("Show this message and exit.", "显示此帮助。")
            option.rich_help_panel = _panel("option")
        return option

    node.get_help_option = help_option
    for child in getattr(node, "commands", {}).values():
        _localise(child)


def _panel(kind: str) -> str:
    return say("Options", "选项") if kind == "option" else say("Arguments", "参数")


def _readable(text: str | None) -> str:
    """`text` in the language spoken. Cells break only at spaces: narrow Chinese gets some after its marks."""
    chosen = picked(text or "")
    if get_terminal_size().columns >= _WIDE:
        return chosen
    return re.sub(r"([，。；：、）])(?=.)", r"\1 ", chosen)
