"""The ways journeys go, from the first step to the last."""
