package dev.heddle.netio;

import dev.heddle.netio.poll.LateChannel;
import java.net.SocketAddress;

/** A socket that was just accepted, with the addresses of its ends. */
record Accepted(LateChannel channel, SocketAddress local, SocketAddress remote) {}
