package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * An empty event that a carrier commits when a task has stopped, before the slice: it is there to
 * be lost.
 *
 * <p>In JDK 25 the first event that a platform thread commits after a virtual thread mounted on it
 * has committed one never reaches the recording. Tasks commit events (a wait for the network, the
 * creation of a task, whatever the user's code records), so without this the run slices in which
 * they do would be missing. When the task committed none, this event stays, and costs 11 bytes.
 */
@Name("dev.heddle.CarrierResumed")
@Label("Carrier Resumed")
@Description("Shields the run slice after it from being lost; says nothing")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class CarrierResumed extends Event {}
