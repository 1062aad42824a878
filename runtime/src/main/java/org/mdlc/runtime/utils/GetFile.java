package org.mdlc.runtime.utils;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/**
 * Brings a file of the web into a cache folder once, and gives its path from then on; Keras's
 * {@code keras.utils.get_file}.
 *
 * <pre>{@code
 * Path csv = GetFile.of("https://host/iris.csv").fileHash("d5c1…").get();
 * Path folder = GetFile.of("https://host/flowers.tar.gz").extract(true).get();
 * }</pre>
 *
 * <p>The file is written under a temporary name and moved when it is complete and its hash is
 * right; a download that broke off goes on where it stopped. Two programs that want one file at
 * once load it once. Redirects are followed, but never from https to http. Proxies are those of
 * Java's system properties or else of the variables {@code HTTP_PROXY}, {@code HTTPS_PROXY} and
 * {@code NO_PROXY}.
 *
 * <p>Unlike Keras: a cache folder that cannot be written is an error and not silently {@code
 * /tmp/.keras}, an unknown archive format is an error and not a warning, and what was extracted is
 * moved into place in one step.
 */
public final class GetFile {
  private static final System.Logger LOGGER = System.getLogger(GetFile.class.getName());

  private final URI origin;
  private @Nullable String fname;
  private @Nullable String fileHash;
  private String hashAlgorithm = "auto";
  private String cacheSubdir = "datasets";
  private @Nullable Path cacheDir;
  private boolean extract;
  private String archiveFormat = "auto";
  private boolean forceDownload;
  private long maxBytes = 1L << 40;
  private @Nullable PrintStream output = System.out;

  private GetFile(URI origin) {
    this.origin = origin;
  }

  /**
   * A file at a URL.
   *
   * @param origin with scheme http, https or file
   * @throws IllegalArgumentException if it is not such a URL
   */
  public static GetFile of(String origin) {
    URI uri;
    try {
      uri = URI.create(origin);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("`origin` is no URL: " + origin, e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https") && !scheme.equals("file")) {
      throw new IllegalArgumentException(
          "`origin` begins with http:, https: or file:, not so: " + origin);
    }
    return new GetFile(uri);
  }

  /** Name in the cache; the last part of the URL's path unless set. */
  public GetFile fname(String name) {
    fname = name;
    return this;
  }

  /** What the file must hash to, in hexadecimal digits; not checked unless set. */
  public GetFile fileHash(String hexadecimal) {
    fileHash = hexadecimal.toLowerCase(Locale.ROOT);
    return this;
  }

  /** {@code "sha256"}, {@code "md5"}, or {@code "auto"}: by the length of the hash. */
  public GetFile hashAlgorithm(String name) {
    hashAlgorithm = name;
    return this;
  }

  /** Folder within the cache; {@code datasets} unless set. */
  public GetFile cacheSubdir(String folder) {
    cacheSubdir = folder;
    return this;
  }

  /** The cache; the folder that {@code KERAS_HOME} names, or {@code ~/.keras}, unless set. */
  public GetFile cacheDir(Path folder) {
    cacheDir = folder;
    return this;
  }

  /** Whether the file is an archive to extract; the result is then the folder of its content. */
  public GetFile extract(boolean unpack) {
    extract = unpack;
    return this;
  }

  /** {@code "tar"} (also compressed), {@code "zip"}, or {@code "auto"}: what the file says. */
  public GetFile archiveFormat(String name) {
    if (!name.equals("auto") && !name.equals("tar") && !name.equals("zip")) {
      throw new IllegalArgumentException(
          "`archiveFormat` is \"auto\", \"tar\" or \"zip\", not \"" + name + "\"");
    }
    archiveFormat = name;
    return this;
  }

  /** Whether to load the file though it is there. */
  public GetFile forceDownload(boolean always) {
    forceDownload = always;
    return this;
  }

  /**
   * Bytes that the file, and all that is extracted from it, may have; more is an error. 2^40 unless
   * set. The disk is never filled beyond its last 256 MiB.
   */
  public GetFile maxBytes(long bytes) {
    maxBytes = bytes;
    return this;
  }

  /** Where progress is shown; the standard output unless set, nowhere for null. */
  public GetFile output(@Nullable PrintStream stream) {
    output = stream;
    return this;
  }

  /**
   * The path of the file in the cache, or of the folder with its content; loads what is missing.
   *
   * @throws IllegalArgumentException if the name or the hash is malformed
   * @throws IOException if the server cannot be reached or says no, in Keras's words, {@code URL
   *     fetch failure on ..}; or if the cache cannot be written
   * @throws DataException if the file has another hash, or is larger than allowed, or is no archive
   */
  public Path get() throws IOException, InterruptedException {
    FileHash hash = fileHash == null ? null : FileHash.of(hashAlgorithm, fileHash);
    Path folder = folder();
    String wanted = fname == null ? nameOfOrigin() : simple(fname);
    String target = wanted;
    String file = wanted;
    if (extract) {
      // As Keras: without a name the content lies under the archive's own, with "a.tar.gz" in
      // "a_extracted".
      if (fname == null || !wanted.contains(".")) {
        file = wanted + "_archive";
      } else {
        target = wanted.substring(0, wanted.indexOf('.')) + "_extracted";
      }
    }
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("." + file + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Objects.requireNonNull(lock);
      boolean loaded = fetch(folder.resolve(file), hash);
      if (extract) {
        Path content = folder.resolve(target);
        if (loaded || forceDownload || !Files.isDirectory(content)) {
          new Archive(folder.resolve(file), archiveFormat, maxBytes).extractTo(content);
        }
        return content;
      }
      return folder.resolve(target);
    }
  }

  /** Loads the file if need be; true when it did. */
  private boolean fetch(Path file, @Nullable FileHash hash)
      throws IOException, InterruptedException {
    if (Files.isDirectory(file)) {
      throw new IOException(
          file
              + " is a folder that was extracted before; give another `fname` for the file itself");
    }
    if (Files.exists(file) && !forceDownload) {
      if (hash == null || hash.fits(file)) {
        return false;
      }
      LOGGER.log(
          Level.WARNING,
          "a local file was found, but it seems to be incomplete or outdated because its {0} does"
              + " not match {1}; it is loaded again: {2}",
          hash.algorithm(),
          hash.expected(),
          file);
    }
    if (output != null) {
      output.println("Downloading data from " + origin);
    }
    new Download(origin, maxBytes, output, Proxies.fromEnvironment()).to(file, hash);
    return true;
  }

  /** The cache folder where none is given: that of the variable {@code KERAS_HOME}, or Keras's. */
  public static Path usualCacheFolder() {
    String home = System.getenv("KERAS_HOME");
    return home == null || home.isBlank()
        ? Path.of(System.getProperty("user.home"), ".keras")
        : Path.of(home);
  }

  private Path folder() throws IOException {
    Path root = cacheDir == null ? usualCacheFolder() : cacheDir;
    Path folder = root.resolve(cacheSubdir);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException(
          "the cache folder "
              + folder
              + " cannot be made: set KERAS_HOME or `cacheDir` to one that"
              + " can be written",
          e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException(
          "the cache folder "
              + folder
              + " cannot be written: set KERAS_HOME or `cacheDir` to"
              + " another");
    }
    return folder;
  }

  private String nameOfOrigin() {
    String path = origin.getPath() == null ? "" : origin.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the URL names no file, so `fname` must: " + origin);
    }
    return simple(name);
  }

  private static String simple(String name) {
    if (name.isBlank()
        || name.equals(".")
        || name.equals("..")
        || name.matches(".*[/\\\\\\x00].*")) {
      throw new IllegalArgumentException(
          "`fname` is a name without folders, not \""
              + name
              + "\"; folders belong in"
              + " `cacheSubdir`");
    }
    return name;
  }
}
