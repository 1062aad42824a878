package org.mdlc.runtime.utils;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/**
 * A tar or zip file of somebody else's. Its entries are extracted into a new folder, which takes
 * its place only when all went well. An entry that would lie outside that folder, or is neither
 * file nor folder (links, devices), is left out with a warning; what is in the archive is counted
 * while it is written and never believed.
 */
final class Archive {
  private static final System.Logger LOGGER = System.getLogger(Archive.class.getName());
  private static final long SPARE_DISK = 256L << 20;
  private static final int MAX_ENTRIES = 10_000_000;
  private static final int BUFFER = 1 << 16;
  private static final Set<PosixFilePermission> OPEN_TO_READ =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private final Path file;
  private final String format;
  private final long maxBytes;
  private long written;
  private long entries;

  Archive(Path file, String format, long maxBytes) {
    this.file = file;
    this.format = format;
    this.maxBytes = maxBytes;
  }

  /**
   * @throws DataException if the file is no archive, or its content is too large
   */
  void extractTo(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(folder + " is no folder to extract to");
    }
    Path partial = Files.createTempDirectory(parent, "." + folder.getFileName() + ".part");
    try {
      long room = Files.getFileStore(parent).getUsableSpace() - SPARE_DISK;
      extract(partial, Math.min(maxBytes, Math.max(0, room)));
      deleteTree(folder);
      if (Files.getFileStore(partial).supportsFileAttributeView(PosixFileAttributeView.class)) {
        Files.setPosixFilePermissions(
            partial, OPEN_TO_READ); // a temporary folder is the owner's alone
      }
      Files.move(partial, folder);
    } finally {
      deleteTree(partial);
    }
  }

  private void extract(Path folder, long limit) throws IOException {
    try {
      if (isZip()) {
        unzip(folder, limit);
      } else {
        untar(folder, limit);
      }
    } catch (DataException | FileSystemException e) {
      throw e; // a limit or the disk, not the archive's content
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException(
          file
              + " cannot be extracted: it is damaged or no tar or zip archive ("
              + e.getMessage()
              + ")",
          e);
    }
    if (entries == 0) {
      throw new DataException(
          file + " cannot be extracted: it holds nothing, or is no tar or zip archive");
    }
  }

  private boolean isZip() throws IOException {
    if (!format.equals("auto")) {
      return format.equals("zip");
    }
    byte[] start = start();
    return start.length >= 4
        && start[0] == 'P'
        && start[1] == 'K'
        && (start[2] == 3 || start[2] == 5);
  }

  private byte[] start() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(4);
    }
  }

  private void unzip(Path folder, long limit) throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      var all = zip.getEntries();
      while (all.hasMoreElements()) {
        ZipArchiveEntry entry = all.nextElement();
        if (entry.isUnixSymlink()) {
          leaveOut(entry.getName(), "is a link");
          continue;
        }
        try (InputStream in = zip.getInputStream(entry)) {
          place(folder, entry.getName(), entry.isDirectory(), in, limit);
        }
      }
    }
  }

  private void untar(Path folder, long limit) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            uncompressed(new BufferedInputStream(Files.newInputStream(file))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isDirectory() || isPlainFile(entry)) {
          place(folder, entry.getName(), entry.isDirectory(), tar, limit);
        } else {
          leaveOut(entry.getName(), "is a link or a device");
        }
      }
    }
  }

  private static boolean isPlainFile(TarArchiveEntry entry) {
    return switch (entry.getLinkFlag()) {
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG -> true;
      default -> false;
    };
  }

  private InputStream uncompressed(InputStream in) throws IOException {
    byte[] start = start();
    if (start.length >= 2 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b) {
      return GzipCompressorInputStream.builder()
          .setInputStream(in)
          .setDecompressConcatenated(true)
          .get();
    }
    if (start.length >= 3 && start[0] == 'B' && start[1] == 'Z' && start[2] == 'h') {
      return new BZip2CompressorInputStream(in, true);
    }
    return in;
  }

  private void place(Path folder, String name, boolean isFolder, InputStream in, long limit)
      throws IOException {
    if (++entries > MAX_ENTRIES) {
      throw new DataException(file + " holds more than " + MAX_ENTRIES + " entries");
    }
    Optional<Path> target = inside(folder, name);
    if (target.isEmpty()) {
      leaveOut(name, "would lie outside");
    } else if (isFolder) {
      Files.createDirectories(target.get());
    } else if (target.get().equals(folder)) {
      leaveOut(name, "has no name");
    } else {
      Files.createDirectories(target.get().getParent());
      copy(in, target.get(), limit);
    }
  }

  /** No link is ever made here, so a path whose text stays inside does so on the disk. */
  private static Optional<Path> inside(Path folder, String name) {
    try {
      if (name.startsWith("/") || name.contains("\\") || name.matches("[A-Za-z]:.*")) {
        return Optional.empty();
      }
      Path target = folder.resolve(name).normalize();
      return target.startsWith(folder) ? Optional.of(target) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private void leaveOut(String name, String why) {
    LOGGER.log(Level.WARNING, "{0}: the entry {1} {2} and is left out", file, name, why);
  }

  private void copy(InputStream in, Path target, long limit) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (OutputStream out = Files.newOutputStream(target)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        written += read;
        if (written > limit) {
          throw new DataException(
              file
                  + " is too large to extract: more than "
                  + limit
                  + " bytes came out of it, which is all that `maxBytes` and the disk allow");
        }
        out.write(buffer, 0, read);
      }
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(path);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
