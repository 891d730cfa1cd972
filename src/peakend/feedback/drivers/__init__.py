"""What drives the whole: relative importance, asymmetry, priorities, with honest intervals."""
