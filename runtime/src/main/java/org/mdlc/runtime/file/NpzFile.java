package org.mdlc.runtime.file;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.mdlc.runtime.data.DataException;

/** Finds the arrays of an {@code .npz} file that can be mapped. */
final class NpzFile {
  private static final String ENDING = ".npy";

  private NpzFile() {}

  /** The arrays by name, in the order of the file. */
  static Map<String, MappedArray> map(Path file) {
    MemorySegment bytes = MappedArray.map(file);
    Map<String, MappedArray> arrays = new LinkedHashMap<>();
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        String place = file + ", array " + entry.getName();
        if (!entry.getName().endsWith(ENDING)) {
          throw new DataException(place + ": expected only .npy files in an .npz");
        }
        String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
        arrays.put(
            name,
            entry.getMethod() == ZipEntry.STORED
                ? NpyHeader.map(slice(bytes, entry, place), place)
                : MappedArray.of(place, NumpyFiles.readNpz(file, entry.getName())));
      }
    } catch (IOException | IllegalArgumentException e) { // the latter of odd entries
      throw new DataException(file + ": not a readable .npz archive: " + e.getMessage(), e);
    }
    return arrays;
  }

  private static MemorySegment slice(MemorySegment bytes, ZipArchiveEntry entry, String place) {
    long start = entry.getDataOffset();
    long size = entry.getSize();
    if (start < 0
        || size < 0
        || start > bytes.byteSize() - size
        || size != entry.getCompressedSize()) {
      throw new DataException(place + ": the archive announces an impossible size");
    }
    return bytes.asSlice(start, size);
  }
}
