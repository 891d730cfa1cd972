"""Log lines that machines read: one JSON object a line."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request"}

# Addresses that are secrets themselves. Django writes the path of what it refuses or what breaks.
_SECRET = re.compile(r"/(s/i|s/no|choose-password)/[^\s\"'<>]+")


class Patience(logging.Filter):
    """While the database is away Django writes an error, often with a traceback, for each of an outage's
    requests. That is no fault in here: it becomes a warning in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record stays."""
        if getattr(getattr(record, "request", None), "unavailable", False):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class JsonLines(logging.Formatter):
    """A record with everything in its `extra` as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _OWN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _SECRET.sub(r"/\1/…", json.dumps(line, ensure_ascii=False, default=str))
