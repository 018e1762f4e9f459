#!/bin/sh
# Print NAME=value lines for a pipeline's environment, fetched from the secret store by the machine's own identity:
# no password is kept anywhere. Usage: secrets.sh ENVIRONMENT NAME...
#
# The identity's proof is a signed token of the pipeline (OIDC): GitHub hands one out by itself, Harness in OIDC_TOKEN.
# Source: Infisical's API, unverified here: nobody has run this against a store.
set -eu

environment=$1
shift
: "${INFISICAL_URL:?say where the secret store is}" "${INFISICAL_IDENTITY:?say which machine identity we are}"
: "${INFISICAL_PROJECT:?say which project of the store}"

if [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
  OIDC_TOKEN=$(curl -fsS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$INFISICAL_URL" | jq -r .value)
fi
: "${OIDC_TOKEN:?the pipeline gave no token that proves who it is}"

token=$(jq -n --arg identity "$INFISICAL_IDENTITY" --arg jwt "$OIDC_TOKEN" '{identityId: $identity, jwt: $jwt}' |
  curl -fsS -H 'Content-Type: application/json' -d @- "$INFISICAL_URL/api/v1/auth/oidc-auth/login" | jq -r .accessToken)

if [ -z "$token" ] || [ "$token" = null ]; then
  echo "the secret store does not know the identity $INFISICAL_IDENTITY" >&2
  exit 1
fi

for name in "$@"; do
  value=$(curl -fsS -H "Authorization: Bearer $token" \
    "$INFISICAL_URL/api/v3/secrets/raw/$name?workspaceSlug=$INFISICAL_PROJECT&environment=$environment&secretPath=/provision" |
    jq -r .secret.secretValue)
  if [ -z "$value" ] || [ "$value" = null ]; then
    echo "the secret store did not give /provision/$name of $environment" >&2
    exit 1
  fi
  # GitHub hides in its logs whatever was announced like this.
  if [ -n "${GITHUB_ACTIONS:-}" ]; then echo "::add-mask::$value" >&2; fi
  printf '%s=%s\n' "$name" "$value"
done
