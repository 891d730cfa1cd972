"""Customers under contract: cohorts, renewal, expected remaining terms, survival."""
