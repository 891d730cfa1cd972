"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.company import pages

app_name = "company"
urlpatterns = [
    path("company/", pages.edit_company, name="edit_company"),
    path("sites/", pages.sites, name="sites"),
    path("sites/new/", pages.new_site, name="new_site"),
    path("sites/<str:code>/", pages.site, name="site"),
    path("sites/<str:code>/edit/", pages.edit_site, name="edit_site"),
    path("sites/<str:code>/teams/new/", pages.new_team, name="new_team"),
    path("sites/<str:code>/teams/<str:team>/", pages.edit_team, name="edit_team"),
    path("touchpoints/", pages.touchpoints, name="touchpoints"),
    path("touchpoints/new/", pages.new_touchpoint, name="new_touchpoint"),
    path("touchpoints/import/", pages.import_touchpoints, name="import_touchpoints"),
    path("touchpoints/<str:code>/", pages.edit_touchpoint, name="edit_touchpoint"),
]
