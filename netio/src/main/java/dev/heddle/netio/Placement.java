package dev.heddle.netio;

/**
 * On which processor the tasks of a {@link Server}'s connection begin, for as long as it lives.
 * Each time that something comes for a dormant connection, its task begins there; from its first
 * wait on it runs where it is readied, as any task. Others may steal it when there is more than its
 * processor can run. {@link ServeOptions#withPinned} keeps it there.
 *
 * <p>{@link #LOCAL} is the fastest: no other thread has to be woken. The others are for handlers
 * whose data of a connection, or of a client, should stay in the cache of one processor, and for
 * loads that come in bursts at one processor.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="placement"}
 */
public enum Placement {
  /** Where the event was found: the default. */
  LOCAL,

  /** On each processor in turn. */
  ROUND_ROBIN,

  /** On the processor that has the fewest of the server's open connections. */
  LEAST_CONNECTIONS,

  /**
   * By the address of the peer, without its port: all connections of one client on one processor.
   * Those of Unix-domain sockets have no address, and are all on one.
   */
  SOURCE_HASH
}
