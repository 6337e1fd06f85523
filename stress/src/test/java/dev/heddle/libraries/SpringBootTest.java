package dev.heddle.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.net.HeddleSocketFactory;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.TomcatProtocolHandlerCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Spring Boot with Tomcat: each request runs in a task. */
final class SpringBootTest extends LibrarySuite {
  private static final String LOGGING = "org.springframework.boot.logging.LoggingSystem";

  private ConfigurableApplicationContext application;
  private Answers answers;
  private String root;

  /** What a user writes to have requests in tasks. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Answers.class)
  static class Application {
    @Bean
    TomcatProtocolHandlerCustomizer<?> requestsInTasks(Heddle heddle) {
      return handler -> handler.setExecutor(heddle.executor("tomcat"));
    }
  }

  @RestController
  static class Answers {
    final CountDownLatch held = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);

    @GetMapping("/hello/{task}/{number}")
    String hello(@PathVariable("task") int task, @PathVariable("number") int number) {
      assertTrue(
          Thread.currentThread().toString().contains("@libraries-carrier-"), "not in a task");
      return "hello " + task + " " + number;
    }

    @GetMapping("/held")
    String held() throws InterruptedException {
      held.countDown();
      letGo.await();
      return "let go";
    }
  }

  @BeforeEach
  void open() {
    System.setProperty(LOGGING, "none");
    var spring = new SpringApplication(Application.class);
    spring.setRegisterShutdownHook(false);
    spring.setDefaultProperties(
        Map.of(
            "server.port", "0",
            "server.address", "127.0.0.1",
            "server.tomcat.accept-count", "500",
            "spring.main.banner-mode", "off"));
    spring.addInitializers(context -> context.getBeanFactory().registerSingleton("heddle", heddle));
    application = spring.run();
    answers = application.getBean(Answers.class);
    root = "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port");
  }

  @AfterEach
  void shut() {
    answers.letGo.countDown();
    application.close();
    System.clearProperty(LOGGING);
  }

  private static String get(OkHttpClient client, String url) throws IOException {
    try (var response = client.newCall(new Request.Builder().url(url).build()).execute()) {
      return response.body().string();
    }
  }

  private static OkHttpClient client(Duration patience) {
    return new OkHttpClient.Builder()
        .socketFactory(new HeddleSocketFactory())
        .readTimeout(patience)
        .build();
  }

  @Test
  void manyTasksAskAndEachGetsItsOwnAnswers() throws Exception {
    var client = client(Duration.ofSeconds(60));
    all(
        index -> {
          for (int i = 0; i < 5; i++) {
            String answer = get(client, root + "/hello/" + index + "/" + i);
            assertEquals("hello " + index + " " + i, answer);
          }
        });
    client.connectionPool().evictAll();
  }

  @Test
  void aRequestThatTakesTooLongIsATimeoutAndOthersAreAnswered() throws Exception {
    var impatient = client(Duration.ofMillis(100));
    var timed = go(() -> get(impatient, root + "/held"));
    var e = assertThrows(ExecutionException.class, () -> join(timed)).getCause();
    assertInstanceOf(SocketTimeoutException.class, e);
    var patient = client(Duration.ofSeconds(60));
    assertEquals("hello 1 2", join(go(() -> get(patient, root + "/hello/1/2"))));
    patient.connectionPool().evictAll();
  }

  /** As Spring promises: what has begun is answered first. */
  @Test
  void closingTheApplicationWaitsForRequestsAndRefusesOthersAfterwards() throws Exception {
    var client = client(Duration.ofSeconds(60));
    var held = go(() -> get(client, root + "/held"));
    Waits.await(answers.held);
    Thread closer = Thread.ofPlatform().start(application::close);
    Waits.until("no new ones are let in", () -> isRefused(client));
    answers.letGo.countDown();
    assertEquals("let go", join(held));
    Waits.join(closer);
    var late = go(() -> get(client, root + "/hello/1/2"));
    var e = assertThrows(ExecutionException.class, () -> join(late)).getCause();
    assertInstanceOf(ConnectException.class, e);
  }

  private boolean isRefused(OkHttpClient client) {
    try {
      client.connectionPool().evictAll();
      String _ = join(go(() -> get(client, root + "/hello/0/0")));
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof IOException;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The application stays, without threads for its requests: a request that comes fails. */
  @Test
  void closingTheRuntimeEndsRequestsAndFailsTheNext() throws Exception {
    try (var outside = HttpClient.newHttpClient()) {
      var ask = HttpRequest.newBuilder(URI.create(root + "/held")).build();
      var held = outside.sendAsync(ask, BodyHandlers.ofString());
      Waits.await(answers.held);
      heddle.close();
      Waits.until("the request has ended", held::isDone);
      var next = HttpRequest.newBuilder(URI.create(root + "/hello/1/2")).build();
      assertThrows(IOException.class, () -> outside.send(next, BodyHandlers.ofString()));
    }
  }
}
