"""Which number a gate gets: streets, areas, reservations; no I/O."""
