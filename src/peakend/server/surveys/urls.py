"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.surveys import builder, export_pages, language_pages, pages

app_name = "surveys"
urlpatterns = [
    path("surveys/", pages.survey_list, name="list"),
    path("surveys/new/", pages.new, name="new"),
    path("surveys/import/", pages.bring, name="import"),
    path("surveys/<str:key>/", pages.survey_page, name="survey"),
    path("surveys/<str:key>/change/", builder.change, name="change"),
    path("surveys/<str:key>/words/", builder.frame_words, name="words"),
    path("surveys/<str:key>/pages/<slug:page_id>/", builder.page_words, name="page"),
    path("surveys/<str:key>/questions/<slug:question_id>/", builder.question, name="question"),
    path("surveys/<str:key>/languages/", language_pages.languages, name="languages"),
    path("surveys/<str:key>/languages/change/", language_pages.change_languages, name="change_languages"),
    path("surveys/<str:key>/languages/<slug:tag>/", language_pages.translate, name="translate"),
    path("surveys/<str:key>/translations.<slug:form>", language_pages.translation_file, name="translations"),
    path("surveys/<str:key>/versions/", pages.versions, name="versions"),
    path("surveys/<str:key>/versions/<int:number>/", pages.version, name="version"),
    path("surveys/<str:key>/preview/", pages.preview, name="preview"),
    path("surveys/<str:key>/settings/", pages.settings, name="settings"),
    path("surveys/<str:key>/publish/", pages.publish, name="publish"),
    path("surveys/<str:key>/turn/", pages.turn, name="turn"),
    path("surveys/<str:key>/duplicate/", pages.duplicate, name="duplicate"),
    path("surveys/<str:key>/discard/", pages.discard, name="discard"),
    path("surveys/<str:key>/export/", export_pages.export_page, name="export"),
    path("surveys/<str:key>/questionnaire.json", export_pages.questionnaire_file, name="questionnaire_file"),
]
