package dev.heddle.netio.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A filter of packets in front of a listener: what asks for a new connection is dropped, all else
 * passes.
 *
 * <p>To close a listener resets the connections in its backlog, also those that come between the
 * last accept and the close. With this filter none comes any more, and the backlog can be emptied
 * first. (With {@code net.ipv4.tcp_migrate_req} the kernel moves them to another listener; it is
 * off by default.) A classic BPF program needs no privilege.
 *
 * <p>A connection inherits the filter of its listener. It does no harm there: no packet of an
 * established connection asks for a new one.
 */
public final class SynFilter {
  private static final int SO_ATTACH_FILTER = 26;

  private static final int TCP_FLAGS = 13; // where they are in the header, at which a filter begins
  private static final int SYN = 0x02;
  private static final int ACK = 0x10;

  // Instructions: code, jump if true, jump if false, operand.
  private static final int LOAD_BYTE = 0x30;
  private static final int AND = 0x54;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int ALL_BYTES = 0x40000;

  private static final int[][] PROGRAM = {
    {LOAD_BYTE, 0, 0, TCP_FLAGS},
    {AND, 0, 0, SYN | ACK},
    {JUMP_IF_EQUAL, 0, 1, SYN},
    {RETURN, 0, 0, 0},
    {RETURN, 0, 0, ALL_BYTES},
  };

  private static final int INSTRUCTION_BYTES = 8;
  private static final int HEADER_BYTES = 16; // struct sock_fprog: a length, padding, an address
  private static final int ADDRESS_OFFSET = 8;

  private SynFilter() {}

  /**
   * Puts it in front of a listener, for good. Any thread.
   *
   * @return 0, or an error code, negated
   */
  public static int attach(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = arena.allocate((long) PROGRAM.length * INSTRUCTION_BYTES, Long.BYTES);
      for (int i = 0; i < PROGRAM.length; i++) {
        long at = (long) i * INSTRUCTION_BYTES;
        program.set(ValueLayout.JAVA_SHORT, at, (short) PROGRAM[i][0]);
        program.set(ValueLayout.JAVA_BYTE, at + 2, (byte) PROGRAM[i][1]);
        program.set(ValueLayout.JAVA_BYTE, at + 3, (byte) PROGRAM[i][2]);
        program.set(ValueLayout.JAVA_INT, at + 4, PROGRAM[i][3]);
      }
      MemorySegment header = arena.allocate(HEADER_BYTES, Long.BYTES);
      header.set(ValueLayout.JAVA_SHORT, 0, (short) PROGRAM.length);
      header.set(ValueLayout.ADDRESS, ADDRESS_OFFSET, program);
      return SocketCalls.set(fd, SocketCalls.SOL_SOCKET, SO_ATTACH_FILTER, header);
    }
  }
}
