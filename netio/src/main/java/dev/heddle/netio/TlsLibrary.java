package dev.heddle.netio;

/**
 * Looks whether the TLS library is there: programs that use no TLS do not get it, so a caller that
 * asks for TLS without it learns in one line what to add.
 */
final class TlsLibrary {
  private static final String ARTIFACT = "com.github.marianobarrios:tls-channel";
  private static final boolean PRESENT = isPresent("tlschannel.TlsChannel");

  private TlsLibrary() {}

  /**
   * Does nothing if the library is there.
   *
   * @throws IllegalStateException if not; the message names the jar
   */
  static void require() {
    if (!PRESENT) {
      throw new IllegalStateException(
          "TLS needs the library "
              + ARTIFACT
              + " on the class path, or its module tls.channel (--add-modules tls.channel)");
    }
  }

  static boolean isPresent(String className) {
    try {
      Class.forName(className, false, TlsLibrary.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
