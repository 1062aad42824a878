package org.mdlc.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.file.AtomicFile;

/** The elements of a data set in a file, which is written when it is first needed. */
final class FileCache implements IndexedDataset {
  private final Dataset source;
  private final Path file;
  private @Nullable CacheFile open;

  FileCache(Dataset source, Path file) {
    this.source = source;
    this.file = file;
  }

  @Override
  public String order() {
    return source.order();
  }

  @Override
  public DataSpec spec() {
    return source.spec();
  }

  @Override
  public OptionalInt batchSize() {
    return source.batchSize();
  }

  @Override
  public long count() {
    return content().count();
  }

  @Override
  public ArrayDataset get(long index) {
    return content().read(index);
  }

  private synchronized CacheFile content() {
    if (open == null) {
      try {
        if (!Files.exists(file)) {
          AtomicFile.write(file, out -> new CacheFile.Writer(out, source).write());
        }
        open = CacheFile.open(file, source);
      } catch (IOException e) {
        throw new DataException("cache file " + file + ": " + e, e);
      }
    }
    return open;
  }
}
