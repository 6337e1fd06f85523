#!/usr/bin/env bash
# Helidon answers 505 to HTTP/1.0, so it fails behind an nginx with default settings, and ab measures its refusals.
#
# Guess:   an HTTP/1.1 server serves HTTP/1.0 requests too, as HTTP's specification expects of it and as the JDK's
#          HttpServer, Undertow, Jetty and Tomcat do.
# Saw:     each HTTP/1.0 request gets "505 HTTP Version Not Supported". nginx speaks HTTP/1.0 to its upstreams unless
#          told otherwise, so the clients of a plain proxy_pass get 505 while curl to the server itself works. ab speaks
#          only HTTP/1.0: it reports "Failed requests: 0" and a high rate, all of refusals.
# Package: io.helidon.webserver:helidon-webserver:4.5.0 on JDK Temurin 25.0.3+9; nginx 1.22.1, apache2-utils 2.4 (Debian
#          12), 2026-11-30
. "$(dirname "$0")/lib.sh"
need ab apache2-utils
need curl curl
jars io.helidon.webserver:helidon-webserver:4.5.0

program Serve <<'JAVA'
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetAddress;

class Serve {
  public static void main(String[] args) {
    WebServer.builder().address(InetAddress.getLoopbackAddress()).port(Integer.parseInt(args[0]))
        .routing(HttpRouting.builder().any((request, response) -> response.send("hello")))
        .build().start();
  }
}
JAVA
server=$(free_port)
proxy=$(free_port)
java_start Serve "$server" >"$work/server" 2>&1
nginx_run <<NGINX
server { listen 127.0.0.1:$proxy; location / { proxy_pass http://127.0.0.1:$server; } }
NGINX
await_port "$server"
await_port "$proxy"
{
  echo "curl: $(curl -s -o "$work/body" -w '%{http_code}' "http://127.0.0.1:$server/")"
  echo "curl by nginx: $(curl -s -o "$work/body" -w '%{http_code}' "http://127.0.0.1:$proxy/")"
  ab -q -n 200 -c 2 "http://127.0.0.1:$server/" 2>&1 | grep -E '^(Failed|Non-2xx|Requests per)'
} >"$work/out"
seen "$work/out" '^curl: 200' '^curl by nginx: 505' '^Failed requests: +0' '^Non-2xx responses: +200'
