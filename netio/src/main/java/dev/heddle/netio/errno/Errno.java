package dev.heddle.netio.errno;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a system call has failed with: the one place that decides it.
 *
 * <p>Our own calls have the number ({@link #of(int)}). The JDK's channels throw an exception that
 * has only a text, and that text is what the C library's {@code strerror} says in the language of
 * this process. So {@link #of(Throwable)} compares with what {@code strerror} says in <em>this</em>
 * process, which is fetched once, with the English words, and with the few texts that are the JDK's
 * own. Without access to the C library the English words must do.
 *
 * <p>The numbers are Linux's, as only Linux's calls are made by number. Immutable; all methods are
 * thread-safe and never block after {@link #init}.
 */
public enum Errno {
  EPERM(1, "Operation not permitted"),
  EINTR(4, "Interrupted system call"),
  EIO(5, "Input/output error"),
  EBADF(9, "Bad file descriptor"),
  EAGAIN(11, "Resource temporarily unavailable"),
  ENOMEM(12, "Cannot allocate memory"),
  EACCES(13, "Permission denied"),
  EFAULT(14, "Bad address"),
  EEXIST(17, "File exists"),
  ENODEV(19, "No such device"),
  EISDIR(21, "Is a directory"),
  EINVAL(22, "Invalid argument"),
  ENFILE(23, "Too many open files in system"),
  EMFILE(24, "Too many open files"),
  ENOSPC(28, "No space left on device"),
  ESPIPE(29, "Illegal seek"),
  EPIPE(32, "Broken pipe"),
  ENOSYS(38, "Function not implemented"),
  ENONET(64, "Machine is not on the network"),
  EPROTO(71, "Protocol error"),
  EOVERFLOW(75, "Value too large for defined data type"),
  EMSGSIZE(90, "Message too long"),
  ENOPROTOOPT(92, "Protocol not available"),
  EOPNOTSUPP(95, "Operation not supported"),
  EADDRINUSE(98, "Address already in use"),
  EADDRNOTAVAIL(99, "Cannot assign requested address"),
  ENETDOWN(100, "Network is down"),
  ENETUNREACH(101, "Network is unreachable"),
  ENETRESET(102, "Network dropped connection on reset"),
  ECONNABORTED(103, "Software caused connection abort"),
  ECONNRESET(104, "Connection reset by peer"),
  ENOBUFS(105, "No buffer space available"),
  ENOTCONN(107, "Transport endpoint is not connected"),
  ETIMEDOUT(110, "Connection timed out"),
  ECONNREFUSED(111, "Connection refused"),
  EHOSTDOWN(112, "Host is down"),
  EHOSTUNREACH(113, "No route to host"),
  ESTALE(116, "Stale file handle");

  /** How far causes are followed: further than we nest exceptions, and never for ever. */
  private static final int MAX_CAUSES = 8;

  /** The JDK's own words, and those of the BSDs. */
  private static final Map<String, Errno> OTHER_WORDS =
      Map.of("Connection reset", ECONNRESET, "Operation timed out", ETIMEDOUT);

  private static final StrError STR_ERROR = StrError.ofThisProcess();
  private static final @Nullable Errno[] BY_NUMBER = byNumber();
  private static final Map<String, Errno> BY_TEXT = byText(STR_ERROR);

  private final int number;
  private final String words;

  Errno(int number, String words) {
    this.number = number;
    this.words = words;
  }

  /**
   * Fetches the texts. Called before the first socket is open: later the process may have no
   * descriptor left to open the catalogue of its language.
   */
  public static void init() {}

  private static @Nullable Errno[] byNumber() {
    var byNumber = new @Nullable Errno[ESTALE.number + 1];
    for (Errno errno : values()) {
      byNumber[errno.number] = errno;
    }
    return byNumber;
  }

  private static Map<String, Errno> byText(StrError strError) {
    var byText = new HashMap<>(OTHER_WORDS);
    for (Errno errno : values()) {
      byText.put(errno.words, errno);
      String translated = strError.text(errno.number);
      if (translated != null) {
        byText.putIfAbsent(translated, errno);
      }
    }
    return Map.copyOf(byText);
  }

  /**
   * The error with this number, as a system call of ours returned it.
   *
   * @return null if the runtime does not distinguish it
   */
  public static @Nullable Errno of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }

  /**
   * The error that an exception of the JDK's channels and sockets reports, or of ours; also if it
   * is a cause.
   *
   * @return null if the exception reports none that the runtime distinguishes
   */
  public static @Nullable Errno of(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      Errno errno = ofText(cause.getMessage());
      if (errno != null) {
        return errno;
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static @Nullable Errno ofText(@Nullable String text) {
    return text == null ? null : BY_TEXT.get(text);
  }

  /** The number that Linux has for it. */
  public int number() {
    return number;
  }

  /** The error in English, as Linux says it. */
  public String words() {
    return words;
  }

  /**
   * An error code in words: English, or the language of this process if the runtime does not
   * distinguish it.
   */
  public static String words(int number) {
    Errno errno = of(number);
    if (errno != null) {
      return errno.words;
    }
    String text = STR_ERROR.text(number);
    return text == null ? "unknown system error " + number : text;
  }

  /**
   * The message of an exception in English, if the whole of it is what the C library says of an
   * error; else as it is.
   */
  public static String words(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    Errno errno = OTHER_WORDS.containsKey(text) ? null : ofText(text);
    return errno == null ? text : errno.words;
  }
}
