"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.notices import pages, webhook_pages

app_name = "notices"
urlpatterns = [
    path("notifications/", pages.notifications, name="notifications"),
    path("notifications/count/", pages.count, name="count"),
    path("notifications/read/", pages.read_all, name="read_all"),
    path("notifications/digest/", pages.digest, name="digest"),
    path("notifications/<str:key>/read/", pages.read, name="read"),
    path("mails/", pages.mails, name="mails"),
    path("mails/<str:key>/retry/", pages.retry, name="retry_mail"),
    path("webhooks/", webhook_pages.webhooks, name="webhooks"),
    path("webhooks/new/", webhook_pages.new_webhook, name="new_webhook"),
    path("webhooks/<str:key>/", webhook_pages.webhook, name="webhook"),
    path("webhooks/<str:key>/edit/", webhook_pages.edit_webhook, name="edit_webhook"),
    path("webhooks/<str:key>/test/", webhook_pages.test, name="test_webhook"),
    path("webhooks/<str:key>/secret/", webhook_pages.renew, name="renew_secret"),
    path("webhooks/<str:key>/secret/end-old/", webhook_pages.end_old, name="end_old_secret"),
    path("webhooks/<str:key>/remove/", webhook_pages.remove, name="remove_webhook"),
    path("webhooks/<str:key>/replay/", webhook_pages.replay_parked, name="replay_parked"),
    path("webhooks/<str:key>/deliveries/<str:delivery>/replay/", webhook_pages.replay, name="replay"),
]
