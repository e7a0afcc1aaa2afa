"""Pages in Chinese, thin."""
