"""Handlers of queued jobs, thin: open a unit of work, call one service."""
