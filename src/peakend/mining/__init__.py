"""The mining process: response, affinity, demand, model register, drift. Not built yet."""
