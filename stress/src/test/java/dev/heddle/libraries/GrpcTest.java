package dev.heddle.libraries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC: calls are answered in tasks, and tasks call and wait; its connections are on Netty's. */
final class GrpcTest extends LibrarySuite {
  private static final String SERVICE = "test.Answers";
  private static final String SLOW = "slow";
  private static final String HELD = "held";
  private static final int CALLS = 20;

  private static final MethodDescriptor<String, String> ANSWER =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(SERVICE + "/Answer")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  private final Semaphore arrived = new Semaphore(0);
  private final CountDownLatch letGo = new CountDownLatch(1);
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void open() throws IOException {
    server = server(0);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .executor(heddle.executor("calls"))
            .build();
  }

  private Server server(int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .executor(heddle.executor("grpc"))
        .addService(
            ServerServiceDefinition.builder(SERVICE)
                .addMethod(ANSWER, ServerCalls.asyncUnaryCall(this::answer))
                .build())
        .build()
        .start();
  }

  @AfterEach
  void shut() throws InterruptedException {
    letGo.countDown();
    channel.shutdownNow();
    assertTrue(channel.awaitTermination(60, TimeUnit.SECONDS));
    server.shutdownNow();
    server.awaitTermination();
  }

  private void answer(String request, StreamObserver<String> answers) {
    assertTrue(Thread.currentThread().toString().contains("@libraries-carrier-"), "not in a task");
    if (request.equals(SLOW)) {
      try {
        Thread.sleep(Duration.ofSeconds(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (request.equals(HELD)) {
      arrived.release();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        answers.onError(Status.CANCELLED.asRuntimeException());
        return;
      }
    }
    answers.onNext("hello " + request);
    answers.onCompleted();
  }

  private String call(CallOptions options, String request) {
    return ClientCalls.blockingUnaryCall(channel, ANSWER, options, request);
  }

  @Test
  void manyTasksCallAndEachGetsItsOwnAnswers() throws Exception {
    all(
        index -> {
          for (int i = 0; i < 10; i++) {
            String request = index + "/" + i;
            assertEquals("hello " + request, call(CallOptions.DEFAULT, request));
          }
        });
  }

  @Test
  void aCallThatTakesTooLongExceedsItsDeadline() throws Exception {
    var slow =
        go(() -> call(CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS), SLOW));
    var e = assertThrows(ExecutionException.class, () -> join(slow)).getCause();
    assertEquals(
        Status.Code.DEADLINE_EXCEEDED,
        assertInstanceOf(StatusRuntimeException.class, e).getStatus().getCode());
    assertEquals("hello again", join(go(() -> call(CallOptions.DEFAULT, "again"))));
  }

  /** Calls that the server has, and does not answer. */
  private List<FutureTask<String>> hold() throws InterruptedException {
    var calls = new ArrayList<FutureTask<String>>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(go(() -> call(CallOptions.DEFAULT, HELD)));
    }
    assertTrue(arrived.tryAcquire(CALLS, 60, TimeUnit.SECONDS));
    return calls;
  }

  private static void assertAllFail(List<FutureTask<String>> calls) {
    for (var call : calls) {
      var e = assertThrows(ExecutionException.class, () -> join(call)).getCause();
      assertInstanceOf(StatusRuntimeException.class, e);
    }
  }

  @Test
  void aServerThatDiesFailsTheCallsAndServesAgainAfterItsRestart() throws Exception {
    var calls = hold();
    int port = server.getPort();
    server.shutdownNow();
    assertAllFail(calls);
    letGo.countDown();
    server.awaitTermination();
    server = server(port);
    assertEquals(
        "hello again", join(go(() -> eventually(() -> call(CallOptions.DEFAULT, "again")))));
  }

  @Test
  void closingTheChannelFailsItsCalls() throws Exception {
    var calls = hold();
    channel.shutdownNow();
    assertAllFail(calls);
    var late = go(() -> call(CallOptions.DEFAULT, "late"));
    var e = assertThrows(ExecutionException.class, () -> join(late)).getCause();
    assertEquals(
        Status.Code.UNAVAILABLE,
        assertInstanceOf(StatusRuntimeException.class, e).getStatus().getCode());
  }

  @Test
  void closingTheRuntimeFailsTheCallsOfItsTasks() throws Exception {
    var calls = hold();
    heddle.close();
    assertAllFail(calls);
  }

  /** Strings, without the compiler of Protocol Buffers. */
  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
