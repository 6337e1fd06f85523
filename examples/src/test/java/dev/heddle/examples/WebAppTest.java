package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Programs;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class WebAppTest {
  @TempDir Path folder;

  private Local app() {
    return Local.server(WebApp.HELP, WebApp::run, "--database", "jdbc:h2:" + folder + "/notes");
  }

  private static String curl(Local app, String path, String more) {
    var line = "curl -sS -m 60 -w ' %{http_code}' " + more + " http://" + app.address() + path;
    return Programs.shell(line).ok();
  }

  @Test
  void requestsRunAsTasksAndNotesOutliveTheServer() {
    Programs.require("curl");
    try (var app = app()) {
      assertEquals("notes are at /notes; " + app.heddle().name() + "\n 200", curl(app, "/", ""));
      assertEquals("1 warp\n 201", curl(app, "/notes", "-d warp"));
      assertEquals("2 weft\n 201", curl(app, "/notes", "-d ' weft '"));
      assertEquals("1 warp\n2 weft\n 200", curl(app, "/notes", ""));
      assertEquals("warp\n 200", curl(app, "/notes/1", "-X DELETE"));
    }
    try (var app = app()) {
      assertEquals("weft\n 200", curl(app, "/notes/2", ""));
      assertTrue(curl(app, "/notes/1", "").endsWith(" 404"));
      assertTrue(curl(app, "/notes", "-d ' '").endsWith(" 400"));
      assertTrue(curl(app, "/notes/2", "-X PATCH").endsWith(" 404"));
      assertTrue(curl(app, "/other", "").endsWith(" 404"));
    }
  }

  @Test
  void manyAtOnceShareAPoolOfTwoConnections() {
    Programs.require("ab");
    try (var app =
        Local.server(WebApp.HELP, WebApp::run, "--database", "jdbc:h2:mem:many", "--pool", "3")) {
      curl(app, "/notes", "-d warp");
      var url = "http://" + app.address() + "/notes";
      var output = Programs.shell("ab -q -k -n 2000 -c 50 " + url).ok();
      assertTrue(output.matches("(?s).*Complete requests: +2000\\n.*"), output);
      assertTrue(output.matches("(?s).*Failed requests: +0\\n.*"), output);
      assertTrue(!output.contains("Non-2xx"), output);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --database nowhere | web-app: --database: URL format error; .*
          --pool 0           | web-app: --pool must be a number from 1 to 1000, not '0'
          """)
  void mistakeIsOneLineAndExitCode2(String args, String message) throws Exception {
    try (var child = Child.start(("web-app " + args).split(" "))) {
      var end = child.end();
      assertEquals(2, end.exitCode(), end.output());
      assertTrue(end.output().matches(message), end.output());
    }
  }

  @Test
  void portInUseIsOneLineAndASignalEndsIt() throws Exception {
    try (var first = Child.server("web-app")) {
      try (var second = Child.start("web-app", "--port", "" + first.port())) {
        var end = second.end();
        assertEquals(2, end.exitCode(), end.output());
        assertEquals("web-app: Address already in use", end.output());
      }
      assertEquals(new ChildJvm(0, ""), first.terminate());
    }
  }
}
