package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Programs;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The echoes over each transport, with clients of others. */
@Timeout(60)
class EchoesTest {
  private static final String TEXT = "warp and weft\n".repeat(20_000);

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "selector"})
  void echoSendsBackWhatNcatSends(String poller) throws Exception {
    Programs.require("ncat");
    try (var echo = Local.server(Echo.HELP, Echo::run, "--poller", poller)) {
      var port = echo.port();
      assertEquals(TEXT, Programs.run(TEXT, "ncat", "127.0.0.1", port).ok());
    }
  }

  @Test
  void udpEchoSendsBackEachDatagramOfSocat() throws Exception {
    Programs.require("socat");
    try (var echo = Local.server(UdpEcho.HELP, UdpEcho::run)) {
      for (var datagram : new String[] {"a", "weft".repeat(2_000)}) {
        var target = "UDP:" + echo.address();
        assertEquals(
            datagram,
            Programs.run(
                    datagram,
                    "socat",
                    "-b",
                    "65536",
                    "-t",
                    "20",
                    "-",
                    target + ",readbytes=" + datagram.length())
                .ok());
      }
    }
  }

  @Test
  void unixEchoSendsBackWhatSocatSendsAndRemovesItsFile(@TempDir Path folder) throws Exception {
    Programs.require("socat");
    var path = folder.resolve("echo.sock");
    try (var echo = Child.start("unix-echo", "--path", path.toString())) {
      assertEquals("listening on " + path, echo.line());
      assertEquals(TEXT, Programs.run(TEXT, "socat", "-t", "20", "-", "UNIX:" + path).ok());
      assertEquals(new ChildJvm(0, ""), echo.terminate());
      assertTrue(Files.notExists(path));
    }
  }

  @Test
  void unixEchoTakesThePlaceOfADeadServerAndOfNothingElse(@TempDir Path folder) throws Exception {
    var path = folder.resolve("echo.sock");
    try (var dead = Child.start("unix-echo", "--path", path.toString())) {
      dead.line();
      dead.process.destroyForcibly().waitFor();
    }
    assertTrue(Files.exists(path), "left behind");
    try (var first = Child.start("unix-echo", "--path", path.toString())) {
      assertEquals("listening on " + path, first.line());
      assertRefuses(path, "unix-echo: a server answers at " + path);
    }
    var file = Files.createFile(folder.resolve("file"));
    assertRefuses(file, "unix-echo: " + file + " is there and is no socket");
    assertTrue(Files.exists(file));
  }

  private static void assertRefuses(Path path, String message) throws Exception {
    try (var child = Child.start("unix-echo", "--path", path.toString())) {
      assertEquals(new ChildJvm(2, message), child.end());
    }
  }

  @Test
  void tlsEchoConvincesOpensslAndSendsBackWhatItSends(@TempDir Path folder) throws Exception {
    Programs.require("openssl");
    var pem = folder.resolve("echo.pem").toString();
    try (var echo = Local.server(TlsEcho.HELP, TlsEcho::run, "--cert-out", pem)) {
      for (var version : new String[] {"-tls1_2", "-tls1_3"}) {
        var command =
            "openssl s_client -quiet -connect localhost:%s %s -CAfile %s -verify_return_error"
                .formatted(echo.port(), version, pem);
        var openssl =
            new ProcessBuilder(command.split(" ")).redirectError(Redirect.DISCARD).start();
        try (var in = openssl.getInputStream();
            var out = openssl.getOutputStream()) {
          out.write("warp\n".getBytes(UTF_8));
          out.flush();
          assertEquals("warp\n", new String(in.readNBytes(5), UTF_8), version);
        } finally {
          openssl.destroyForcibly();
        }
      }
    }
  }

  @Test
  void plainClientOfTlsEchoIsOneLineOfItsLog() throws Exception {
    try (var echo = Child.server("tls-echo");
        var client = echo.connect()) {
      client.getOutputStream().write("this is no TLS at all\r\n".getBytes(UTF_8));
      var line = echo.line();
      assertTrue(line.startsWith("tls-echo: "), line);
      assertEquals(new ChildJvm(0, ""), echo.terminate());
    }
  }

  @Test
  void deadlineServerPrintsEachTimeoutAndStillEchoes() throws Exception {
    try (var server = Child.server("deadline-server", "--deadline", "100");
        var client = server.connect()) {
      var peer = "/127.0.0.1:" + client.getLocalPort();
      assertEquals("timeout 1 of " + peer + ": nothing for 100 ms", server.line());
      assertEquals("timeout 2 of " + peer + ": nothing for 100 ms", server.line());
      client.getOutputStream().write("after all".getBytes(UTF_8));
      assertEquals("after all", new String(client.getInputStream().readNBytes(9), UTF_8));
    }
  }

  @Test
  void deadlineServerServesNcat() throws Exception {
    Programs.require("ncat");
    try (var server = Local.server(DeadlineServer.HELP, DeadlineServer::run)) {
      var port = server.port();
      assertEquals(TEXT, Programs.run(TEXT, "ncat", "127.0.0.1", port).ok());
    }
  }

  @Test
  void forwardPassesBothDirectionsAndTheirEnds() throws Exception {
    Programs.require("ncat");
    Programs.require("curl");
    try (var http = Local.server(Http.HELP, Http::run);
        var forward = Local.server(Forward.HELP, Forward::run, "--to", http.address())) {
      assertEquals("Hello, World!", Programs.run("", "curl", "-s", forward.address()).ok());
      var request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"; // answered although the client has ended
      var port = forward.port();
      var answer = Programs.run(request, "ncat", "127.0.0.1", port).ok();
      assertTrue(answer.endsWith("\r\n\r\nHello, World!"), answer);
    }
  }

  @Test
  void forwardToNobodyClosesTheClient() throws IOException {
    try (var forward = Local.server(Forward.HELP, Forward::run, "--to", "127.0.0.1:1");
        var client = forward.connect()) {
      assertEquals(-1, client.getInputStream().read());
    }
  }
}
