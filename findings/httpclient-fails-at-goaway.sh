#!/usr/bin/env bash
# The JDK HttpClient fails GETs that are under way when nginx ends an HTTP/2 connection in good order.
#
# Guess:   nginx announces the end of a connection after 1000 requests (keepalive_requests) with GOAWAY, which names the
#          last request it serves; the client sends the others on a new connection. Nothing fails, surely no GET.
# Saw:     of 4,000 GETs, 100 at a time, a few to some dozens fail with IOException "EOF reached while reading". Over
#          HTTP/1.1 the same program has no failure. One at a time there is none over HTTP/2 either, so tests do not
#          show it.
# Package: JDK, Temurin 25.0.3+9 (java.net.http), with nginx 1.22.1 (Debian 12), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Many <<'JAVA'
import java.io.*;
import java.net.URI;
import java.net.http.*;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.*;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.*;

class Many {
  static final int REQUESTS = 4_000;

  public static void main(String[] args) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var in = Files.newInputStream(Path.of(args[0]))) {
      store.setCertificateEntry("server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    var request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + args[1] + "/body")).build();
    for (var version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
      try (var client = HttpClient.newBuilder().version(version).sslContext(context).build()) {
        client.send(request, BodyHandlers.discarding()); // the connection stands
        var outcomes = new ConcurrentSkipListMap<String, LongAdder>();
        var permits = new Semaphore(100);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < REQUESTS; i++) {
            executor.submit(() -> {
              permits.acquire();
              outcomes.computeIfAbsent(outcome(client, request), k -> new LongAdder()).increment();
              permits.release();
              return null;
            });
          }
        }
        System.out.println(version + ": " + outcomes);
      }
    }
  }

  static String outcome(HttpClient client, HttpRequest request) throws InterruptedException {
    try {
      return "" + client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
JAVA
certificate
port=$(free_port)
mkdir "$work/html"
head -c 2000 /dev/zero >"$work/html/body"
nginx_run <<NGINX
server {
  listen 127.0.0.1:$port ssl http2; ssl_certificate cert.pem; ssl_certificate_key key.pem; root html;
}
NGINX
await_port "$port"
java_run Many "$work/cert.pem" "$port" >"$work/out"
seen "$work/out" '^HTTP_1_1: \{200=4000\}$' '^HTTP_2: .*EOF reached while reading=[0-9]+'
