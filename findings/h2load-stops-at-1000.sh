#!/usr/bin/env bash
# h2load over HTTP/2 gives up a connection after its 1000th request to nginx, and counts all that remain as failed.
#
# Guess:   nginx ends a connection after keepalive_requests (1000) with an orderly GOAWAY, and the load generator opens
#          another, as it does over HTTP/1.1.
# Saw:     over HTTP/2, 1000 of 5000 requests succeed and 4000 "fail" in no time; req/s counts only a fraction of the
#          run. Over HTTP/1.1 the same tool reconnects, and all 5000 succeed.
# Package: h2load of nghttp2 1.52.0 with nginx 1.22.1 (both Debian 12), 2026-11-30
. "$(dirname "$0")/lib.sh"
need h2load nghttp2-client

h2=$(free_port)
h1=$(free_port)
nginx_run <<NGINX
server { listen 127.0.0.1:$h2 http2; location / { return 200 "ok"; } }
server { listen 127.0.0.1:$h1; location / { return 200 "ok"; } }
NGINX
await_port "$h2"
await_port "$h1"
{
  echo "HTTP/2: $(h2load -n 5000 -c 1 -m 10 "http://127.0.0.1:$h2/" | grep '^requests:')"
  echo "HTTP/1.1: $(h2load --h1 -n 5000 -c 1 "http://127.0.0.1:$h1/" | grep '^requests:')"
} >"$work/out"
seen "$work/out" '^HTTP/2: .* 1000 succeeded, 4000 failed' '^HTTP/1.1: .* 5000 succeeded, 0 failed'
