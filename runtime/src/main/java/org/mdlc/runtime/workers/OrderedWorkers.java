package org.mdlc.runtime.workers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/**
 * Makes things in worker threads and gives them to one thread in the order of their tasks. At most
 * as many as there are places are made and not yet released. Without workers, the thread that takes
 * makes them itself.
 *
 * <p>Waiting is never interrupted; the mark of an interrupt stays, for whoever looks at it between
 * two things. Closing interrupts nobody either (that would close files that threads share): it ends
 * when the tasks at hand do.
 *
 * @param <T> what is made
 */
public final class OrderedWorkers<T> implements AutoCloseable {
  /**
   * Where tasks come from; asked by one thread at a time.
   *
   * @param <T> what the tasks make
   */
  @FunctionalInterface
  public interface Tasks<T> {
    /** The next task, which any thread may run; null after the last one. */
    @Nullable Supplier<T> next();
  }

  /** A task that somebody works on, or what came of it. */
  private static final class Result<T> {
    private boolean done;
    private @Nullable T value;
    private @Nullable Throwable failure;
  }

  private final String noun;
  private final Tasks<T> tasks;
  private final ReentrantLock taking = new ReentrantLock(); // held while tasks are asked
  private final ReentrantLock lock = new ReentrantLock(); // guards what follows
  private final Condition changed = lock.newCondition();
  private final Deque<Result<T>> results = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private int freePlaces;
  private boolean ended;
  private boolean closed;
  private long taken;

  /**
   * Starts the threads.
   *
   * @param noun what is made, for messages: {@code element}
   * @param first number of the first one, for messages
   * @param workers number of threads; 0 for none
   * @param places how many things may be made and not released, at least 1
   */
  public OrderedWorkers(String noun, long first, int workers, int places, Tasks<T> tasks) {
    if (workers < 0 || places < 1) {
      throw new IllegalArgumentException(workers + " workers with " + places + " places");
    }
    this.noun = noun;
    this.taken = first;
    this.tasks = tasks;
    this.freePlaces = places;
    for (int i = 0; i < workers; i++) {
      threads.add(
          Thread.ofPlatform().daemon().name("mdlc-" + noun + "-worker-" + i).start(this::work));
    }
  }

  /**
   * Waits for the next thing.
   *
   * @return null after the last one
   * @throws DataException if making it failed, with its number; its place is free then, and the
   *     next call gives the one after it
   */
  public @Nullable T take() {
    Result<T> result = threads.isEmpty() ? makeNext() : awaitNext();
    if (result == null) {
      return null;
    }
    long number = taken++;
    if (result.failure != null) {
      release(); // nobody has it who could
      throw failed(number, result.failure);
    }
    return Objects.requireNonNull(result.value);
  }

  /** Frees the place of the oldest thing that was taken and not released. */
  public void release() {
    lock.lock();
    try {
      freePlaces++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the threads, and returns when all have ended. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private RuntimeException failed(long number, Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    String what = failure instanceof DataException ? failure.getMessage() : failure.toString();
    return new DataException(noun + " " + number + ": " + what, failure);
  }

  // ---- without threads

  private @Nullable Result<T> makeNext() {
    Result<T> result = new Result<>();
    Supplier<T> task = ended ? null : nextTask(result);
    ended |= task == null;
    if (task != null) {
      run(task, result);
    }
    return task == null && result.failure == null ? null : result;
  }

  // ---- with threads

  private @Nullable Result<T> awaitNext() {
    lock.lock();
    try {
      while (results.isEmpty() ? !ended : !results.getFirst().done) {
        changed.awaitUninterruptibly();
      }
      return results.poll();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    boolean goesOn = true;
    while (goesOn) {
      goesOn = workOnce();
    }
  }

  private boolean workOnce() {
    Result<T> result = new Result<>();
    Supplier<T> task;
    taking.lock();
    try {
      if (!awaitPlace()) {
        return false;
      }
      task = nextTask(result);
      announce(result, task == null);
    } finally {
      taking.unlock();
    }
    if (task == null) {
      return false;
    }
    run(task, result);
    finish(result);
    return true;
  }

  private boolean awaitPlace() {
    lock.lock();
    try {
      while (freePlaces == 0 && !closed && !ended) {
        changed.awaitUninterruptibly();
      }
      if (closed || ended) {
        return false;
      }
      freePlaces--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A failure to find the next task is the last result. */
  private void announce(Result<T> result, boolean last) {
    lock.lock();
    try {
      if (!last || result.failure != null) {
        results.add(result);
      }
      ended = last;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void finish(Result<T> result) {
    lock.lock();
    try {
      result.done = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Supplier<T> nextTask(Result<T> result) {
    try {
      return tasks.next();
    } catch (Throwable e) { // handed on to the thread that takes
      result.failure = e;
      result.done = true;
      return null;
    }
  }

  private static <T> void run(Supplier<T> task, Result<T> result) {
    try {
      result.value = task.get();
    } catch (Throwable e) { // handed on to the thread that takes
      result.failure = e;
    }
  }
}
