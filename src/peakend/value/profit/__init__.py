"""Customer profit: margin and other value less what it costs to serve, win and keep customers."""
