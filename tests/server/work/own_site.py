"""A site of its own in a folder, whose worker and sweeps run as processes that tests may kill."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_BEGIN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "peakend.server.settings"
import django
django.setup()
"""
_TABLES = """
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
"""


@dataclass
class OwnSite:
    """`folder` is its home; `database` a URL, or empty for the embedded one."""

    folder: Path
    database: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a process of the site gets."""
        kept = {n: v for n, v in os.environ.items() if n not in ("DATABASE_URL", "PEAKEND_WAREHOUSE")}
        mine = {"PEAKEND_HOME": str(self.folder), "PEAKEND_LOG_LEVEL": "ERROR", "PEAKEND_ANALYSE_AT": "never"}
        return kept | mine | ({"DATABASE_URL": self.database} if self.database else {}) | self.more

    def make(self) -> OwnSite:
        """Its tables."""
        self.run(_TABLES)
        return self

    def start(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        """A process of the site that runs `code`; its output is a pipe."""
        command = [sys.executable, "-c", _BEGIN + code, *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, code: str, *arguments: str, ends: int = 0) -> str:
        """The output of `code`; AssertionError where it does not end with `ends`."""
        process = self.start(code, *arguments)
        out, err = process.communicate(timeout=180)
        assert process.returncode == ends, err[-3000:]
        return out


def own_site(folder: Path, server: str | None) -> OwnSite:
    """A fresh site in `folder`, on a new database of the PostgreSQL `server` (a URL) or on its own file."""
    if server is None:
        return OwnSite(folder).make()
    import psycopg

    name = f"site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    url = urlsplit(server)
    host = parse_qs(url.query).get("host", [url.hostname or ""])[0]
    port = parse_qs(url.query).get("port", [str(url.port or "")])[0]
    where = f"postgresql://{url.username or ''}@/{name}?host={host}" + (f"&port={port}" if port else "")
    return OwnSite(folder, where).make()
