#!/usr/bin/env bash
# A TLS 1.3 client that does not read never resumes a session, and of clients at the same time one does.
#
# Guess:   one SSLContext resumes from the second connection to a server on, as with TLS 1.2. What a client sends or
#          reads after the handshake does not matter.
# Saw:     the server's ticket comes after the handshake, and only a read takes it in: a client that writes and closes
#          (a log shipper, a health check by handshake) makes a full handshake each time. And a ticket serves once: of
#          four connections opened together after that, one resumes. With TLS 1.2 all resume.
# Package: JDK, Temurin 25.0.3+9 (JSSE on both ends), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Resume <<'JAVA'
import java.io.File;
import java.net.InetAddress;
import java.security.KeyStore;
import java.util.*;
import javax.net.ssl.*;

class Resume {
  static SSLContext client;
  static int port;

  public static void main(String[] args) throws Exception {
    var store = KeyStore.getInstance(new File(args[0]), "changeit".toCharArray());
    var keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, "changeit".toCharArray());
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    for (var protocol : List.of("TLSv1.2", "TLSv1.3")) {
      for (boolean reads : new boolean[] {false, true}) {
        var server = SSLContext.getInstance("TLS");
        server.init(keys.getKeyManagers(), null, null);
        echo(server);
        client = SSLContext.getInstance("TLS");
        client.init(null, trust.getTrustManagers(), null);
        var sessions = new HashSet<Long>();
        for (int i = 0; i < 5; i++) {
          var socket = connect(protocol);
          sessions.add(socket.getSession().getCreationTime());
          socket.getOutputStream().write(1);
          if (reads) {
            socket.getInputStream().read();
          }
          Thread.sleep(20); // creation times are in ms
          socket.close();
        }
        System.out.println(protocol + ", client " + (reads ? "reads" : "only writes") + ": "
            + sessions.size() + " full handshake(s) in 5 connections");
        if (reads) {
          int resumed = 0;
          for (int i = 0; i < 4; i++) {
            resumed += sessions.contains(connect(protocol).getSession().getCreationTime()) ? 1 : 0;
          }
          System.out.println(protocol + ", four opened together: " + resumed + " resumed");
        }
      }
    }
    Runtime.getRuntime().halt(0);
  }

  static SSLSocket connect(String protocol) throws Exception {
    var socket = (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.startHandshake();
    return socket;
  }

  static void echo(SSLContext context) throws Exception {
    var listener = context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    port = listener.getLocalPort();
    Thread.startVirtualThread(() -> {
      while (true) {
        try {
          var socket = listener.accept();
          Thread.startVirtualThread(() -> {
            try (socket) {
              socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (Exception e) {
              // a client that closed without reading
            }
          });
        } catch (Exception e) {
          return;
        }
      }
    });
  }
}
JAVA
"$jdk/bin/keytool" -genkeypair -alias key -keyalg EC -dname CN=localhost -keystore "$work/keys.p12" -storepass changeit 2>/dev/null
java_run Resume "$work/keys.p12" >"$work/out"
seen "$work/out" '^TLSv1.2, client only writes: 1 full' '^TLSv1.2, four opened together: 4 resumed' \
  '^TLSv1.3, client only writes: 5 full' '^TLSv1.3, client reads: 1 full' '^TLSv1.3, four opened together: 1 resumed'
