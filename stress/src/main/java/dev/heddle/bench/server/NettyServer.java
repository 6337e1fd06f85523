package dev.heddle.bench.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/** The agreed work on Netty: native epoll, an event loop a processor, pooled buffers, no codec. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the connection
final class NettyServer implements Server {
  private final MultiThreadIoEventLoopGroup loops;
  private final Channel listener;

  private NettyServer(MultiThreadIoEventLoopGroup loops, Channel listener) {
    this.loops = loops;
    this.listener = listener;
  }

  /** Whether there is a native transport for this machine. */
  static boolean isAvailable() {
    return Epoll.isAvailable();
  }

  static NettyServer start(Work work, int port, int processors) throws IOException {
    if (!isAvailable()) {
      throw new IOException("Netty's native epoll is not available here");
    }
    var loops = new MultiThreadIoEventLoopGroup(processors, EpollIoHandler.newFactory());
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, Work.BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(Work.BUFFER_BYTES))
            .childHandler(new Handlers(work))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully();
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    return new NettyServer(loops, bound.channel());
  }

  @Override
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void go(Runnable body) {
    throw new UnsupportedOperationException("Netty has event loops, not tasks");
  }

  @Override
  public void close() {
    listener.close();
    loops.shutdownGracefully();
  }

  private static final class Handlers extends ChannelInitializer<SocketChannel> {
    private final Work work;

    Handlers(Work work) {
      this.work = work;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel.pipeline().addLast(work == Work.HTTP ? new HttpHandler() : new EchoHandler());
    }
  }

  private static class EchoHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message, context.voidPromise());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static final class HttpHandler extends EchoHandler {
    private static final ByteBuf TABLE =
        Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(HttpReplies.table()));

    private final HeadCounter counter = new HeadCounter();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var in = (ByteBuf) message;
      var bytes = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      int heads = counter.count(bytes, bytes.position(), bytes.limit());
      in.release();
      if (heads > 0) {
        context.writeAndFlush(
            TABLE.slice(0, heads * HttpReplies.REPLY_BYTES), context.voidPromise());
      }
    }
  }
}
