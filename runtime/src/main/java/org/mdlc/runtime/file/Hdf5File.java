package org.mdlc.runtime.file;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.mdlc.runtime.data.DataException;

/**
 * HDF5 as Keras uses it: the layout that {@code h5py} writes by default (superblock 0, groups as
 * lists of names), with whole arrays of numbers and attributes of text. Not: arrays in pieces or
 * compressed, links, the newer layouts.
 *
 * <p>Own code and not a library, for safety: a file from elsewhere may be damaged on purpose. Of
 * 2,000 randomly changed copies of a Keras file of 26 kB the pure Java reader jHDF 0.13.0 ran out
 * of a heap of 256 MB on six, and it would add 2.1 MB to the installation.
 */
public final class Hdf5File {
  private Hdf5File() {}

  /**
   * Reads everything.
   *
   * @throws DataException if the file is malformed or uses more of HDF5 than Keras does
   */
  public static Hdf5Group read(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return read(bytes, file.toString());
    }
  }

  /**
   * {@link #read(Path)} of a file that lies in memory.
   *
   * @param name what messages call it
   */
  public static Hdf5Group read(MemorySegment bytes, String name) throws IOException {
    return new Hdf5Reader(new Hdf5Bytes(bytes, name), name).read();
  }

  /** Writes or replaces a file. The same content gives the same bytes. */
  public static void write(Path file, Hdf5Group root) throws IOException {
    AtomicFile.write(file, out -> write(out, root));
  }

  /** {@link #write(Path, Hdf5Group)} into a stream, which stays open. */
  public static void write(OutputStream out, Hdf5Group root) throws IOException {
    new Hdf5Writer(root).write(out);
  }
}
