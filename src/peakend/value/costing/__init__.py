"""Time-driven activity-based costing: pools, practical capacity, unit times, what stays unused."""
