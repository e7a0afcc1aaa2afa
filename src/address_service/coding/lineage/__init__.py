"""Lineage (沿革): what a text or an identity of one day is on another, by recorded events and successors alone."""
