"""Measures from outside: speed and memory as ratios to a floor of the same run."""
