"""Standard addresses, doorplates and their history for a Chinese township."""
