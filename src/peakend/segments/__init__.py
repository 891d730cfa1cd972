"""Whom to focus on: RFM; lifecycle and key accounts to come."""
