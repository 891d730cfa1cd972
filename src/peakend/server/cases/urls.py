"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from peakend.server.cases import case_pages, pages, settings_pages

app_name = "cases"
urlpatterns = [
    path("cases/", pages.inbox, name="inbox"),
    path("cases/team/", pages.team, name="team"),
    path("cases/new/", pages.new, name="new"),
    path("cases/leave/", pages.leave, name="leave"),
    path("cases/export.csv", pages.export, name="export"),
    path("cases/settings/", settings_pages.overview, name="settings"),
    path("cases/settings/<slug:what>/", settings_pages.listed, name="settings_list"),
    path("cases/settings/<slug:what>/new/", settings_pages.edit, name="settings_new"),
    path("cases/settings/<slug:what>/<slug:code>/", settings_pages.edit, name="settings_edit"),
    path("cases/settings/<slug:what>/<slug:code>/turn/", settings_pages.turn, name="settings_turn"),
    path("cases/compensation/<str:key>/decide/", case_pages.decide, name="decide"),
    path("cases/<str:key>/", case_pages.case, name="case"),
    path("cases/<str:key>/take/", case_pages.take, name="take"),
    path("cases/<str:key>/go-on/", case_pages.go_on, name="go_on"),
    path("cases/<str:key>/close/", case_pages.close, name="close"),
    path("cases/<str:key>/contact/", case_pages.contact, name="contact"),
    path("cases/<str:key>/mail/", case_pages.mail, name="mail"),
    path("cases/<str:key>/note/", case_pages.note, name="note"),
    *(path(f"cases/<str:key>/{name}/", case_pages.step_page(name), name=name) for name in case_pages.STEPS),
]
