package org.mdlc.runtime.utils;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.random.NumpyRandom;

/**
 * The files of a folder with the numbers of their classes, in the order of Keras's {@code
 * index_directory}.
 *
 * @param labels one per file; none without labels
 * @param classNames in the order of the numbers; none without labels
 */
record DirectoryIndex(List<Path> files, List<Integer> labels, List<String> classNames) {
  /** Python compares strings by code points. */
  private static final Comparator<String> PYTHON_ORDER =
      (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

  /** Where labels come from. */
  sealed interface Source {
    /** From the folders in the folder; those named, in that order, or all of them, sorted. */
    record Inferred(@Nullable List<String> classNames) implements Source {}

    /** From a list, in the order of the files. */
    record Listed(List<Integer> labels) implements Source {}

    /** There are none. */
    record None() implements Source {}
  }

  /** A checksum of which file comes when; the same where the folder has been moved. */
  String order() {
    List<String> names = files.stream().map(file -> String.valueOf(file.getFileName())).toList();
    return String.format(
        Locale.ROOT, "files in order %08x", 31 * names.hashCode() + labels.hashCode());
  }

  /**
   * Lists the files.
   *
   * @param formats endings of names in small letters, such as {@code .png}
   * @throws DataException if the folder cannot be read or does not have what the source says
   */
  static DirectoryIndex of(
      Path directory, Source source, Set<String> formats, boolean followLinks) {
    if (!Files.isDirectory(directory)) {
      throw new DataException(
          directory + (Files.exists(directory) ? ": not a folder" : ": no such folder"));
    }
    try {
      return switch (source) {
        case Source.Inferred inferred -> inferred(directory, inferred, formats, followLinks);
        case Source.Listed listed -> listed(directory, listed.labels(), formats, followLinks);
        case Source.None _ ->
            new DirectoryIndex(files(directory, formats, followLinks), List.of(), List.of());
      };
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(directory + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** The folders in a folder, sorted: what Keras takes as classes. */
  static List<String> classFolders(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted(PYTHON_ORDER)
          .toList();
    }
  }

  private static DirectoryIndex inferred(
      Path directory, Source.Inferred source, Set<String> formats, boolean followLinks)
      throws IOException {
    List<String> folders = classFolders(directory);
    List<String> classNames = folders;
    if (source.classNames() != null) {
      classNames = source.classNames();
      if (!folders.containsAll(classNames)) {
        throw new DataException(
            directory + ": its folders are " + folders + ", the class names are " + classNames);
      }
    }
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int number = 0; number < classNames.size(); number++) {
      for (Path file : files(directory.resolve(classNames.get(number)), formats, followLinks)) {
        files.add(file);
        labels.add(number);
      }
    }
    return new DirectoryIndex(files, labels, classNames);
  }

  private static DirectoryIndex listed(
      Path directory, List<Integer> labels, Set<String> formats, boolean followLinks)
      throws IOException {
    List<Path> files = files(directory, formats, followLinks);
    if (files.size() != labels.size()) {
      throw new DataException(
          directory + ": " + labels.size() + " labels for " + files.size() + " files");
    }
    List<String> names = new TreeSet<>(labels).stream().map(label -> label.toString()).toList();
    return new DirectoryIndex(files, labels, names);
  }

  /** Folder by folder in the order of their paths, and the files of each sorted. */
  private static List<Path> files(Path root, Set<String> formats, boolean followLinks)
      throws IOException {
    Map<String, List<String>> found = new TreeMap<>(PYTHON_ORDER);
    Set<FileVisitOption> options =
        followLinks
            ? EnumSet.of(FileVisitOption.FOLLOW_LINKS)
            : EnumSet.noneOf(FileVisitOption.class);
    Files.walkFileTree(
        root.toRealPath(),
        options,
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString();
            boolean isLinkToFolder = attributes.isSymbolicLink() && Files.isDirectory(file);
            String lower = name.toLowerCase(Locale.ROOT);
            if (!isLinkToFolder && formats.stream().anyMatch(lower::endsWith)) {
              found
                  .computeIfAbsent(
                      Objects.requireNonNull(file.getParent()).toString(), _ -> new ArrayList<>())
                  .add(name);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Path real = root.toRealPath();
    List<Path> files = new ArrayList<>();
    found.forEach(
        (folder, names) -> {
          Path inside = root.resolve(real.relativize(Path.of(folder)));
          names.stream().sorted(PYTHON_ORDER).map(inside::resolve).forEach(files::add);
        });
    return files;
  }

  /** In the order into which NumPy's generator brings them. */
  DirectoryIndex shuffled(long seed) {
    return take(new NumpyRandom(seed).permutation(files.size()));
  }

  /**
   * The first files or the last.
   *
   * @param fraction of the files that are last
   * @param last which part
   * @throws DataException if a part would be empty
   */
  DirectoryIndex part(double fraction, boolean last) {
    int held = (int) (fraction * files.size());
    if (held == 0 || held == files.size()) {
      throw new DataException(
          "a validation split of "
              + fraction
              + " of "
              + files.size()
              + " files leaves one part empty");
    }
    int cut = files.size() - held;
    return take((last ? IntStream.range(cut, files.size()) : IntStream.range(0, cut)).toArray());
  }

  private DirectoryIndex take(int[] order) {
    return new DirectoryIndex(
        IntStream.of(order).mapToObj(files::get).toList(),
        labels.isEmpty() ? labels : IntStream.of(order).mapToObj(labels::get).toList(),
        classNames);
  }
}
