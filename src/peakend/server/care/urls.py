"""Addresses of the care programme."""

from __future__ import annotations

from django.urls import path

from peakend.server.care.pages import audits, calendar, programme, suggestions

app_name = "care"
urlpatterns = [
    path("care/items/", programme.items, name="items"),
    path("care/items/new/", programme.new_item, name="new_item"),
    path("care/items/<str:key>/retire/", programme.retire_item, name="retire_item"),
    path("care/goals/", programme.goals, name="goals"),
    path("care/goals/new/", programme.new_goal, name="new_goal"),
    path("care/goals/<str:key>/retire/", programme.retire_goal, name="retire_goal"),
    path("care/goals/<str:key>/steps/new/", programme.new_step, name="new_step"),
    path("care/steps/<str:key>/done/", programme.settle_step, name="settle_step"),
    path("care/level/", programme.level, name="level"),
    path("care/consistency/", audits.consistency, name="consistency"),
    path("care/audits/", audits.listed, name="audits"),
    path("care/audits/new/", audits.new, name="new_audit"),
    path("care/audits/<str:key>/", audits.audit, name="audit"),
    path("care/calendar/", calendar.shown, name="calendar"),
    path("care/calendar/new/", calendar.new, name="new_rule"),
    path("care/rules/<str:key>/retire/", calendar.retire, name="retire_rule"),
    path("care/rules/<str:key>/apply/", calendar.apply, name="apply_rule"),
    path("care/tasks/", calendar.tasks, name="tasks"),
    path("care/tasks/<str:key>/settle/", calendar.settle, name="settle_task"),
    path("care/suggestions/", suggestions.listed, name="suggestions"),
    path("care/suggestions/new/", suggestions.new, name="new_suggestion"),
    path("care/suggestions/<str:key>/retire/", suggestions.retire, name="retire_suggestion"),
    path("care/for/<path:customer>/", suggestions.for_customer, name="for_customer"),
]
