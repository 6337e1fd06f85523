package dev.heddle.scheduler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows between the packages of this module run one way, as its layers say. */
final class ArchitectureTest {
  private static final String ROOT = "dev.heddle.scheduler";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static void holds(ArchRule rule) {
    assertTrue(CLASSES.contain(ROOT + ".core.Engine"), "the classes were read");
    rule.check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    holds(slices().matching("dev.heddle.(**)").should().beFreeOfCycles());
  }

  @Test
  void eachPackageUsesOnlyThoseBelowIt() {
    holds(
        layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
            .layer("values")
            .definedBy(ROOT)
            .layer("jdk")
            .definedBy(ROOT + ".jdk")
            .layer("time")
            .definedBy(ROOT + ".time")
            .layer("events")
            .definedBy(ROOT + ".events")
            .layer("spi")
            .definedBy(ROOT + ".spi")
            .layer("core")
            .definedBy(ROOT + ".core")
            .layer("inspect")
            .definedBy(ROOT + ".inspect")
            .layer("facade")
            .definedBy(ROOT + ".facade")
            .ensureAllClassesAreContainedInArchitecture()
            .whereLayer("values")
            .mayNotAccessAnyLayer()
            .whereLayer("jdk")
            .mayOnlyAccessLayers("values")
            .whereLayer("time")
            .mayOnlyAccessLayers("jdk")
            .whereLayer("events")
            .mayOnlyAccessLayers("jdk", "time")
            .whereLayer("spi")
            .mayOnlyAccessLayers("values", "jdk", "time", "events")
            .whereLayer("core")
            .mayOnlyAccessLayers("values", "jdk", "time", "events", "spi")
            .whereLayer("inspect")
            .mayOnlyBeAccessedByLayers("facade")
            .whereLayer("facade")
            .mayNotBeAccessedByAnyLayer());
  }

  @Test
  void onlyTheBridgeNamesTheInternalsOfTheJdk() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".jdk")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jdk.internal..", "sun.."));
  }

  @Test
  void theSchedulerKnowsNothingOfTheOtherModules() {
    holds(
        classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                ROOT + "..", "java..", "jdk..", "org.jctools..", "org.slf4j..", "org.jspecify.."));
  }

  @Test
  void theClockIsReadInOnePlace() {
    holds(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".time.Clock")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis"));
  }

  @Test
  void nothingInTheCoreUsesTheEngineThatPutsItTogether() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + ".core")
            .and()
            .doNotHaveSimpleName("Engine")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("Engine"));
  }
}
