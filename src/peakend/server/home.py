"""Where a site keeps what is its own: database, secret key, photos, snapshots of the warehouse."""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "PEAKEND_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one site. Everything in it is made on first use and readable by its owner alone."""

    folder: Path

    @property
    def database(self) -> Path:
        """The embedded database; unused with `DATABASE_URL`."""
        return self.folder / "site.sqlite3"

    @property
    def media(self) -> Path:
        """Photos of service visits and exports that wait to be fetched."""
        return self.folder / "media"

    @property
    def snapshots(self) -> Path:
        """Immutable copies of the warehouse that web processes may open."""
        return self.folder / "snapshots"

    @property
    def warehouse(self) -> str:
        """URL of the warehouse: `PEAKEND_WAREHOUSE`, else a DuckDB file in the folder."""
        return os.environ.get("PEAKEND_WAREHOUSE") or f"duckdb:///{self.folder / 'warehouse.duckdb'}"

    def make(self) -> Home:
        """The same home with its folders in place."""
        for folder in (self.folder, self.media, self.snapshots):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def secret_key(self) -> str:
        """`PEAKEND_SECRET_KEY`, else the key kept in the folder, made once even when two processes start."""
        return os.environ.get("PEAKEND_SECRET_KEY") or self._kept("secret_key", 50)

    def setup_code(self) -> str:
        """`PEAKEND_SETUP_CODE`, else the code kept in the folder.

        Who knows it may make the first administrator.
        """
        return os.environ.get("PEAKEND_SETUP_CODE") or self._kept("setup_code", 16)

    def forget_setup_code(self) -> None:
        """Throw the code away: it was used."""
        (self.folder / "setup_code").unlink(missing_ok=True)

    def _kept(self, name: str, size: int) -> str:
        """The secret kept in the file `name`, of `size` random bytes.

        Made by whichever process comes first.
        """
        self.make()
        file = self.folder / name
        if not file.exists():
            fresh = self.folder / f"{name}.{os.getpid()}.{threading.get_ident()}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(size), "ascii")
            # A link fails where the name is taken: the first process wins and the second reads its key.
            try:
                os.link(fresh, file)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return file.read_text("ascii")


def home() -> Home:
    """The home named by `PEAKEND_HOME`, else `peakend-site` in the working directory."""
    return Home(Path(os.environ.get(VARIABLE) or "peakend-site").resolve())
