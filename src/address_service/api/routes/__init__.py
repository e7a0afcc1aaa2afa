"""Routes by resource; each parses, authorises, calls one service or listing, renders."""
