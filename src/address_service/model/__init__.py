"""Value types of the field: codes, numbers, places, addresses, plates; labels in Chinese stand in one file."""
