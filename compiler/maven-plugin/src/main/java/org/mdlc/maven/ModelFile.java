package org.mdlc.maven;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A file to compile.
 *
 * @param path absolute
 * @param packageName of the classes that it gives; empty for the unnamed package
 */
record ModelFile(Path path, String packageName) {
  private static final String SUFFIX = ".mdl";

  /**
   * Every {@code .mdl} file of a folder, in the order of their paths. Folders are packages, as with
   * sources of Java: {@code org/acme/m.mdl} is in {@code org.acme}.
   *
   * @param packageName that of the folder itself; what is in its folders comes below
   */
  static List<ModelFile> in(Path folder, String packageName) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return files
          .filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
          .sorted(Comparator.comparing(Path::toString))
          .map(file -> new ModelFile(file, packageOf(folder.relativize(file), packageName)))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String packageOf(Path relative, String packageName) {
    return Stream.concat(
            Stream.of(packageName),
            StreamSupport.stream(relative.spliterator(), false)
                .limit(relative.getNameCount() - 1)
                .map(Path::toString))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.joining("."));
  }
}
