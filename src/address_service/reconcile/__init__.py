"""Pure: a population extract held against the register, and what changed for other registers in a safe order."""
