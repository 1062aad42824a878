package org.mdlc.languageserver;

import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Between the addresses of the protocol and the names of source files. */
final class Uris {
  private Uris() {}

  /** The path of a file, with forward slashes; of what is no file, the address itself. */
  static String name(String uri) {
    try {
      var address = URI.create(uri);
      return "file".equals(address.getScheme())
          ? slashed(Path.of(address).normalize().toString())
          : uri;
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      return uri; // an address in a form that names no file here
    }
  }

  /** The address of a source file. */
  static String uri(String name) {
    try {
      var path = Path.of(name);
      return path.isAbsolute() ? path.toUri().toString() : name;
    } catch (InvalidPathException e) {
      return name; // such as untitled:Untitled-1 on Windows
    }
  }

  private static String slashed(String path) {
    return path.replace('\\', '/');
  }
}
