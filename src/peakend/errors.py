"""Errors a person can act on: a code for machines, a sentence in two languages, and the data behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from peakend.language import Language, Text


class PeakendError(Exception):
    """Something the user can understand and change.

    `what` says what happened and where, `do` what to do next; `data` carries the objects for machines.
    The command line prints both sentences without a traceback and exits with 2.
    """

    code: ClassVar[str] = "error"

    def __init__(self, what: Text, do: Text | None = None, **data: object) -> None:
        self.what = what
        self.do = do
        self.data = data
        super().__init__(self.in_("en"))

    def in_(self, language: Language) -> str:
        """The whole message in `language`: what happened, then what to do next."""
        sentences = [self.what.in_(language)]
        if self.do is not None:
            sentences.append(self.do.in_(language))
        return "\n".join(sentences)
