"""The exchange with other registers: what changed for them, and in which order they may apply it."""
