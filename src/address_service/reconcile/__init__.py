"""Population extract × register → outcome per row; pure."""
