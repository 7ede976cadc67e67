"""From corpus/ to the shipped reader."""
