"""The operational site: customers answer, staff act, managers see it live.

One folder an area, each with its models, services (they change), selectors (they read), policies, pages, api,
tasks (sweeps of the worker) and templates.
Arrows between areas point one way; `pyproject.toml` holds the map.
"""
