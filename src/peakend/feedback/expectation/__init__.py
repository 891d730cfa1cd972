"""Expectation and perception: gaps, instruments and how reliably they measure."""
