"""What ships beside the code (weights, gazetteer), and the loader that opens it by name and checksum."""
