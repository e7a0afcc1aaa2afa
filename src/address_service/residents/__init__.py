"""Residency, duplicates and findings about people; pure."""
