package dev.heddle.netio;

import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * What depends on knowing an error, in a process whose C library speaks another language. Prints a
 * line for each case that behaves as it does in English.
 */
final class ForeignLocaleProgram {
  private final Fixture fixture;

  private ForeignLocaleProgram(Fixture fixture) {
    this.fixture = fixture;
  }

  public static void main(String[] args) throws Exception {
    try (var fixture = new Fixture(PollerKind.valueOf(args[0]))) {
      var program = new ForeignLocaleProgram(fixture);
      program.theJdkSpeaksTheLanguage();
      program.ourMessagesAreEnglish();
      program.aResetIsNotTheEndOfTheStream();
      program.aDialToAFullSocketWaits();
    }
  }

  /** Else the others would show nothing. */
  private void theJdkSpeaksTheLanguage() throws IOException {
    try (var taken = SocketChannel.open().bind(Fixture.ANY_PORT)) {
      SocketChannel.open(taken.getLocalAddress()).close();
    } catch (IOException e) {
      System.out.println("the JDK says: " + e.getMessage());
      System.out.println("that is " + Errno.of(e));
    }
  }

  private void ourMessagesAreEnglish() throws IOException {
    try (var taken = SocketChannel.open().bind(Fixture.ANY_PORT)) {
      fixture.network.dial(taken.getLocalAddress()).close();
    } catch (IOException e) {
      System.out.println("we say: " + e.getMessage().replaceAll("\\d", ""));
    }
  }

  /** A write by way of the channel meets the failure of the connection; the read comes after. */
  private void aResetIsNotTheEndOfTheStream() throws Exception {
    try (var pair = fixture.pair()) {
      pair.client().setOption(StandardSocketOptions.SO_LINGER, 0).close();
      Throwable written =
          failure(
              () -> {
                for (; ; ) {
                  pair.server().write(ByteBuffer.allocate(8));
                }
              });
      Throwable read = failure(() -> pair.server().read(ByteBuffer.allocate(8)));
      System.out.println("a write reports: " + Errno.of(written));
      System.out.println("a read reports: " + Errno.of(read));
    }
  }

  private static Throwable failure(Fixture.Action action) {
    try {
      action.run();
      return new IOException("no failure");
    } catch (Exception e) {
      return e;
    }
  }

  private void aDialToAFullSocketWaits() throws Exception {
    try (var deaf = Deaf.unix()) {
      var dial =
          fixture
              .go(() -> fixture.network.dial(deaf.address()))
              .awaitBlockedIn(DialWaits.class.getName());
      deaf.acceptOne();
      dial.join().close();
      System.out.println("a dial waits for room");
    }
  }
}
