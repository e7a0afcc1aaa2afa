"""The only SQL: tables, repositories, unit of work, tiles, search."""
