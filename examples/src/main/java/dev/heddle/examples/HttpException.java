package dev.heddle.examples;

/** A request that is answered with an error, after which the connection cannot be used further. */
final class HttpException extends Exception {
  private static final long serialVersionUID = 1;

  final int status;
  final String why;

  HttpException(int status, String why) {
    super(status + ": " + why, null, false, false); // a peer's mistake: no stack is wanted
    this.status = status;
    this.why = why;
  }
}
