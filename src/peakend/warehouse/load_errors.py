"""What can stop a load. Whatever it is, the warehouse stays as it was."""

from __future__ import annotations

from peakend.errors import PeakendError


class LoadError(PeakendError):
    """A load that could not be finished; nothing of it is in the warehouse. `data` names files and table."""

    code = "load.failed"


class NoMappingError(LoadError):
    """Files that need a mapping, and none was given."""

    code = "load.no_mapping"


class UnreadableFilesError(LoadError):
    """Files of the folder that cannot be read; `data["files"]` names them all."""

    code = "load.unreadable"


class WrongTableError(LoadError):
    """A table of the warehouse has a canonical name but not the canonical columns."""

    code = "load.wrong_table"


class StorageFullError(LoadError):
    """The disk, or the memory a load may use, is full."""

    code = "load.full"
