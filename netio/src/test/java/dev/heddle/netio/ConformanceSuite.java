package dev.heddle.netio;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the parts of the conformance suite share: every transport, both pollers, one and four
 * processors. Settings and tests run side by side, as most only wait for time to pass.
 */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}, {1}, processors = {2}")
@MethodSource("settings")
abstract class ConformanceSuite {
  static final int MIB = 1 << 20;

  @Parameter(0)
  Transport transport;

  @Parameter(1)
  PollerKind kind;

  @Parameter(2)
  int processors;

  Fixture fixture;

  static Stream<Arguments> settings() {
    return Stream.of(Transport.values())
        .flatMap(
            transport ->
                Stream.of(PollerKind.EPOLL, PollerKind.SELECTOR)
                    .flatMap(
                        kind ->
                            Stream.of(1, 4)
                                .map(processors -> Arguments.of(transport, kind, processors))));
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind, processors);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  Fixture.Pair pair() throws Exception {
    return transport.pair(fixture);
  }
}
