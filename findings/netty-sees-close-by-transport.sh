#!/usr/bin/env bash
# With auto-read off, Netty's epoll transport reports that the client is gone and its NIO transport does not.
#
# Guess:   the two transports of one library differ in speed only. While auto-read is off nothing is read, so neither
#          notices the client's close until the next read().
# Saw:     with epoll, channelInactive comes right after the client's close (it watches for the peer's end as well);
#          with NIO it does not come within 3 s, and not after a reset either. A proxy that stops reading for
#          back-pressure frees the slow side at once on Linux servers, and keeps dead connections where a developer's
#          machine or a missing native library makes it fall back to NIO.
# Package: io.netty:netty-transport(-native-epoll):4.2.18.Final on JDK Temurin 25.0.3+9 (Linux x86-64), 2026-11-30
. "$(dirname "$0")/lib.sh"
jars io.netty:netty-transport:4.2.18.Final io.netty:netty-transport-native-epoll:4.2.18.Final:linux-x86_64

program Gone <<'JAVA'
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.*;
import io.netty.channel.epoll.*;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.*;
import java.util.concurrent.*;

class Gone {
  public static void main(String[] args) throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      report("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, reset);
      report("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class, reset);
    }
  }

  static void report(String name, IoHandlerFactory factory, Class<? extends ServerChannel> type, boolean reset)
      throws Exception {
    var group = new MultiThreadIoEventLoopGroup(1, factory);
    var active = new CountDownLatch(1);
    var inactive = new CountDownLatch(1);
    var server = new ServerBootstrap().group(group).channel(type).childOption(ChannelOption.AUTO_READ, false)
        .childHandler(new ChannelInboundHandlerAdapter() {
          @Override
          public void channelActive(ChannelHandlerContext context) {
            active.countDown();
          }

          @Override
          public void channelInactive(ChannelHandlerContext context) {
            inactive.countDown();
          }
        }).bind("127.0.0.1", 0).sync().channel();
    var client = new Socket();
    client.connect(server.localAddress());
    active.await();
    if (reset) {
      client.setSoLinger(true, 0);
    }
    client.close();
    System.out.println(name + ", client " + (reset ? "resets" : "closes") + ": channelInactive "
        + (inactive.await(3, TimeUnit.SECONDS) ? "comes" : "does not come"));
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
  }
}
JAVA
java_run Gone >"$work/out" 2>"$work/err" || { cat "$work/err"; exit 1; }
seen "$work/out" '^nio, client closes: channelInactive does not' '^epoll, client closes: channelInactive comes' \
  '^nio, client resets: channelInactive' '^epoll, client resets: channelInactive comes'
