"""Everything kept of a customer in one file: JSON for machines, a page for people."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from peakend.engine import connect
from peakend.server.acting import clock
from peakend.server.customers.personal import holders
from peakend.server.sync.snapshots import newest

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.server.customers.models import Customer


def exports() -> Path:
    """Where the files wait until they are fetched; retention removes them."""
    folder: Path = settings.MEDIA_ROOT / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_export(customer: Customer, key: str) -> tuple[str, dict[str, int]]:
    """Write the file of the request `key`; its name, and the rows of every part."""
    parts: dict[str, list[dict[str, Any]]] = {
        holder.name: [dict(row) for row in holder.export(customer)] for holder in holders()
    }
    parts |= {f"warehouse.{name}": rows for name, rows in _warehouse(customer.customer_id).items()}
    titles = {holder.name: holder.title for holder in holders()}
    content = json.dumps(
        {"customer_id": customer.customer_id, "at": clock.now().isoformat(), "parts": parts},
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        indent=1,
        default=str,
    )
    shown = [(titles.get(name), name, rows) for name, rows in parts.items()]
    page = render_to_string("privacy/export.html", {"customer": customer, "parts": shown, "at": clock.now()})
    name = f"{key}.zip"
    with zipfile.ZipFile(exports() / name, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("customer.json", content)
        file.writestr("customer.html", page)
    return name, {name: len(rows) for name, rows in parts.items()}


def _warehouse(customer_id: str) -> dict[str, list[dict[str, Any]]]:
    """The customer's rows in the newest snapshot of the warehouse, by table; results of analyses too."""
    snapshot = newest()
    if snapshot is None:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    with connect(f"duckdb:///{snapshot}", read_only=True) as engine:
        for name in engine.tables():
            if "customer_id" not in engine.schema(name).names:
                continue
            asked = "select t.* from t where t.customer_id = $id"
            rows = engine.table(name).query(asked, {"id": customer_id}).to_arrow()
            if len(rows):
                found[name] = rows.to_pylist()
    return found
