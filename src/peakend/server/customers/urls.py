"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.customers import pages

app_name = "customers"
urlpatterns = [
    path("customers/", pages.listed, name="list"),
    path("customers/import/", pages.upload, name="import"),
    path("customers/import/sample/<slug:kind>.csv", pages.sample, name="sample"),
    path("customers/import/<str:key>/", pages.preview, name="preview"),
    path("customers/import/<str:key>/take-in/", pages.take_in, name="take_in"),
]
