"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.answering import embedding, kiosk, pages, preview

app_name = "answering"
urlpatterns = [
    path("s/p/<str:key>/", pages.place, name="place"),
    path("s/i/<str:secret>/", pages.personal, name="personal"),
    path("s/k/<str:key>/", kiosk.kiosk, name="kiosk"),
    path("s/k/<str:key>/answers/", kiosk.answers, name="kiosk_answers"),
    path("s/k/<str:key>/worker.js", kiosk.worker, name="kiosk_worker"),
    path("s/preview/<str:key>/", preview.preview, name="preview"),
    path("s/embed.js", embedding.script, name="embed"),
    path("s/embed/<str:key>.js", embedding.script, name="embed_place"),
]
