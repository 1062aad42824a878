package org.mdlc.runtime.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file under a temporary name in the same folder and moves it into place once it is
 * complete and on the disk, so that nobody ever finds half a file and a failure leaves the old one.
 *
 * <p>Otherwise it is as if the file had been opened and written: a file that is replaced keeps its
 * mode, a new one has the mode that new files have here, and a link stays a link, to the file that
 * is written. What is no file (a pipe, a terminal) is written to as it is.
 */
public final class AtomicFile {
  // As many as Linux follows.
  private static final int MAX_LINKS = 40;

  private AtomicFile() {}

  /** What writes the content. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code out}, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes or replaces {@code file}.
   *
   * @throws NoSuchFileException if its folder does not exist
   */
  public static void write(Path file, Content content) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a folder, not a file to write");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        content.writeTo(out);
      }
      return;
    }
    Path target = behindLinks(file);
    Path folder = target.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(file.toString(), null, "the folder to write it in is missing");
    }
    Path partial = createPartial(folder, target.getFileName());
    try {
      // Before the content, which may be for few eyes.
      copyMode(target, partial);
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
        content.writeTo(out);
        out.flush();
        channel.force(true); // or a crash of the machine may leave the name without the content
      }
      moveOver(partial, target);
      forceFolder(folder);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Writes or replaces {@code file} with UTF-8 text. */
  public static void writeText(Path file, String text) throws IOException {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Path behindLinks(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(file.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  // Not Files.createTempFile, whose files nobody else may ever read.
  private static Path createPartial(Path folder, Path name) throws IOException {
    while (true) {
      String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
      try {
        return Files.createFile(folder.resolve("." + name + "." + unique + ".part"));
      } catch (FileAlreadyExistsException e) {
        // another name, then
      }
    }
  }

  private static void copyMode(Path from, Path to) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (view != null && Files.exists(from)) {
      view.setPermissions(Files.getPosixFilePermissions(from));
    }
  }

  // Only where folders can be opened, that is not on Windows.
  private static void forceFolder(Path folder) throws IOException {
    if (Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static void moveOver(Path partial, Path target) throws IOException {
    try {
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      // Some network file systems cannot; replacing is the best they offer.
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
