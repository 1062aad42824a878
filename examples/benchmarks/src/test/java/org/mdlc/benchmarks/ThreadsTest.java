package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.kernel.Team;

/** What the number of threads must not change, and several models at once. */
class ThreadsTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @ParameterizedTest
  @ValueSource(strings = {"mlp_mnist", "convnet_mnist", "gru_forecast", "transformer_text"})
  void resultsDoNotDependOnTheNumberOfThreads(String model) throws IOException {
    var one = trainedWith(1, model);
    assertThat(one).hasSize(2).first().isEqualTo("threads 1");
    for (int threads = 2; threads <= 3; threads++) {
      var several = trainedWith(threads, model);
      assertThat(several).first().isEqualTo("threads " + threads);
      assertThat(several.getLast()).as("%s, %d threads", model, threads).isEqualTo(one.getLast());
    }
  }

  private static List<String> trainedWith(int threads, String model) throws IOException {
    var process =
        new ProcessBuilder(
                JAVA.toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-D" + Team.THREADS_PROPERTY + "=" + threads,
                "-cp",
                System.getProperty("java.class.path"),
                Training.class.getName(),
                model)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var out = process.getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** Prints how many threads there are, and a digest of losses and weights after some steps. */
  static final class Training {
    private Training() {}

    public static void main(String[] args) throws IOException {
      System.out.println("threads " + Team.get().size());
      var bits = GeneratedCodeTest.trained(args[0], 42);
      System.out.println(bits.size() + " numbers " + Integer.toHexString(bits.hashCode()));
    }
  }

  @Test
  void modelsTrainSideBySide() throws Exception {
    var alone = GeneratedCodeTest.trained("mlp_mnist", 42);
    var found = new ArrayList<List<Integer>>();
    var failures = new ArrayList<Throwable>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 2; i++) {
      threads.add(
          new Thread(
              () -> {
                try {
                  var bits = GeneratedCodeTest.trained("mlp_mnist", 42);
                  synchronized (found) {
                    found.add(bits);
                  }
                } catch (Throwable e) { // fails the test, not this thread alone
                  synchronized (found) {
                    failures.add(e);
                  }
                }
              }));
    }
    threads.forEach(Thread::start);
    for (var thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(found).containsExactly(alone, alone);
  }
}
