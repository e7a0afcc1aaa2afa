"""Profile + content → bytes: layout, QR, sheets, lists; no I/O."""
