package dev.heddle;

import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers a runtime with the platform's MBean server, under a name that no other runtime has. */
final class HeddleBean implements HeddleMXBean {
  private static final Logger LOG = LoggerFactory.getLogger(Heddle.class);

  private final Heddle heddle;
  private final ObjectName objectName;

  private HeddleBean(Heddle heddle, ObjectName objectName) {
    this.heddle = heddle;
    this.objectName = objectName;
  }

  /** Null, and a line in the log, if that cannot be done: a runtime runs without. */
  static @Nullable HeddleBean register(Heddle heddle) {
    try {
      for (int i = 1; ; i++) {
        String name = i == 1 ? heddle.name() : heddle.name() + "-" + i;
        var bean = new HeddleBean(heddle, objectName(name));
        try {
          ManagementFactory.getPlatformMBeanServer().registerMBean(bean, bean.objectName);
          return bean;
        } catch (InstanceAlreadyExistsException e) {
          LOG.debug("{} is there already", bean.objectName, e);
        }
      }
    } catch (JMException e) {
      LOG.warn("{} cannot be seen in JMX", heddle.name(), e);
      return null;
    }
  }

  private static ObjectName objectName(String name) throws MalformedObjectNameException {
    boolean plain =
        name.chars()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '.' || c == '_');
    return new ObjectName("dev.heddle:type=Heddle,name=" + (plain ? name : ObjectName.quote(name)));
  }

  void deregister() {
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(objectName);
    } catch (JMException e) {
      LOG.debug("{} was not registered any more", objectName, e);
    }
  }

  @Override
  public String getName() {
    return heddle.name();
  }

  @Override
  public int getProcessors() {
    return heddle.processors();
  }

  @Override
  public int getLiveTasks() {
    return heddle.liveTasks();
  }

  @Override
  public int getOpenSockets() {
    return heddle.openSockets();
  }

  @Override
  public String getPollerName() {
    return heddle.pollerName();
  }

  @Override
  public SchedulerMetrics getMetrics() {
    return heddle.metrics();
  }

  @Override
  public Map<TaskState, Integer> taskStates() {
    return heddle.taskStates();
  }

  @Override
  public String dump() {
    return heddle.dump().toString();
  }

  @Override
  public String dumpTrace() throws IOException {
    return heddle.dumpTrace().toString();
  }
}
