"""The site's settings for tests: a home of its own, quick passwords, tables without migrations."""

from __future__ import annotations

import os
import tempfile

os.environ["PEAKEND_HOME"] = tempfile.mkdtemp(prefix="peakend-site-")
os.environ.setdefault("PEAKEND_SECRET_KEY", "only for tests, 0123456789 0123456789 0123456789")
os.environ.pop("DATABASE_URL", None)

from peakend.server.settings import *  # noqa: F403
from peakend.server.settings import AREAS, LOGGING

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
LOGGING["root"]["level"] = "ERROR"
STATIC_URL = "/static/"
# One user calls the whole API in a second; the tests of rates set their own.
API_RATE = None

# Straight from the models; tests/server/test_migrations.py holds the migrations to them.
MIGRATION_MODULES = dict.fromkeys(AREAS)
