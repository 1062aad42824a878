package org.mdlc.runtime.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that carry out the parts of one piece of work side by side. There is one team in a
 * process, as large as {@link #THREADS_PROPERTY} says, else as there are processors; the calling
 * thread is one of it. Nothing else in a step runs on other threads: oneDNN computes each part on
 * the thread that asks for it.
 *
 * <p>Threads take the next part when they are free, so work is done in time on a busy machine too:
 * the caller takes what a thread that is not scheduled leaves. What is computed must therefore not
 * depend on who does a part, only on how the work was cut.
 *
 * <p>A thread without work looks for new work for a while, as the next piece mostly follows within
 * a microsecond, and then sleeps. While one caller is served, the work of others is done by
 * themselves. No call allocates.
 */
public final class Team {
  /** The system property with the number of threads, the caller included: at least 1. */
  public static final String THREADS_PROPERTY = "mdlc.threads";

  /** A piece of work in parts that may run side by side, in any order. */
  public interface Work {
    /**
     * Does one part.
     *
     * @param id of the piece of work, for an object that has several
     * @param part counts from 0
     */
    void run(int id, int part);
  }

  private static final Work NOTHING = (_, _) -> {};
  private static final int MOST_PARTS =
      0x7FFF; // leaves room for a try of every helper that comes too late
  private static final long SPIN_NANOS = 50_000;
  private static final int SPINS_PER_LOOK_AT_THE_CLOCK = 64;

  // A cache line apart, and one from the header of the array: written by one thread each time while
  // the others look on.
  private static final int TICKETS = 16;
  private static final int DONE = 32;
  private static final int ASLEEP = 48;
  private static final int WORDS = 64;

  /**
   * {@link #TICKETS}: number of the piece of work (32 bits), its parts (16), the next part (16).
   */
  private final AtomicLongArray words = new AtomicLongArray(WORDS);

  private final AtomicBoolean taken = new AtomicBoolean();
  private final Thread[] helpers;

  // Written before the tickets are, read after.
  private Work work = NOTHING;
  private int id;
  private long piece;
  private volatile @Nullable Throwable failure;

  private Team(int threads) {
    helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Thread(this::help, "mdlc-team-" + (i + 1));
      helpers[i].setDaemon(true);
      helpers[i].start();
    }
  }

  private static final class Holder {
    private static final @Nullable Team INSTANCE;
    private static final String FAILURE;

    static {
      Team team = null;
      String failure = "";
      try {
        team = new Team(wantedThreads(System.getProperty(THREADS_PROPERTY)));
      } catch (KernelException e) {
        failure = String.valueOf(e.getMessage());
      }
      INSTANCE = team;
      FAILURE = failure;
    }
  }

  /** A team of its own, for tests. */
  static Team of(int threads) {
    return new Team(threads);
  }

  /**
   * The team of this process.
   *
   * @throws KernelException if {@link #THREADS_PROPERTY} is no number of threads
   */
  public static Team get() {
    Team team = Holder.INSTANCE;
    if (team == null) {
      throw new KernelException(Holder.FAILURE);
    }
    return team;
  }

  static int wantedThreads(@Nullable String wanted) {
    if (wanted == null) {
      return Math.min(Runtime.getRuntime().availableProcessors(), MOST_PARTS);
    }
    try {
      int threads = Integer.parseInt(wanted.strip());
      if (threads >= 1 && threads <= MOST_PARTS) {
        return threads;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new KernelException(
        "-D"
            + THREADS_PROPERTY
            + "="
            + wanted
            + ": the number of threads is a whole number from 1 to "
            + MOST_PARTS);
  }

  /** How many threads there are, the caller included. */
  public int size() {
    return helpers.length + 1;
  }

  /**
   * Runs the parts 0 to {@code parts - 1}; all are done when it returns. What a part throws is
   * thrown here; whether the others were done is not known then.
   */
  public void run(Work work, int id, int parts) {
    if (parts == 1
        || helpers.length == 0
        || parts > MOST_PARTS
        || !taken.compareAndSet(false, true)) {
      for (int part = 0; part < parts; part++) {
        work.run(id, part);
      }
      return;
    }
    try {
      this.work = work;
      this.id = id;
      words.setRelease(DONE, 0);
      piece++;
      words.set(TICKETS, piece << 32 | (long) parts << 16);
      if (words.get(ASLEEP) > 0) {
        for (Thread helper : helpers) {
          LockSupport.unpark(helper);
        }
      }
      takeParts();
      awaitOthers(parts);
      this.work = NOTHING;
      Throwable thrown = failure;
      if (thrown != null) {
        failure = null;
        rethrow(thrown);
      }
    } finally {
      taken.set(false);
    }
  }

  private static void rethrow(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new KernelException("a part of a step failed", thrown);
    }
  }

  private static boolean hasPart(long tickets) {
    return (tickets & 0xFFFF) < (tickets >>> 16 & 0xFFFF);
  }

  /** Does parts until there are none. */
  private void takeParts() {
    while (hasPart(words.getAcquire(TICKETS))) {
      long ticket = words.getAndIncrement(TICKETS);
      if (!hasPart(ticket)) {
        return;
      }
      try {
        work.run(id, (int) (ticket & 0xFFFF));
      } catch (Throwable e) { // handed to the caller, who waits for this part
        failure = e;
      }
      words.getAndIncrement(DONE);
    }
  }

  /** Waits for the parts that others have taken. */
  @SuppressWarnings("ThreadPriorityCheck") // a hint, for a busy machine: nothing relies on it
  private void awaitOthers(int parts) {
    for (int spins = 1; words.getAcquire(DONE) < parts; spins++) {
      if (spins % 4096 == 0) {
        Thread.yield(); // the one we wait for may wait for this processor
      } else {
        Thread.onSpinWait();
      }
    }
  }

  private void help() {
    while (true) {
      takeParts();
      long start = System.nanoTime();
      int spins = 0;
      while (!hasPart(words.getAcquire(TICKETS))) {
        Thread.onSpinWait();
        if (++spins % SPINS_PER_LOOK_AT_THE_CLOCK == 0 && System.nanoTime() - start > SPIN_NANOS) {
          sleep();
          start = System.nanoTime();
        }
      }
    }
  }

  private void sleep() {
    words.getAndIncrement(ASLEEP);
    while (!hasPart(words.get(TICKETS))) {
      LockSupport.park(this);
    }
    words.getAndDecrement(ASLEEP);
  }
}
