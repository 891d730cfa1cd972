"""What gunicorn runs: `gunicorn peakend.server.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peakend.server.settings")
application = get_wsgi_application()
# Every area's pages are read before the processes part: the first customers of each do not wait for it.
get_resolver().url_patterns  # noqa: B018 - read for its effect
