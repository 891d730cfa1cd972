"""The stream of events cut into journeys: by case, by gap, by start and end; nested; stitched."""
