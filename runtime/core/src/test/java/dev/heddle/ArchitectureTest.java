package dev.heddle;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows from this module to others run one way. */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.heddle");

  private static void holds(ArchRule rule) {
    assertTrue(CLASSES.contain("dev.heddle.Heddle"), "the classes were read");
    rule.check(CLASSES);
  }

  @Test
  void nothingHiddenOfTheModulesBelowIsUsed() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage("dev.heddle", "dev.heddle.jdk")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.heddle.scheduler.core..",
                "dev.heddle.scheduler.inspect..",
                "dev.heddle.scheduler.jdk..",
                "dev.heddle.netio.poll..",
                "dev.heddle.netio.epoll.."));
  }

  @Test
  void theModulesBelowUseNothingOfThisOneAndThisOneNothingOfThoseAbove() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage("dev.heddle.scheduler..", "dev.heddle.netio..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.heddle", "dev.heddle.jdk"));
    holds(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.heddle.cli..", "dev.heddle.trace..", "dev.heddle.stress.."));
  }

  @Test
  void onlyTheBridgeNamesTheInternalsOfTheJdk() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.heddle")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jdk.internal..", "jdk.jfr.internal..", "sun.."));
  }

  @Test
  void packagesFormNoCycle() {
    holds(slices().matching("dev.(**)").should().beFreeOfCycles());
  }
}
