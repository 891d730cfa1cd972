"""Peak-end as a tested model: what of a journey is remembered."""
