"""`python -m address_service.cli`."""

from address_service.cli import main

main()
