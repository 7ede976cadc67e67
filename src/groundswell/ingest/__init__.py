"""Bytes to Documents: one small module for each format; every input ends in one named outcome."""
