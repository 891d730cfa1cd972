"""How journeys end: erosion, end gestures that pay, memory and the next purchase."""
