package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Sysmon goes into its deep sleep while the last idle carrier leaves idle: it stays awake, or the
 * carrier wakes it.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "sysmon is awake")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "it sleeps while a carrier runs")
@State
public class SysmonSleepProof {
  private final IdleCarriers idle = new IdleCarriers(1, 1, new Rights(1, 1), new PollerSeat());
  private final SysmonSleep sleep = new SysmonSleep();
  private boolean parks;

  public SysmonSleepProof() {
    idle.enterIdle(0, false);
  }

  /** What {@link SysmonSleep#sleep} does before it parks. */
  @Actor
  public void sysmon() {
    sleep.begin();
    parks = sleep.mayPark(idle::allIdle);
  }

  @Actor
  public void carrier() {
    idle.leaveIdle(0);
    sleep.end();
  }

  @Arbiter
  public void after(Z_Result result) {
    boolean asleep = parks && sleep.mayPark(() -> true);
    result.r1 = !asleep;
  }
}
