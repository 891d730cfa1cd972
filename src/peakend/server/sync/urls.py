"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.sync import pages

app_name = "sync"
urlpatterns = [
    path("warehouse/", pages.warehouse, name="warehouse"),
    path("warehouse/run/", pages.run, name="run"),
]
