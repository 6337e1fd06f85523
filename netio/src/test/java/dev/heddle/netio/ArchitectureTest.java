package dev.heddle.netio;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows between the packages of this module, and to other modules, run one way. */
final class ArchitectureTest {
  private static final String ROOT = "dev.heddle.netio";
  private static final String SCHEDULER = "dev.heddle.scheduler";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static void holds(ArchRule rule) {
    assertTrue(CLASSES.contain(ROOT + ".Network"), "the classes were read");
    rule.check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    holds(slices().matching("dev.heddle.(**)").should().beFreeOfCycles());
  }

  @Test
  void ofTheSchedulerOnlyWhatItExportsIsUsedAndNothingOfTheModulesAbove() {
    holds(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                SCHEDULER + ".core..", SCHEDULER + ".inspect..", SCHEDULER + ".jdk.."));
    holds(
        classes()
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                "dev.heddle", "dev.heddle.cli..", "dev.heddle.trace..", "dev.heddle.examples.."));
  }

  @Test
  void onlyTheBridgeNamesTheInternalsOfTheJdk() {
    holds(
        noClasses()
            .that()
            .haveSimpleNameNotStartingWith("NioInternals")
            .and()
            .resideOutsideOfPackage(ROOT + ".jdk..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jdk.internal..", "sun.."));
  }
}
