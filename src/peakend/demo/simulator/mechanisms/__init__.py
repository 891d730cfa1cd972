"""The mechanisms of the simulator, one a module."""
