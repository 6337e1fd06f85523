/**
 * What the scheduler and the poller say about themselves to the JDK's Flight Recorder: one class an
 * event, all in the category "Heddle", all off until a recording asks for them.
 *
 * <p>Off, an event costs one test of a flag: {@code if (event.isEnabled())} reads a constant that
 * the JVM rewrites when a recording starts. Code that emits an event asks that first and takes no
 * timestamp before.
 *
 * <p>Words and times: ids are those of {@link Thread#threadId()}; every {@code …Nanos} field is a
 * span of time; moments are the event's own start and end. A span of −1 was not known, since the
 * recording began after it.
 */
package dev.heddle.scheduler.events;
