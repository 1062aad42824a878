package org.mdlc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class PrefetchTest {
  private static final String THREADS = "mdlc-element-worker-";

  private interface Maker {
    void make(long index) throws Exception;
  }

  private static IndexedDataset numbers(int count, Maker maker) {
    return new IndexedView(
        () -> DataSpec.of(DataSpec.Column.of("i", DType.I32)),
        () -> count,
        OptionalInt.empty(),
        (epoch, index) ->
            () -> {
              try {
                maker.make(index);
              } catch (RuntimeException e) {
                throw e;
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
              return ArrayDataset.of("i", HostTensor.of(new int[] {(int) index}, 1));
            });
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(THREADS))
        .count();
  }

  @AfterEach
  void noThreadIsLeft() {
    assertThat(threads()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0,1,0", "1,1,1", "2,3,100", "7,1,101", "7,40,13", "2,5,0"})
  void keepsTheOrderWhateverTheNumberOfWorkers(int workers, int queue, int count) {
    Dataset data =
        numbers(count, index -> Thread.sleep(0, (int) (index * 7919 % 5) * 100_000))
            .shuffle(3)
            .prefetch(workers, queue);

    for (int epoch = 0; epoch < 2; epoch++) {
      int[] expected = count == 0 ? new int[0] : new Draws(3, epoch).permutation(count);
      try (Elements elements = data.elements(epoch)) {
        for (int value : expected) {
          assertThat(elements.next().make().get("i").ints()).containsExactly(value);
        }
        assertThat(elements.next()).isNull();
        assertThat(elements.next()).isNull();
      }
    }
  }

  @Test
  void makesSeveralAtTheSameTime() {
    CountDownLatch both = new CountDownLatch(2); // alone, one would wait for ever
    Dataset data =
        numbers(
                2,
                index -> {
                  both.countDown();
                  both.await();
                })
            .prefetch(2, 1);

    assertThat(data.collect().rows()).isEqualTo(2);
  }

  @Test
  void holdsNoMoreThanItsPlaces() throws InterruptedException {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(5);
    Dataset data =
        numbers(
                1000,
                index -> {
                  made.incrementAndGet();
                  full.countDown();
                })
            .prefetch(2, 3);
    try (Elements elements = data.elements(0)) {
      elements.next().make();
      for (int taken = 1; taken < 50; taken++) {
        assertThat(made.get()).isLessThanOrEqualTo(taken + 5);
        elements.next();
      }
      full.await();
    }
  }

  @Test
  void closingEarlyEndsThreadsThatWait() {
    for (int taken : new int[] {0, 1, 3}) {
      Elements elements = numbers(1000, index -> {}).prefetch(3, 2).elements(0);
      for (int i = 0; i < taken; i++) {
        elements.next();
      }
      elements.close();
      elements.close();
      assertThat(threads()).isZero();
    }
  }

  @Test
  void raisesTheErrorOfAWorkerInItsTurn() {
    for (int workers : new int[] {0, 1, 2, 7}) {
      Dataset data =
          numbers(
                  20,
                  index -> {
                    if (index == 5) {
                      throw new DataException("a.png: no picture");
                    }
                  })
              .prefetch(workers, 2);
      try (Elements elements = data.elements(0)) {
        for (int i = 0; i < 5; i++) {
          assertThat(elements.next().make().get("i").ints()).containsExactly(i);
        }
        assertThatThrownBy(() -> elements.next().make())
            .isInstanceOf(DataException.class)
            .hasMessage((workers == 0 ? "" : "element 5: ") + "a.png: no picture");
      }
    }
  }

  /** Who passes over what cannot be read comes to the end, however few places there are. */
  @Test
  void whatFailedTakesNoPlace() {
    Dataset data =
        numbers(
                9,
                index -> {
                  if (index != 4) {
                    throw new DataException(index + ".png: no picture");
                  }
                })
            .prefetch(1, 1);
    List<Integer> good = new ArrayList<>();
    int bad = 0;
    try (Elements elements = data.elements(0)) {
      boolean more = true;
      while (more) {
        try {
          Element element = elements.next();
          more = element != null;
          if (element != null) {
            good.add(element.make().get("i").ints()[0]);
          }
        } catch (DataException e) {
          assertThat(e).hasMessageEndingWith(".png: no picture");
          bad++;
        }
      }
    }
    assertThat(good).containsExactly(4);
    assertThat(bad).isEqualTo(8);
  }

  @Test
  void namesOtherExceptionsAndPassesErrorsOn() {
    Dataset data = numbers(3, index -> Integer.parseInt("x")).prefetch(1, 1);
    try (Elements elements = data.elements(0)) {
      assertThatThrownBy(elements::next)
          .hasMessage("element 0: java.lang.NumberFormatException: For input string: \"x\"")
          .hasCauseInstanceOf(NumberFormatException.class);
    }
    Dataset broken =
        numbers(
                3,
                index -> {
                  throw new AssertionError("broken");
                })
            .prefetch(1, 1);
    try (Elements elements = broken.elements(0)) {
      assertThatThrownBy(elements::next).isInstanceOf(AssertionError.class).hasMessage("broken");
    }
  }

  @Test
  void aSourceThatFailsEndsThePassAfterWhatItGave() {
    for (int workers : new int[] {1, 7}) {
      Dataset source = numbers(4, index -> {});
      Dataset failing =
          new StreamView(
              source::spec,
              source::size,
              OptionalInt.empty(),
              epoch -> {
                Elements elements = source.elements(epoch);
                return () -> {
                  Element element = elements.next();
                  if (element == null) {
                    throw new DataException("t.csv: line 5 ends too early");
                  }
                  return element;
                };
              });
      try (Elements elements = failing.prefetch(workers, 3).elements(0)) {
        for (int i = 0; i < 4; i++) {
          elements.next();
        }
        assertThatThrownBy(elements::next).hasMessage("element 4: t.csv: line 5 ends too early");
        assertThat(elements.next()).isNull();
      }
    }
  }

  @Test
  void anInterruptIsLeftForLater() {
    try (Elements elements = numbers(2, index -> Thread.sleep(20)).prefetch(1, 1).elements(0)) {
      Thread.currentThread().interrupt();
      @Nullable Element first = elements.next();
      assertThat(first).isNotNull();
    }
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void theSameBitsForAnyNumberOfWorkers() {
    List<ArrayDataset> all =
        IntStream.of(0, 1, 2, 7)
            .mapToObj(
                workers ->
                    numbers(103, index -> {})
                        .shuffle(9)
                        .map(row -> ArrayDataset.of("x", row.get("i").times(0.37)))
                        .prefetch(workers, 3)
                        .shuffle(10, 4)
                        .batch(8)
                        .prefetch(workers, 2)
                        .collect())
            .toList();

    assertThat(all)
        .allSatisfy(data -> assertThat(data.get("x")).isEqualTo(all.getFirst().get("x")));
  }
}
