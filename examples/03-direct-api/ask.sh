#!/bin/sh
# Asks a question with curl and prints the events of the answer as they come.
#
#   PERNOEX_API=https://EDGE PERNOEX_KEY=pnx_sk_live_… ./ask.sh "How do I roll back?"
#   PERNOEX_API=https://EDGE PERNOEX_KEY=pnx_pk_live_… PERNOEX_ORIGIN=https://docs.example.com ./ask.sh "How do I roll back?"
set -eu
: "${PERNOEX_API:?say where the API is, such as https://EDGE}"
: "${PERNOEX_KEY:?a secret key (pnx_sk_…), or a public one (pnx_pk_…) with PERNOEX_ORIGIN}"
question=${1:?the question, in quotes}

# As a JSON string: no control characters, backslashes and quotes escaped.
escaped=$(printf '%s' "$question" | tr '\000-\037' ' ' | sed 's/\\/\\\\/g; s/"/\\"/g')

# The key goes to curl through a pipe: on its command line every user of this machine could read it.
case $PERNOEX_KEY in
  pnx_sk_*)
    # A server's call. No Origin: with one, a secret key is refused.
    config=$(printf 'url = "%s/v1/answers"\nheader = "Authorization: Bearer %s"' "$PERNOEX_API" "$PERNOEX_KEY")
    ;;
  *)
    # What a page's browser sends. The Origin has to be on the project's list of allowed domains.
    config=$(printf 'url = "%s/v1/answers?key=%s"\nheader = "Origin: %s"' "$PERNOEX_API" "$PERNOEX_KEY" "${PERNOEX_ORIGIN:-}")
    ;;
esac

printf '%s\n' "$config" | curl --config - --no-buffer --silent --show-error --fail-with-body \
  --header 'Content-Type: application/json' --header 'Accept: text/event-stream' \
  --data-raw "{\"question\":\"$escaped\"}"
