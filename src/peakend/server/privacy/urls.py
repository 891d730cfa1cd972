"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.privacy import pages

app_name = "privacy"
urlpatterns = [
    path("privacy/", pages.requests, name="requests"),
    path("privacy/requests/<str:key>/", pages.one, name="request"),
    path("privacy/requests/<str:key>/file/", pages.file, name="file"),
    path("privacy/customers/<path:customer_id>/export/", pages.export, name="export"),
    path("privacy/customers/<path:customer_id>/erase/", pages.erase, name="erase"),
    path("privacy/customers/<path:customer_id>/", pages.customer, name="customer"),
    path("privacy/retention/", pages.retention, name="retention"),
    path("privacy/retention/keep/", pages.keep, name="keep"),
]
