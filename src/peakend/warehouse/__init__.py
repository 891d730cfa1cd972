"""The canonical customer tables: schema, loading, data quality, identity."""

from peakend.warehouse.load_report import LoadReport, LoadStep, RepairCount, TableCount
from peakend.warehouse.warehouse import Warehouse, open_warehouse

__all__ = ["LoadReport", "LoadStep", "RepairCount", "TableCount", "Warehouse", "open_warehouse"]
