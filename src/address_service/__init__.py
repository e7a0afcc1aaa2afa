"""Standard addresses, doorplates and their history for a Chinese township."""

__version__ = "0.1.0"
