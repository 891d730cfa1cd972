"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.promises import pages

app_name = "promises"
urlpatterns = [
    path("promises/", pages.promises, name="promises"),
    path("promises/new/", pages.new_promise, name="new_promise"),
    path("promises/<str:key>/", pages.promise, name="promise"),
    path("promises/<str:key>/edit/", pages.edit_promise, name="edit_promise"),
    path("promises/<str:key>/terms/", pages.revise, name="revise"),
    path("promises/<str:key>/launch/", pages.launch, name="launch"),
    path("promises/<str:key>/end/", pages.end, name="end"),
    path("promises/<str:key>/uses/", pages.record_use, name="record_use"),
]
