"""Mergers and splits of villages on paper: what boundaries must hold, which names collide, how each is decided."""
