"""Tables as folders of Parquet files on whatever file system Spark reaches (local, HDFS, S3)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_STAGES = "_peakend_stages"
_DONE = "_SUCCESS"


class Files:
    """`root/table/v…/`: one folder a version. Spark marks a folder that is written whole with `_SUCCESS`; the
    latest of those is the table, anything else is what a killed write left."""

    def __init__(self, session: SparkSession, root: str) -> None:
        jvm: Any = session.sparkContext._jvm
        context: Any = session.sparkContext._jsc
        self._path = jvm.org.apache.hadoop.fs.Path
        path = self._path(root)
        self._system = path.getFileSystem(context.hadoopConfiguration())
        self.root = str(self._system.makeQualified(path).toString()).rstrip("/")
        self._run = uuid.uuid4().hex

    def tables(self) -> dict[str, str]:
        """The folder of the current version of every table."""
        found = sorted(
            str(status.getPath().getParent().toString())
            for status in self._system.globStatus(self._path(f"{self.root}/*/v*/{_DONE}")) or ()
        )
        return {folder.rsplit("/", 2)[1]: folder for folder in found}

    def current(self, name: str) -> str:
        """The folder that holds the table `name` now."""
        return self.tables()[name]

    def next_version(self, name: str) -> str:
        """The folder for a new version of `name`, later than every one there is."""
        statuses = self._system.globStatus(self._path(f"{self.root}/{name}/v*")) or ()
        last = max((int(status.getPath().getName()[1:]) for status in statuses), default=0)
        return f"{self.root}/{name}/v{last + 1:08d}"

    def remove_others(self, name: str, kept: str) -> None:
        """Remove all versions of `name` but the folder `kept`."""
        for status in self._system.listStatus(self._path(f"{self.root}/{name}")):
            folder = str(status.getPath().toString())
            if folder != kept:
                self._remove(folder)

    def remove(self, name: str) -> None:
        self._remove(f"{self.root}/{name}")

    def stage(self, name: str) -> str:
        """A folder for rows on their way, seen by nobody else."""
        return f"{self.root}/{_STAGES}/{self._run}/{name}"

    def remove_stage(self, name: str) -> None:
        self._remove(self.stage(name))

    def remove_stages(self) -> None:
        """Remove every folder that `stage` gave out."""
        self._remove(f"{self.root}/{_STAGES}/{self._run}")
        stages = self._path(f"{self.root}/{_STAGES}")
        if self._system.exists(stages) and not self._system.listStatus(stages):
            self._remove(f"{self.root}/{_STAGES}")

    def _remove(self, folder: str) -> None:
        self._system.delete(self._path(folder), True)
