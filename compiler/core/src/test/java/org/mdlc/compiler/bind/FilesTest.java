package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the files lie that a file names. */
final class FilesTest {
  @ParameterizedTest
  @CsvSource({
    "m.mdl, lib.mdl, lib.mdl",
    "m.mdl, ./lib.mdl, lib.mdl",
    "m.mdl, ../lib.mdl, ../lib.mdl",
    "./m.mdl, lib.mdl, lib.mdl",
    "./m.mdl, ../lib.mdl, ../lib.mdl",
    "../m.mdl, ../lib.mdl, ../../lib.mdl",
    "a/./m.mdl, ../lib.mdl, lib.mdl",
    "a/b/m.mdl, ../c/lib.mdl, a/c/lib.mdl",
    "a/../m.mdl, lib.mdl, lib.mdl",
    "a//m.mdl, ../lib.mdl, lib.mdl",
    "/m.mdl, lib.mdl, /lib.mdl",
    "/m.mdl, ../lib.mdl, /lib.mdl",
    "/a/m.mdl, ../lib.mdl, /lib.mdl",
    "a/m.mdl, /b/../lib.mdl, /lib.mdl",
  })
  void aPathCountsFromTheFolderOfTheFileThatNamesIt(String from, String path, String found) {
    assertThat(Files.resolve(from, path)).isEqualTo(found);
  }
}
