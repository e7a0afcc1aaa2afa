"""Pure rules about people, households and where they live: no clock, no database, no keys."""
