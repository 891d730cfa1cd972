"""The structural index: paths from experience over satisfaction to loyalty and value."""
