#!/usr/bin/env bash
# Asks as a voice agent does, with curl and openssl: ./ask.sh 'How do I rotate a key?'
set -euo pipefail
: "${PERNOEX_WEBHOOK_URL:?the address of the voice webhook}" "${PERNOEX_WEBHOOK_SECRET:?its secret, whsec_…}"

body=$(node -p 'JSON.stringify({ question: process.argv[1] })' "$1")

id="msg_$(openssl rand -hex 16)"
timestamp=$(date +%s)
# The key is what stands behind whsec_, decoded.
key=$(printf '%s' "${PERNOEX_WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$(printf '%s.%s.%s' "$id" "$timestamp" "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)

curl --silent --show-error --fail-with-body "$PERNOEX_WEBHOOK_URL" \
  --header "webhook-id: $id" \
  --header "webhook-timestamp: $timestamp" \
  --header "webhook-signature: v1,$signature" \
  --data-binary "$body"
echo
