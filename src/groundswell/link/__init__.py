"""Reports of the same happening: block, compare, decide."""
