#!/usr/bin/env bash
# Pushes one page with curl and openssl: ./push.sh guides/proxy.md
set -euo pipefail
: "${PERNOEX_WEBHOOK_URL:?the address of the webhook}" "${PERNOEX_WEBHOOK_SECRET:?its secret, whsec_…}"

file=$1
# JSON needs its quotes, backslashes and line ends escaped; Node is at hand where documentation is built.
body=$(node -e '
  const [path] = process.argv.slice(1)
  const content = require("node:fs").readFileSync(path, "utf8")
  const timestamp = new Date().toISOString()
  process.stdout.write(JSON.stringify({ type: "documents.upsert", timestamp, data: { path, content } }))
' "$file")

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
echo " $file"
