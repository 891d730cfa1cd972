"""What customers remember and what delights them; which metrics are stable enough to steer by."""
