"""Answers as files: CSV, XLSX and SPSS, one row a response."""
