package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The twin of {@link SysmonSleepProof}: sysmon looks before it says that it sleeps. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "sysmon is awake")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: it sleeps while a carrier runs")
@State
public class SysmonSleepTwin {
  private final IdleCarriers idle = new IdleCarriers(1, 1, new Rights(1, 1), new PollerSeat());
  private final SysmonSleep sleep = new SysmonSleep();
  private boolean parks;

  public SysmonSleepTwin() {
    idle.enterIdle(0, false);
  }

  @Actor
  public void sysmon() {
    parks = idle.allIdle();
    sleep.begin();
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
