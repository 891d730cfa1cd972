"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.boards import customer_pages, files, pages

app_name = "boards"
urlpatterns = [
    path("", pages.home, name="home"),
    path("dashboards/", pages.listed, name="list"),
    path("dashboards/views/save/", pages.save_view, name="save_view"),
    path("dashboards/views/<str:key>/", pages.view, name="view"),
    path("dashboards/views/<str:key>/remove/", pages.remove_view, name="remove_view"),
    path("dashboards/<str:key>/", pages.board, name="board"),
    path("dashboards/<str:key>/answers/", pages.answers, name="answers"),
    path("dashboards/<str:key>/words/", pages.words, name="words"),
    path("dashboards/<str:key>/figures.csv", files.figures_file, name="figures_file"),
    path("dashboards/<str:key>/answers.csv", files.answers_file, name="answers_file"),
    path("customers/<path:customer_id>/", customer_pages.customer, name="customer"),
    path("analyses/", customer_pages.analyses, name="analyses"),
    path("analyses/report/<str:language>/", customer_pages.report_page, name="report"),
]
