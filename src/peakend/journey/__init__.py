"""Touchpoints and episodes: map, variants, funnels, peak-end, attribution, channel consistency. Not built yet."""
