"""Readers and writers of vector files, CRS detection, topology report."""
