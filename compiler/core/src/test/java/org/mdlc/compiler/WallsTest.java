package org.mdlc.compiler;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The walls between the packages: a stage knows the stages before it and none after it. */
final class WallsTest {
  /** In the order in which a model flows through them. */
  private static final List<String> STAGES =
      List.of(
          "source",
          "diag",
          "syntax",
          "format",
          "type",
          "expr",
          "ir",
          "op",
          "bind",
          "keras",
          "interp",
          "pass",
          "plan",
          "summary",
          "report",
          "emit.java",
          "emit.cuda",
          "driver",
          "analysis");

  private static final JavaClasses COMPILER =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("org.mdlc.compiler");

  private static final JavaClasses RUNTIME =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("org.mdlc.runtime");

  @Test
  void importsClassFilesOfThisJdk() {
    assertThat(COMPILER).isNotEmpty();
    assertThat(RUNTIME).isNotEmpty();
  }

  @TestFactory
  List<DynamicTest> aStageKnowsOnlyEarlierStages() {
    return STAGES.subList(0, STAGES.size() - 1).stream()
        .map(stage -> DynamicTest.dynamicTest(stage, () -> knowsNoLaterStage(stage)))
        .toList();
  }

  private static void knowsNoLaterStage(String stage) {
    String[] later =
        STAGES.subList(STAGES.indexOf(stage) + 1, STAGES.size()).stream()
            .map(WallsTest::packages)
            .toArray(String[]::new);
    noClasses()
        .that(resideInAnyPackage(packages(stage)))
        .should()
        .dependOnClassesThat(resideInAnyPackage(later))
        .check(COMPILER);
  }

  private static String packages(String stage) {
    return "org.mdlc.compiler." + stage + "..";
  }

  @Test
  void everyClassIsInAStage() {
    classes()
        .should()
        .resideInAnyPackage(STAGES.stream().map(WallsTest::packages).toArray(String[]::new))
        .check(COMPILER);
  }

  @Test
  void theTwoPrintersDoNotKnowEachOther() {
    noClasses()
        .that(resideInAnyPackage(packages("emit.cuda")))
        .should()
        .dependOnClassesThat(resideInAnyPackage(packages("emit.java")))
        .check(COMPILER);
  }

  @Test
  void onlySyntaxSeesAntlr() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packages("syntax"))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.antlr..", "org.mdlc.grammar.."))
        .check(COMPILER);
  }

  @Test
  void onlyTheJavaPrinterSeesJavaPoet() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packages("emit.java"))
        .should()
        .dependOnClassesThat(resideInAnyPackage("com.palantir.javapoet.."))
        .check(COMPILER);
  }

  @Test
  void onlyKerasFilesAreJson() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packages("keras"))
        .should()
        .dependOnClassesThat(resideInAnyPackage("com.google.gson.."))
        .check(COMPILER);
  }

  @Test
  void onlyTheDriverLooksIntoCsvFiles() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packages("driver"))
        .should()
        .dependOnClassesThat(resideInAnyPackage("de.siegmar.fastcsv.."))
        .check(COMPILER);
  }

  @Test
  void compilerAndRuntimeDoNotKnowEachOther() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.mdlc.runtime.."))
        .check(COMPILER);
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.mdlc.compiler..", "org.mdlc.grammar.."))
        .check(RUNTIME);
  }

  @Test
  void theCompilerKeepsNoStaticState() {
    fields().that().areStatic().should().beFinal().allowEmptyShould(true).check(COMPILER);
  }

  @Test
  void theCompilerNeitherExitsNorPrints() {
    noClasses()
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(COMPILER);
  }

  @Test
  void noMethodDeclaresThatItThrowsAnything() {
    noMethods()
        .should()
        .declareThrowableOfType(Exception.class)
        .orShould()
        .declareThrowableOfType(Throwable.class)
        .allowEmptyShould(true)
        .check(COMPILER);
  }
}
