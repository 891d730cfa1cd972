"""Delivered value: what customers get for what it costs them, beside what they bring."""
