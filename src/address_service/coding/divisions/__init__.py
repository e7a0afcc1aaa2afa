"""Lists of divisions held against each other, and names that are taken for one another; values in, values out."""
