package dev.heddle.stress.diagnose;

import dev.heddle.cli.CliError;
import java.util.List;
import java.util.function.Supplier;

/** All plants, by name. */
final class Plants {
  private static final List<Supplier<Plant>> ALL =
      List.of(
          WaitPlants.Lock::new,
          WaitPlants.Logger::new,
          RunPlants.Hog::new,
          WaitPlants.Peer::new,
          WaitPlants.BlockingFile::new,
          RunPlants.GarbageCollection::new,
          RunPlants.TimerStorm::new,
          RunPlants.Burst::new,
          RunPlants.Bottleneck::new,
          WaitPlants.Descriptors::new);

  private Plants() {}

  static List<Plant> all() {
    return ALL.stream().map(Supplier::get).toList();
  }

  static Plant named(String name) {
    return all().stream()
        .filter(plant -> plant.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CliError(
                    "no planted server is called "
                        + name
                        + "; there are "
                        + String.join(", ", all().stream().map(Plant::name).toList())));
  }
}
