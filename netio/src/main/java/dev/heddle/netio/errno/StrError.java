package dev.heddle.netio.errno;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The binding of the C library's {@code strerror}: what it says of an error in the language of this
 * process, decoded as the JDK decodes it for its exceptions.
 *
 * <p>Where this JVM does not let us call C, or the numbers are not Linux's, it says nothing.
 */
final class StrError {
  private static final StrError NOTHING = new StrError(null);
  private static final long MAX_LENGTH = 1024; // the JDK has room for as much

  private final @Nullable MethodHandle strerror;
  private final Charset charset;

  private StrError(@Nullable MethodHandle strerror) {
    this.strerror = strerror;
    this.charset =
        Charset.forName(System.getProperty("sun.jnu.encoding"), Charset.defaultCharset());
  }

  static StrError ofThisProcess() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return NOTHING;
    }
    try {
      return new StrError(link());
    } catch (IllegalCallerException e) { // no native access
      return NOTHING;
    }
  }

  @SuppressWarnings("restricted") // calling C is what this file is for
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("strerror"),
        FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  }

  /**
   * The text of an error; null if it cannot be had. One thread at a time: the C library may use one
   * memory for the texts of unknown errors.
   */
  @SuppressWarnings("restricted")
  synchronized @Nullable String text(int number) {
    if (strerror == null) {
      return null;
    }
    MemorySegment text;
    try {
      text = (MemorySegment) strerror.invokeExact(number);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // C throws nothing
    }
    return text.address() == 0 ? null : text.reinterpret(MAX_LENGTH).getString(0, charset);
  }
}
