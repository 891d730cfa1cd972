"""What can be wrong with a file, said so that a person can put it right."""

from __future__ import annotations

from peakend.errors import PeakendError


class SourceError(PeakendError):
    """A file that cannot be read. `data` has `path` and, where known, `line` and `byte`."""

    code = "source.unreadable"


class EncodingError(SourceError):
    """Bytes that are no text in the encoding."""

    code = "source.encoding"


class SourceChangedError(SourceError):
    """The file changed while it was read; nothing of it may be kept."""

    code = "source.changed"


class NoSourcesError(SourceError):
    """A folder without a file that Peakend can read."""

    code = "source.none"
