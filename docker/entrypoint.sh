#!/bin/sh
# Make what the database lacks (roles, extensions, schema), then become the service. Passwords come in the environment,
# as variables or, for the container engine's secrets, as files named by NAME_FILE.
set -eu

for name in POSTGRES_PASSWORD OWNER_PASSWORD APP_PASSWORD READ_PASSWORD; do
    eval "file=\${${name}_FILE:-}"
    # shellcheck disable=SC2154 # set by the eval above
    [ -z "$file" ] || export "$name=$(cat "$file")"
done

# A password may hold any character; in a URL it may not.
url() { # role password database
    python -c 'import sys; from urllib.parse import quote; r, p, h, d = sys.argv[1:]
print(f"postgresql://{r}:{quote(p, safe=str())}@{h}/{d}")' "$1" "$2" "$DATABASE_HOST" "$3"
}

if [ -n "${DATABASE_HOST:-}" ]; then
    database=${DATABASE_NAME:-address_service}
    ADMIN_DATABASE_URL=$(url postgres "$POSTGRES_PASSWORD" postgres)
    OWNER_DATABASE_URL=$(url address_owner "$OWNER_PASSWORD" "$database")
    DATABASE_URL=$(url address_app "$APP_PASSWORD" "$database")
    READ_DATABASE_URL=$(url address_read "$READ_PASSWORD" "$database")
    export ADMIN_DATABASE_URL OWNER_DATABASE_URL DATABASE_URL READ_DATABASE_URL
fi

address-service db migrate
# Under DATA_DIR unless they come from elsewhere; without a key for the audit nothing can be written.
[ -n "${KEY_TEXT:-}${KEY_COMMAND:-}" ] || address-service keys create
# The service itself runs without the keys to the server.
unset ADMIN_DATABASE_URL OWNER_DATABASE_URL POSTGRES_PASSWORD OWNER_PASSWORD
exec address-service "$@"
