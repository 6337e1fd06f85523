#!/usr/bin/env bash
# The JDK HttpClient fails requests over HTTP/2 instead of queueing them once a server's stream limit is reached.
#
# Guess:   500 virtual threads that call send() at once on one HttpClient share a connection to an HTTP/2 server (nginx
#          allows 128 streams), and the requests over the limit wait or get a second connection, as over HTTP/1.1.
# Saw:     the requests over the limit fail at once with IOException "too many concurrent streams". The same program
#          with HTTP/1.1 has no failure. A service that moves from a bounded pool to a virtual thread a request meets
#          this only under load; it needs a semaphore below the server's limit.
# Package: JDK, Temurin 25.0.3+9 (java.net.http), with nginx 1.22.1 (Debian 12), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Burst <<'JAVA'
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

class Burst {
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
    var uri = URI.create("https://127.0.0.1:" + args[1] + "/body");
    for (var version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
      try (var client = HttpClient.newBuilder().version(version).sslContext(context).build()) {
        var request = HttpRequest.newBuilder(uri).build();
        client.send(request, BodyHandlers.discarding()); // the connection stands
        var outcomes = new ConcurrentSkipListMap<String, LongAdder>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < 500; i++) {
            executor.submit(() -> {
              outcomes.computeIfAbsent(outcome(client, request), k -> new LongAdder()).increment();
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
head -c 20000 /dev/zero >"$work/html/body"
nginx_run <<NGINX
server {
  listen 127.0.0.1:$port ssl http2; ssl_certificate cert.pem; ssl_certificate_key key.pem;
  root html; limit_rate 20k; # each response takes about a second
}
NGINX
await_port "$port"
java_run Burst "$work/cert.pem" "$port" >"$work/out"
seen "$work/out" '^HTTP_1_1: \{200=500\}$' '^HTTP_2: .*too many concurrent streams=[0-9]+'
