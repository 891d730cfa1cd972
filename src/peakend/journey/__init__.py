"""Touchpoints and episodes: map, variants, funnels, peak-end, attribution."""
