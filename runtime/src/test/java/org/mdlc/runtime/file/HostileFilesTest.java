package org.mdlc.runtime.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Thousands of damaged files. A reader may take one or refuse it with a message that names the file
 * and what is wrong with it; it may not crash, hang, or allocate what the file does not hold. A
 * failure prints what was done to which file, and {@code -Dhostile.seed=N} repeats the run.
 */
class HostileFilesTest {
  /** With ten kinds 10,000. */
  private static final int FILES_OF_A_KIND = Integer.getInteger("hostile.files", 1000);

  private static final long SEED = Long.getLong("hostile.seed", 20260729);

  /** Memory per byte of the file. */
  private static final int FACTOR = 10;

  /**
   * What a reader may allocate for the smallest file: two buffers of 64 KiB, the CSV reader's of 48
   * KiB, those of the inflater, and an exception with its text and stack trace.
   */
  private static final long BASE_BYTES = 256 << 10;

  /**
   * What a cell of a CSV file may take for a moment: in each of the two passes its string and its
   * share of a record.
   */
  private static final long CELL_BYTES = 320;

  private static final long MOST_CPU_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int WARM_UP = 100;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  /** Reads a file, as a user does. */
  private interface Reader<T> {
    T read(Path file) throws IOException;
  }

  /** Takes everything out of what was read. */
  private interface Use<T> {
    void of(T read);
  }

  /** A kind of file: its reader, and whole files to start from. */
  @SuppressWarnings("ImmutableEnumChecker") // its readers are functions without state
  enum Kind {
    NPY(NumpyFiles::readNpy, "array.npy", "objects.npy", "records.npy", "version2.npy", "wide.npy"),
    NPZ(NumpyFiles::readNpz, "kinds.npz", "packed.npz"),
    SAFETENSORS(
        file -> {
          SafeTensors.metadata(file);
          return SafeTensors.read(file);
        },
        "weights.safetensors"),
    IDX(IdxFile::read, "images.idx", "images.idx.gz"),
    HDF5(
        Hdf5File::read,
        "kinds.h5",
        "packed.h5",
        "circle.h5",
        "classifier.weights.h5",
        "classifier.h5"),
    KERAS(
        file -> {
          KerasArchive.readConfig(file);
          return KerasArchive.readWeights(file);
        },
        "classifier.keras"),
    MAPPED_NPY(file -> new Read<>(MappedArray.npy(file), HostileFilesTest::useRows), "array.npy"),
    MAPPED_NPZ(
        file -> new Read<>(MappedDataset.npz(file), HostileFilesTest::useLastRow),
        "kinds.npz",
        "packed.npz"),
    MAPPED_IDX(file -> new Read<>(MappedArray.idx(file), HostileFilesTest::useRows), "images.idx"),
    CSV(HostileFilesTest::readCsv);

    private final Reader<?> reader;
    private final List<String> committed;

    Kind(Reader<?> reader, String... committed) {
      this.reader = reader;
      this.committed = List.of(committed);
    }
  }

  /** Something that is used after it was read, which takes only strings that live for a moment. */
  private record Read<T>(T table, Use<T> use) {
    void run() {
      use.of(table);
    }
  }

  /** A read on a thread of its own: what came of it, and what it took. */
  private record Outcome(@Nullable Exception error, long allocatedBytes, long cpuNanos) {}

  @ParameterizedTest
  @EnumSource(Kind.class)
  void damagedFilesAreReadOrRefused(Kind kind) throws Exception {
    Random random = new Random(SEED + kind.name().hashCode());
    List<byte[]> originals = originals(kind);
    Map<String, Integer> outcomes = new LinkedHashMap<>();
    long most = 0;
    double mostPerByte = 0;
    try (var thread = Executors.newSingleThreadExecutor()) {
      for (int i = -WARM_UP; i < FILES_OF_A_KIND; i++) {
        int original = random.nextInt(originals.size());
        var damaged = Mutation.of(originals.get(original), random);
        Path file = Files.write(folder.resolve(kind + "-" + Math.max(i, 0)), damaged.bytes());
        String what =
            String.format(
                Locale.ROOT,
                "%s %d of seed %d, made of original %d by: %s",
                kind,
                i,
                SEED,
                original,
                damaged.story());
        Outcome outcome;
        try {
          outcome = thread.submit(() -> measured(kind.reader, file)).get(1, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
          throw new AssertionError("hangs: " + what, e);
        } catch (ExecutionException e) {
          throw new AssertionError("breaks: " + what, e.getCause());
        }
        assertThat(outcome.cpuNanos).as("CPU time of " + what).isLessThan(MOST_CPU_NANOS);
        requireMessage(outcome.error, file, what);
        if (i >= 0) { // classes are loaded
          long moment = kind == Kind.CSV ? CELL_BYTES * cells(damaged.bytes()) : 0;
          assertThat(outcome.allocatedBytes)
              .as("bytes allocated for the %d of %s", damaged.bytes().length, what)
              .isLessThan(BASE_BYTES + FACTOR * (long) damaged.bytes().length + moment);
          most = Math.max(most, outcome.allocatedBytes);
          mostPerByte =
              Math.max(
                  mostPerByte,
                  (outcome.allocatedBytes - BASE_BYTES - moment) / (double) damaged.bytes().length);
          outcomes.merge(outcome.error == null ? "read" : "refused", 1, Integer::sum);
        }
        Files.delete(file);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %s with seed %d; at most %d bytes, and %.1f beyond the base per byte of a file%n",
        kind,
        outcomes,
        SEED,
        most,
        Math.max(0, mostPerByte));
    assertThat(outcomes.get("refused")).isGreaterThan(FILES_OF_A_KIND / 10);
  }

  private static Outcome measured(Reader<?> reader, Path file) {
    long thread = Thread.currentThread().threadId();
    long cpu = THREADS.getThreadCpuTime(thread);
    long allocated = THREADS.getThreadAllocatedBytes(thread);
    Object read = null;
    Exception error = null;
    try {
      read = reader.read(file);
    } catch (IOException | DataException e) {
      error = e;
    }
    allocated = THREADS.getThreadAllocatedBytes(thread) - allocated;
    try {
      if (read instanceof Read<?> later) {
        later.run();
      }
    } catch (DataException e) {
      error = e;
    }
    return new Outcome(error, allocated, THREADS.getThreadCpuTime(thread) - cpu);
  }

  private static long cells(byte... csv) {
    return IntStream.range(0, csv.length).filter(i -> csv[i] == ',' || csv[i] == '\n').count() + 1;
  }

  private static void requireMessage(@Nullable Exception error, Path file, String what) {
    if (error != null) {
      String message = String.valueOf(error.getMessage());
      assertThat(message).as("message of " + what).startsWith(file.toString());
      assertThat(message.substring(file.toString().length()))
          .as("message of " + what)
          .matches("(?s)[:,] .{8,}");
    }
  }

  private static void useLastRow(MappedDataset data) {
    if (data.count() > 0) {
      data.get(data.count() - 1);
    }
  }

  private static void useRows(MappedArray array) {
    if (array.rows() > 0) {
      array.row(0);
      array.row(array.rows() - 1);
    }
  }

  /** A column of numbers, unless it is the only one, and one array of categories. */
  private static ArrayDataset readCsv(Path file) {
    int last = CsvDataset.header(file).size() - 1;
    CsvDataset csv =
        CsvDataset.of(file)
            .columns(
                ColumnGroup.categories("c", "#" + Math.min(1, last) + "..#" + last).filled("-"));
    return (last == 0 ? csv : csv.columns(ColumnGroup.floats("x", "#0").filled("0"))).read();
  }

  @Test
  void theOriginalsAreRead() throws Exception {
    for (Kind kind : Kind.values()) {
      List<byte[]> own = originals(kind).subList(kind.committed.size(), originals(kind).size());
      assertThat(own).isNotEmpty();
      for (byte[] original : own) {
        kind.reader.read(Files.write(folder.resolve("whole"), original));
      }
    }
  }

  /** The committed ones, made by NumPy and others (make_files.py), then ours. */
  private List<byte[]> originals(Kind kind) throws IOException {
    List<byte[]> originals = new ArrayList<>();
    for (String name : kind.committed) {
      Path copy = TestFiles.copy(HostileFilesTest.class, name);
      originals.add(Files.readAllBytes(copy));
      Files.delete(copy);
    }
    originals.addAll(made(kind));
    return originals;
  }

  private Collection<byte[]> made(Kind kind) throws IOException {
    Path file = folder.resolve("made");
    float[] noise = new float[2000];
    Random random = new Random(1);
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat();
    }
    HostTensor floats = HostTensor.of(noise, 20, 10, 10);
    HostTensor ints = HostTensor.of(new int[] {3, 1, -4}, 3);
    Map<String, HostTensor> both = new LinkedHashMap<>();
    both.put("dense/kernel", floats);
    both.put("ids", ints);
    both.put("none", HostTensor.of(new float[0], 0, 4));
    return switch (kind) {
      case NPY, MAPPED_NPY -> {
        NumpyFiles.writeNpy(file, floats);
        byte[] large = Files.readAllBytes(file);
        NumpyFiles.writeNpy(file, ints);
        yield List.of(large, Files.readAllBytes(file));
      }
      case NPZ -> {
        NumpyFiles.writeNpz(file, both);
        yield List.of(Files.readAllBytes(file));
      }
      case MAPPED_NPZ -> {
        NumpyFiles.writeNpz(file, Map.of("x", floats, "y", HostTensor.of(new int[20], 20)));
        yield List.of(Files.readAllBytes(file));
      }
      case SAFETENSORS -> {
        SafeTensors.write(file, both);
        byte[] plain = Files.readAllBytes(file);
        SafeTensors.write(file, both, Map.of("model", "M", "epoch", "3"));
        yield List.of(plain, Files.readAllBytes(file));
      }
      case HDF5 -> {
        Hdf5File.write(file, group(both));
        yield List.of(Files.readAllBytes(file));
      }
      case KERAS -> {
        KerasArchive.write(file, "{\"class_name\": \"Sequential\"}", group(both));
        yield List.of(Files.readAllBytes(file));
      }
      case IDX, MAPPED_IDX -> {
        byte[] images = new byte[16 + 10 * 8 * 8];
        random.nextBytes(images);
        System.arraycopy(
            new byte[] {0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 8, 0, 0, 0, 8}, 0, images, 0, 16);
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
          gzip.write(images);
        }
        yield kind == Kind.IDX ? List.of(images, packed.toByteArray()) : List.of(images);
      }
      case CSV -> {
        StringBuilder text = new StringBuilder("a,b,\"kind, of it\",d\r\n");
        for (int i = 0; i < 200; i++) {
          text.append(i)
              .append(',')
              .append(noise[i])
              .append(i % 3 == 0 ? ",\"x \"\"y\"\"\"," : ",z,")
              .append("-1e-3\r\n");
        }
        yield List.of(
            text.toString().getBytes(StandardCharsets.UTF_8),
            ("\uFEFFname\n" + "é\n".repeat(50)).getBytes(StandardCharsets.UTF_8),
            differentTexts().getBytes(StandardCharsets.UTF_8),
            ("a,b,c\n" + "1,2,3\n".repeat(40_000)).getBytes(StandardCharsets.UTF_8),
            ("a,b,c,d\n" + ",,,\n".repeat(40_000)).getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  private static String differentTexts() {
    StringBuilder text = new StringBuilder("name\n");
    for (int i = 0; i < 40_000; i++) {
      text.append(Integer.toString(36 * 36 + i * 1009 % 40_000, 36)).append('\n');
    }
    return text.toString();
  }

  private static Hdf5Group group(Map<String, HostTensor> arrays) {
    Hdf5Group root = new Hdf5Group();
    int number = 0;
    for (HostTensor array : arrays.values()) {
      Hdf5Group vars = root.make("layers/dense_" + number++ + "/vars");
      vars.attribute("name", "dense");
      vars.put("0", array);
    }
    return root;
  }
}
