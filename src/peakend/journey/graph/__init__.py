"""The journey map: what follows what, how long it takes, how it feels."""
