package org.mdlc.languageserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Explain;
import org.mdlc.compiler.source.SourceFile;

/**
 * Texts of the compiler's own jar as files that every editor can open: the library, and the pages
 * of {@code mdlc explain}. They are written when they are first asked for, not to be edited.
 */
final class CachedPages {
  private final Path folder;

  CachedPages(Path folder) {
    this.folder = folder;
  }

  /** In the folder that the system has for such files. */
  static CachedPages ofUser() {
    return new CachedPages(userFolder(System.getenv()).resolve("mdlc"));
  }

  /** A variable counts when it names an absolute folder: another would depend on the editor's. */
  static Path userFolder(Map<String, String> environment) {
    var home = Path.of(System.getProperty("user.home"));
    var ofMac = home.resolve("Library/Caches");
    return Stream.of("XDG_CACHE_HOME", "LOCALAPPDATA")
        .map(name -> Path.of(environment.getOrDefault(name, "")))
        .filter(Path::isAbsolute)
        .findFirst()
        .orElseGet(() -> Files.isDirectory(ofMac) ? ofMac : home.resolve(".cache"));
  }

  /** Whether a source file is one of the library. */
  static boolean isLibrary(SourceFile source) {
    return source.name().startsWith(StandardLibrary.PREFIX);
  }

  /** Whether an address is that of a file written here. */
  boolean holds(String uri) {
    return uri.startsWith(folder.toUri().toString());
  }

  /** The address of a file of the library. */
  Optional<String> library(SourceFile source) {
    return written(source.name(), source.text());
  }

  /** The address of the page about a code. */
  Optional<String> explanation(Codes code) {
    return written("explain/" + code.code() + ".md", Explain.page(code));
  }

  /** Nothing where no file can be written: then there is nothing to open. */
  private Optional<String> written(String name, String text) {
    var file = folder.resolve(name);
    try {
      if (!Files.exists(file) || !Files.readString(file).equals(text)) {
        replace(file, text);
      }
      return Optional.of(file.toUri().toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** In one step, since a second server may do the same. */
  private static void replace(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    var fresh = Files.createTempFile(file.getParent(), "new", ".tmp");
    try {
      Files.writeString(fresh, text, StandardCharsets.UTF_8);
      boolean _ = fresh.toFile().setReadOnly();
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
