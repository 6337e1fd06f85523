package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class FileServerTest {
  private static final byte[] LARGE = new byte[3_000_000];
  private static Local server;
  private static Path folder;

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    new Random(1).nextBytes(LARGE);
    folder = temporary;
    var root = Files.createDirectories(temporary.resolve("root/sub")).getParent();
    Files.writeString(temporary.resolve("secret"), "secret");
    Files.writeString(root.resolve("a.txt"), "0123456789");
    Files.writeString(root.resolve("b c.html"), "blank");
    Files.writeString(root.resolve("empty"), "");
    Files.writeString(root.resolve("sub/index.html"), "index");
    Files.write(root.resolve("large"), LARGE);
    Files.createSymbolicLink(root.resolve("out"), temporary.resolve("secret"));
    Files.createSymbolicLink(root.resolve("in"), root.resolve("a.txt"));
    server = Local.server(FileServer.HELP, FileServer::run, "--root", root.toString());
  }

  @AfterAll
  static void end() {
    server.close();
  }

  /** Status and body of what curl gets; $E stands for the ETag of a.txt, $D for its date. */
  private static String curl(String args) throws Exception {
    Programs.require("curl");
    var url = "http://" + server.address();
    var line =
        "U=%s; F() { curl -sI $U/a.txt | tr -d '\\r' | sed -n \"s/^$1: //p\"; }; E=$(F ETag); D=$(F Last-Modified); "
            .formatted(url);
    return Programs.shell(line + "curl -s --path-as-is -w ' %{http_code}' " + args).ok();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          $U/a.txt                                | 0123456789 200
          $U/a.txt?x=1                            | 0123456789 200
          $U/in                                   | 0123456789 200
          $U/b%20c.html                           | blank 200
          $U/sub/                                 | index 200
          $U/empty                                | ' 200'
          -r 2-4 $U/a.txt                         | 234 206
          -r 7- $U/a.txt                          | 789 206
          -r -3 $U/a.txt                          | 789 206
          -r -99 $U/a.txt                         | 0123456789 206
          -r 8-99 $U/a.txt                        | 89 206
          -r 5-2 $U/a.txt                         | 0123456789 200
          -r 0-1,3-4 $U/a.txt                     | 0123456789 200
          -H 'If-None-Match: "x", '$E $U/a.txt    | ' 304'
          -H "If-None-Match: W/$E" $U/a.txt       | ' 304'
          -H 'If-None-Match: *' $U/a.txt          | ' 304'
          -H 'If-None-Match: "x"' $U/a.txt        | 0123456789 200
          -H "If-Modified-Since: $D" $U/a.txt     | ' 304'
          -H 'If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT' $U/a.txt | 0123456789 200
          -H 'If-Modified-Since: never' $U/a.txt  | 0123456789 200
          -H "If-Match: $E" $U/a.txt              | 0123456789 200
          -r 1-2 -H "If-Range: $E" $U/a.txt       | 12 206
          -r 1-2 -H "If-Range: $D" $U/a.txt       | 12 206
          -r 1-2 -H 'If-Range: "x"' $U/a.txt      | 0123456789 200
          """)
  void curlGetsWhatItAskedFor(String args, String answer) throws Exception {
    assertEquals(answer, curl(args));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          $U/nothing                              | 404
          $U/a.txt/                               | 404
          $U/sub                                  | 301
          $U/                                     | 404
          $U/out                                  | 404
          $U/../secret                            | 404
          $U/%2e%2e/secret                        | 404
          $U/sub/..%2f..%2fsecret                 | 404
          $U//etc/passwd                          | 404
          $U/a%00.txt                             | 400
          $U/%zz                                  | 400
          $U/%4                                   | 400
          -r 10- $U/a.txt                         | 416
          -r 0-0 $U/empty                         | 416
          -H 'If-Match: "x"' $U/a.txt             | 412
          -H 'If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT' $U/a.txt | 412
          -X DELETE $U/a.txt                      | 405
          """)
  void whatCannotBeIsRefused(String args, String status) throws Exception {
    assertEquals(" " + status, curl("-o /dev/null " + args));
  }

  @Test
  void largeFileComesWholeAndInParts() throws Exception {
    var got = folder.resolve("got").toString();
    assertEquals(" 200", curl("-o " + got + " $U/large"));
    assertArrayEquals(LARGE, Files.readAllBytes(Path.of(got)));
    Files.write(Path.of(got), java.util.Arrays.copyOf(LARGE, 1_234_567)); // as if cut there
    assertEquals(" 206", curl("-C - -o " + got + " $U/large"));
    assertArrayEquals(LARGE, Files.readAllBytes(Path.of(got)));
  }

  @Test
  void headHasTheFieldsAndNoBody() throws Exception {
    var head = curl("-I $U/large");
    assertTrue(head.contains("Content-Length: " + LARGE.length + "\r\n"), head);
    assertTrue(head.contains("Accept-Ranges: bytes\r\n"), head);
  }

  @Test
  void rootThatIsNoFolderIsOneLineAndExitCode2() throws Exception {
    try (var child = Child.start("file-server", "--root", "/no/folder")) {
      var message = "file-server: --root: there is no folder /no/folder";
      assertEquals(new ChildJvm(2, message), child.end());
    }
  }
}
