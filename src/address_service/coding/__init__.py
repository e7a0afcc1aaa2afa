"""Pure rules: division codes, address codes, real-estate codes, full text, numbering."""
