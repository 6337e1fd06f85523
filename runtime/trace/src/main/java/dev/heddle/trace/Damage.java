package dev.heddle.trace;

/** What is wrong with the end of the file. */
public enum Damage {
  /** Nothing is wrong. */
  NONE,
  /** The last header promises more bytes than there are, or bytes follow that are no chunk. */
  TRUNCATED,
  /** The process died, or still records: the last chunk was never finished. */
  UNFINISHED
}
