package org.mdlc.compiler.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A page of the documentation, as its lines. */
record Page(Path file, List<String> lines) {
  private static final Path ROOT = Path.of("../..");

  /**
   * A fenced block.
   *
   * @param line of its first line of text, from 1
   * @param info what stands behind the opening fence
   */
  record Block(String page, int line, String info, List<String> lines) {
    String text() {
      return String.join("\n", lines) + "\n";
    }

    boolean isMdl() {
      return info.equals("mdl") || info.startsWith("mdl ");
    }

    @Override
    public String toString() {
      return page + ":" + line;
    }
  }

  /** The README and every page below docs, by name. */
  static List<Page> all() {
    try (var docs = Files.walk(ROOT.resolve("docs"))) {
      var pages = docs.filter(f -> f.toString().endsWith(".md")).sorted();
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), pages).map(Page::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page by its path from the root of the repository. */
  static Page of(String path) {
    return read(ROOT.resolve(path));
  }

  private static Page read(Path file) {
    try {
      return new Page(file, Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Block> blocks() {
    var blocks = new ArrayList<Block>();
    int open = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("```")) {
        continue;
      }
      if (open < 0) {
        open = i;
      } else {
        var info = lines.get(open).substring(3).strip();
        blocks.add(new Block(name(), open + 2, info, List.copyOf(lines.subList(open + 1, i))));
        open = -1;
      }
    }
    if (open >= 0) {
      throw new IllegalStateException(file + ":" + (open + 1) + ": the block has no end");
    }
    return blocks;
  }

  /** The only block that contains this text. */
  Block blockWith(String part) {
    var found = blocks().stream().filter(b -> b.text().contains(part)).toList();
    if (found.size() != 1) {
      throw new IllegalStateException(file + " has " + found.size() + " blocks with " + part);
    }
    return found.getFirst();
  }

  private String name() {
    return file.getFileName().toString();
  }
}
