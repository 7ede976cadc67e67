"""The manifest of what ships (weights, gazetteer) and the loader that checks it."""
