"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.work import pages

app_name = "work"
urlpatterns = [path("worker/", pages.worker, name="worker")]
