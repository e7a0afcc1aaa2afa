"""Handlers of queued jobs, thin."""
