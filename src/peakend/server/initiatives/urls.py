"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.initiatives.pages import initiatives, winback

app_name = "initiatives"
urlpatterns = [
    path("winback/", winback.listed, name="campaigns"),
    path("winback/new/", winback.new, name="new_campaign"),
    path("winback/<str:key>/", winback.campaign, name="campaign"),
    path("winback/<str:key>/start/", winback.start, name="start_campaign"),
    path("winback/<str:key>/end/", winback.end, name="end_campaign"),
    path("winback/<str:key>/accepted/", winback.accepted, name="accepted"),
    path("winback-calls/", winback.calls, name="calls"),
    path("winback-calls/<str:key>/", winback.called, name="called"),
    path("initiatives/", initiatives.listed, name="initiatives"),
    path("initiatives/new/", initiatives.new, name="new_initiative"),
    path("initiatives/<str:key>/", initiatives.initiative, name="initiative"),
    path("initiatives/<str:key>/spend/", initiatives.spend, name="spend"),
    path("initiatives/<str:key>/withdraw/", initiatives.withdraw, name="withdraw"),
    path("spend/<str:key>/remove/", initiatives.remove_spend, name="remove_spend"),
    path("spend-effect/", initiatives.spend_effect, name="spend_effect"),
]
