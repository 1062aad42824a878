package org.mdlc.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TeamTest {
  private final Team team = Team.of(3);

  @Test
  void everyPartIsDoneOnce() {
    checkEveryPart();
  }

  private void checkEveryPart() {
    for (int parts = 1; parts < 40; parts++) {
      for (int id = 0; id < 200; id++) {
        var done = new AtomicIntegerArray(parts);
        int expected = id;
        team.run(
            (given, part) -> {
              assertThat(given).isEqualTo(expected);
              done.incrementAndGet(part);
            },
            id,
            parts);
        for (int part = 0; part < parts; part++) {
          assertThat(done.get(part)).isOne();
        }
      }
    }
  }

  @Test
  void partsRunSideBySide() {
    checkSideBySide();
  }

  private void checkSideBySide() {
    var together = new CountDownLatch(3);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    team.run(
        (_, _) -> {
          threads.add(Thread.currentThread());
          together.countDown();
          await(together);
        },
        0,
        3);
    assertThat(threads).hasSize(3).contains(Thread.currentThread());
  }

  @Test
  void workGoesOnAfterThreadsHaveGoneToSleep() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      Thread.sleep(5);
      checkSideBySide();
    }
  }

  @Test
  void aPartMayHaveWorkOfItsOwn() {
    var done = new AtomicIntegerArray(16);
    team.run(
        (_, outer) -> team.run((_, inner) -> done.incrementAndGet(4 * outer + inner), 0, 4), 0, 4);
    for (int i = 0; i < 16; i++) {
      assertThat(done.get(i)).isOne();
    }
  }

  @Test
  void twoCallersAreServed() throws InterruptedException {
    var done = new AtomicIntegerArray(2);
    var callers = new Thread[2];
    for (int caller = 0; caller < 2; caller++) {
      int number = caller;
      callers[caller] =
          new Thread(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  team.run((_, _) -> done.incrementAndGet(number), 0, 5);
                }
              });
      callers[caller].start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(done.get(0)).isEqualTo(50_000);
    assertThat(done.get(1)).isEqualTo(50_000);
  }

  @Test
  void whatAPartThrowsReachesTheCaller() {
    assertThatThrownBy(
            () ->
                team.run(
                    (_, part) -> {
                      if (part == 2) {
                        throw new IllegalStateException("no weights");
                      }
                    },
                    0,
                    4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no weights");
    checkEveryPart();
  }

  @Test
  void thePropertySaysHowManyThreadsThereAre() {
    assertThat(Team.wantedThreads(null)).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(Team.wantedThreads(" 3 ")).isEqualTo(3);
    for (String wrong : new String[] {"0", "-1", "two", "1000000"}) {
      assertThatThrownBy(() -> Team.wantedThreads(wrong))
          .isInstanceOf(KernelException.class)
          .hasMessageContaining("-Dmdlc.threads=" + wrong);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
