"""Where `peakend` begins, and where every error ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from peakend.cli.speech import console, language, say, speak, split_language
from peakend.errors import PeakendError

WRONG_USE = 2
FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 failed, 2 something the user can change, 130 interrupted.

    A `PeakendError` is told in the user's language without a traceback; the traceback of anything else goes
    to a file, which is named.
    """
    try:
        chosen, rest = split_language(sys.argv[1:] if arguments is None else arguments)
        speak(chosen)
        from peakend.cli.commands import command

        command()(args=rest, prog_name="peakend")
    except PeakendError as error:
        _print(error.in_(language()))
        sys.exit(WRONG_USE)
    except KeyboardInterrupt:
        _print(say("Interrupted.", "已中断。"))
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last place that can turn a fault of ours into words
        _print(_apology(error))
        sys.exit(FAILED)
    sys.exit(0)


def _print(text: str) -> None:
    console(stderr=True).print(text, markup=False, soft_wrap=True, style="red")


def _apology(error: BaseException) -> str:
    import traceback

    details = "".join(traceback.format_exception(error))
    file = _written_down(details)
    short = f"{type(error).__name__}: {error}"
    if file is None:
        return (
            say(f"Sorry, this is a fault in Peakend: {short}\n", f"抱歉，Peakend 出现错误：{short}\n")
            + details
        )
    return say(
        f"Sorry, this is a fault in Peakend: {short}\nThe details are in {file}.",
        f"抱歉，Peakend 出现错误：{short}\n详情已写入 {file}。",
    )


def _written_down(details: str) -> Path | None:
    """The file that holds `details`: in the user's folder for applications, else the temporary one."""
    import tempfile
    from datetime import UTC, datetime

    from typer import get_app_dir

    from peakend.release import version

    name = f"error-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
    text = f"peakend {version()}\npython {sys.version}\narguments {sys.argv[1:]!r}\n\n{details}"
    for folder in (Path(get_app_dir("peakend")) / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        except OSError:
            continue
        return folder / name
    return None
