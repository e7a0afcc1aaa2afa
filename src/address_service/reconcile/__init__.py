"""Pure rules of holding a population extract against the register: no clock, no database, no keys, no files."""
