"""The fonts under the name by which jobs and commands ask for them."""

from address_service.store.fonts import FontsMissing, load_fonts

__all__ = ["FontsMissing", "load_fonts"]
