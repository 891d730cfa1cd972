"""The migrations make exactly the tables of the models, on an empty database and without a question."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def manage(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Django's own command on a site in `home`, with the real settings."""
    environment = {
        **os.environ,
        "PEAKEND_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "peakend.server.settings",
        "PEAKEND_LOG_LEVEL": "ERROR",
    }
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "django", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_no_model_is_ahead_of_its_migrations(tmp_path: Path) -> None:
    checked = manage(tmp_path, "makemigrations", "--check", "--dry-run")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_empty_database_becomes_a_site(tmp_path: Path) -> None:
    made = manage(tmp_path, "migrate", "--verbosity", "0")
    assert made.returncode == 0, made.stderr
    again = manage(tmp_path, "migrate", "--check")
    assert again.returncode == 0, again.stdout
    assert (tmp_path / "site.sqlite3").stat().st_size > 100_000
