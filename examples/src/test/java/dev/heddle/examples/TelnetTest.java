package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Programs;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TelnetTest {
  private static List<String> telnet(String to) {
    return ChildJvm.command(Child.FLAGS, Telnet.class.getName(), "--to", to);
  }

  @Test
  void pipedRequestIsSentAndTheAnswerPrinted() throws Exception {
    try (var http = Local.server(Http.HELP, Http::run)) {
      var answer = ChildJvm.feed(telnet(http.address()), "GET / HTTP/1.0\n\n").ok();
      assertTrue(answer.startsWith("connected to " + http.address() + "\nHTTP/1.1 200 OK"), answer);
      assertTrue(answer.endsWith("Hello, World!connection closed\n"), answer);
    }
  }

  @Test
  void redisServerAnswersWhatIsTypedOnAPseudoTerminal(@TempDir Path folder) throws Exception {
    Programs.require("socat");
    try (var redis = Background.redis()) {
      var script = folder.resolve("telnet");
      var command = String.join(" ", telnet("127.0.0.1:" + redis.port));
      Files.writeString(script, "#!/bin/sh\nexec " + command + "\n");
      assertTrue(script.toFile().setExecutable(true));
      // The answer to QUIT ends it: the end of the input would only hang the terminal up.
      var terminal = "EXEC:" + script + ",pty,setsid,ctty,stderr";
      var typed = "PING\nECHO weft\nQUIT\n";
      var screen = Programs.run(typed, "socat", "-t", "60", "-,ignoreeof", terminal).output();
      assertTrue(screen.contains("+PONG"), screen);
      assertTrue(screen.matches("(?s).*\\$4\\s+weft.*"), screen);
      assertTrue(screen.contains("connection closed"), screen);
    }
  }

  @Test
  void offersAreDeclinedAndSubnegotiationsSkipped() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var process =
          new ProcessBuilder(telnet("127.0.0.1:" + server.getLocalPort()))
              .redirectErrorStream(true)
              .start();
      try (var peer = server.accept();
          var out = peer.getOutputStream()) {
        out.write("a\u00ff\u00fb\u0001b\u00ff\u00fd\u0018c".getBytes(ISO_8859_1)); // WILL 1, DO 24
        out.write("\u00ff\u00fa\u0018\u0001\u00ff\u00ffx\u00ff\u00f0d".getBytes(ISO_8859_1)); // SB
        out.write("\u00ff\u00fc\u0003e\u00ff\u00f1\u00ff\u00fff\n".getBytes(ISO_8859_1)); // WONT
        assertArrayEquals(
            "\u00ff\u00fe\u0001\u00ff\u00fc\u0018".getBytes(ISO_8859_1),
            peer.getInputStream().readNBytes(6));
        process.getOutputStream().write("\u00ff\r\n".getBytes(ISO_8859_1));
        process.getOutputStream().close();
        assertArrayEquals(
            "\u00ff\u00ff\r\n".getBytes(ISO_8859_1), peer.getInputStream().readAllBytes());
      }
      var printed = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
      assertEquals("abcde\u00fff", printed.lines().skip(1).findFirst().orElse(""));
      assertEquals(0, process.waitFor());
    }
  }

  @Test
  void nobodyThereIsOneLineAndExitCode1() throws Exception {
    var end = ChildJvm.run(telnet("127.0.0.1:1"));
    assertEquals(new ChildJvm(1, "telnet: dial -> 127.0.0.1:1: Connection refused\n"), end);
  }
}
