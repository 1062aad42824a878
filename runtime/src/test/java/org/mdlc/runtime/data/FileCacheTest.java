package org.mdlc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCacheTest {
  private static final ArrayDataset ROWS =
      ArrayDataset.of("x", HostTensor.of(new float[] {1, -0f, Float.NaN, 4, 5, 6}, 3, 2))
          .with("n", HostTensor.of(new int[] {7, Integer.MIN_VALUE, 9}, 3))
          .with("t", StringTensor.of("", "Übung", "\uD83D\uDE00"));

  @TempDir private Path folder;
  private final AtomicInteger made = new AtomicInteger();
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve("rows.cache");
  }

  private Dataset source() {
    return ROWS.map(
        ROWS.spec(),
        row -> {
          made.incrementAndGet();
          return row;
        });
  }

  @Test
  void readsBackWhatItMadeOnceAlsoInAnotherRun() {
    for (int run = 0; run < 2; run++) {
      IndexedDataset cached = source().cache(file);
      for (int pass = 0; pass < 2; pass++) {
        assertThat(same(cached.collect(), ROWS)).isTrue();
      }
      assertThat(cached.count()).isEqualTo(3);
      assertThat(cached.get(1).text("t").get(0)).isEqualTo("Übung");
    }
    assertThat(made).hasValue(3);
  }

  private static boolean same(ArrayDataset a, ArrayDataset b) {
    return a.columns().equals(b.columns()) && a.texts().equals(b.texts());
  }

  @Test
  void keepsBatches() {
    IndexedDataset cached = source().batch(2).cache(file);

    assertThat(cached.batchSize()).hasValue(2);
    assertThat(cached.get(1).rows()).isEqualTo(1);
    assertThat(same(cached.unbatch().collect(), ROWS)).isTrue();
  }

  @Test
  void isWrittenWhenItIsNeededAndOnlyAsAWhole() {
    Dataset failing =
        ROWS.map(
            ROWS.spec(),
            row -> {
              if (row.get("n").ints()[0] == 9) {
                throw new DataException("no more");
              }
              return row;
            });
    IndexedDataset cached = failing.cache(file);

    assertThat(file).doesNotExist();
    assertThatThrownBy(cached::count).hasMessage("no more");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesTheRowsOfAnother() {
    source().cache(file).count();

    assertThatThrownBy(() -> source().batch(2).cache(file).count())
        .isInstanceOf(DataException.class)
        .hasMessage(
            "cache file "
                + file
                + " holds rows of x f32[2], n i32[], t str[], the data set has batches of 2 rows of"
                + " x f32[2], n i32[], t str[]: delete the file, or name another one");
    assertThatThrownBy(
            () -> ArrayDataset.of("x", HostTensor.of(new float[3], 3)).cache(file).count())
        .hasMessageContaining("the data set has rows of x f32[]");
  }

  @Test
  void tellsThatItIsDamagedWhateverByteIs() throws IOException {
    source().cache(file).count();
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(5);
    for (int place = 0; place < good.length; place++) {
      byte[] bad = good.clone();
      bad[place] ^= (byte) (1 << random.nextInt(8));
      assertDamaged(bad, "byte " + place);
    }
    for (int length = 0; length < good.length; length++) {
      assertDamaged(Arrays.copyOf(good, length), "the first " + length + " bytes");
    }
    assertDamaged(Arrays.copyOf(good, good.length + 1), "a byte more");
  }

  @Test
  void tellsWhyAnElementWithATrueChecksumIsNoElement() throws IOException {
    source().cache(file).count();
    for (int rows : new int[] {-1, Integer.MIN_VALUE, 2, 1000, Integer.MAX_VALUE}) {
      Path bad = folder.resolve("bad.cache");
      Files.write(bad, withRows(Files.readAllBytes(file), rows));
      assertThatThrownBy(() -> source().cache(bad).get(0))
          .as("%s rows", rows)
          .isInstanceOf(DataException.class)
          .hasMessage("cache file " + bad + " is damaged: element 0 ends too early; delete it")
          .cause()
          .isInstanceOfAny(IndexOutOfBoundsException.class, ArithmeticException.class);
    }
  }

  /** Writes another number of rows into the first element, and mends the checksums. */
  private static byte[] withRows(byte[] content, int rows) {
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int tail = content.length - 36;
    int entries = (int) bytes.getLong(tail);
    int element = (int) bytes.getLong(entries);
    bytes.putInt(element, rows);
    bytes.putInt(entries + 12, checksum(content, element, bytes.getInt(entries + 8)));
    bytes.putInt(tail + 24, checksum(content, entries, tail + 24 - entries));
    return content;
  }

  private static int checksum(byte[] content, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(content, from, length);
    return (int) crc.getValue();
  }

  private void assertDamaged(byte[] content, String what) throws IOException {
    Path bad = folder.resolve("bad.cache");
    Files.write(bad, content);
    assertThatThrownBy(() -> source().cache(bad).collect())
        .as(what)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(bad.toString());
    assertThat(made.get()).as("rows made again").isEqualTo(3);
  }
}
