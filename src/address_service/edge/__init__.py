"""What api and web share: sign-in, scope, unit of work, problem answers."""
