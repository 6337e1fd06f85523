package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.Heddle;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;

/**
 * An existing stack, moved over: notes over HTTP by Jetty 12, kept by JDBC in an H2 database. One
 * line moves it: Jetty gets our executor for its virtual threads, so each request is a task.
 *
 * <p>What JDBC does blocks its carrier, by monitors and files. That needs no change either: after
 * 10 ms another carrier runs the other tasks.
 *
 * <pre>
 * ./heddle run web-app
 * curl -d 'buy yarn' http://127.0.0.1:8080/notes
 * curl http://127.0.0.1:8080/notes
 * </pre>
 */
final class WebApp extends Handler.Abstract {
  static final String HELP =
      """
      web-app: Jetty with a JDBC database, its requests on our carriers
      """
          + Options.LISTEN
          + """
            --database URL       where the notes are (jdbc:h2:mem:notes)
            --pool N             how many connections to the database (8)
          """;

  private static final int LONGEST_NOTE = 64 * 1024;

  private final JdbcConnectionPool pool;

  private WebApp(JdbcConnectionPool pool) {
    this.pool = pool;
  }

  public static void main(String... args) {
    System.exit(Options.run(HELP, WebApp::run, args));
  }

  static void run(Options options) throws Exception {
    System.setProperty("org.slf4j.simpleLogger.log.org.eclipse.jetty", "warn"); // it is talkative
    var pool = JdbcConnectionPool.create(options.text("--database"), "notes", "");
    pool.setMaxConnections(options.number("--pool", 1, 1000));
    try (var kept = pool.getConnection(); // else a database in memory goes with the last connection
        var create = kept.createStatement();
        var heddle = options.start()) {
      create.execute("create table if not exists notes (id identity primary key, text varchar)");
      var threads = new QueuedThreadPool();
      threads.setVirtualThreadsExecutor(tasks(heddle)); // this is the move
      var server = new Server(threads);
      server.setHandler(new WebApp(pool));
      try {
        options.listening(listen(server, options.listenAddress()));
        heddle.awaitShutdown();
      } finally {
        server.stop();
      }
    } catch (SQLException e) {
      var lines = String.valueOf(e.getMessage()).lines();
      throw new Options.Mistake("--database: " + lines.findFirst().orElse(""));
    } finally {
      pool.dispose();
    }
  }

  /** Runs each request as a task; no more once the runtime closes, which ends Jetty as well. */
  private static Executor tasks(Heddle heddle) {
    var executor = heddle.executor("request");
    return request -> {
      try {
        executor.execute(request);
      } catch (RejectedExecutionException e) {
        // its connection is closed with the server
      }
    };
  }

  private static InetSocketAddress listen(Server server, InetSocketAddress address)
      throws Exception {
    var connector = new ServerConnector(server);
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    server.addConnector(connector);
    try {
      server.start();
    } catch (IOException e) { // Jetty wraps the reason
      throw e.getCause() instanceof BindException ? (BindException) e.getCause() : e;
    }
    return new InetSocketAddress(
        InetAddress.getByName(address.getHostString()), connector.getLocalPort());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var path = Request.getPathInContext(request);
    var text =
        switch (request.getMethod().replace("HEAD", "GET") + " " + path) {
          case "GET /" -> "notes are at /notes; " + Objects.requireNonNull(Heddle.current()).name();
          case "GET /notes" -> list();
          case "POST /notes" -> add(request, response);
          default -> path.matches("/notes/\\d{1,18}") ? one(request.getMethod(), path) : null;
        };
    if (text == null) {
      Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
    } else {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
      Content.Sink.write(response, true, text + "\n", callback);
    }
    return true;
  }

  private String list() throws SQLException {
    var notes = new StringJoiner("\n");
    try (var connection = pool.getConnection();
        var select = connection.prepareStatement("select id, text from notes order by id");
        var rows = select.executeQuery()) {
      while (rows.next()) {
        notes.add(rows.getLong(1) + " " + rows.getString(2));
      }
    }
    return notes.toString();
  }

  private @Nullable String add(Request request, Response response) throws Exception {
    var body = Content.Source.asInputStream(request).readNBytes(LONGEST_NOTE + 1); // may block
    var text = new String(body, UTF_8);
    if (text.isBlank() || body.length > LONGEST_NOTE) {
      response.setStatus(HttpStatus.BAD_REQUEST_400);
      return "a note has 1 to " + LONGEST_NOTE + " bytes";
    }
    try (var connection = pool.getConnection();
        var insert =
            connection.prepareStatement(
                "insert into notes (text) values (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, text.strip());
      insert.executeUpdate();
      try (var keys = insert.getGeneratedKeys()) {
        keys.next();
        response.setStatus(HttpStatus.CREATED_201);
        response.getHeaders().put(HttpHeader.LOCATION, "/notes/" + keys.getLong(1));
        return keys.getLong(1) + " " + text.strip();
      }
    }
  }

  /** Reads or removes a note; null if it is not there. */
  private @Nullable String one(String method, String path) throws SQLException {
    var sql =
        switch (method) {
          case "GET", "HEAD" -> "select text from notes where id = ?";
          case "DELETE" -> "select text from old table (delete from notes where id = ?)";
          default -> "select text from notes where id = ? and false";
        };
    try (var connection = pool.getConnection();
        var statement = connection.prepareStatement(sql)) {
      statement.setLong(1, Long.parseLong(path.substring("/notes/".length())));
      try (var row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }
}
