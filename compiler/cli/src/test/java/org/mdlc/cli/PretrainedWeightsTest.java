package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.Hdf5File;
import org.mdlc.runtime.file.Hdf5Group;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.file.SafeTensors;

/** {@code import weights}: y = 2 a + 3 b + 1 from a file beside the model. */
final class PretrainedWeightsTest {
  @TempDir private Path folder;
  private Path weights;
  private Path input;

  @BeforeEach
  void files() throws IOException {
    weights = folder.resolve("line.safetensors");
    input = folder.resolve("x.npy");
    SafeTensors.write(
        weights,
        Map.of(
            "kernel", HostTensor.of(new float[] {2, 3}, 2, 1),
            "bias", HostTensor.of(new float[] {1}, 1)));
    NumpyFiles.writeNpy(input, HostTensor.of(new float[] {1, 1, 2, 0}, 2, 2));
  }

  private CommandRun predict(String hash) throws IOException {
    var model = folder.resolve("m.mdl");
    Files.writeString(
        model,
        """
        import weights "line.safetensors" %s as line

        model M {
          input x: f32[2]
          output y = x |> Dense(1, weights = line)
        }
        """
            .formatted(hash));
    return CommandRun.of("predict", model.toString(), "--input", input.toString());
  }

  @Test
  void aLayerStartsFromThem() throws Exception {
    var hash =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(weights)));
    var run = predict("sha256 \"" + hash + "\"");
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().skip(1).map(Float::parseFloat)).containsExactly(6f, 5f);
  }

  /** A model of Keras as a layer: its file names weights by class and number. */
  @Test
  void aNestedModelStartsFromAFileOfKeras() throws IOException {
    var root = new Hdf5Group();
    var vars = root.make("layers/dense/vars");
    vars.put("0", HostTensor.of(new float[] {2, 3}, 2, 1));
    vars.put("1", HostTensor.of(new float[] {1}, 1));
    Hdf5File.write(folder.resolve("line.weights.h5"), root);
    var model = folder.resolve("m.mdl");
    Files.writeString(
        model,
        """
        import weights "line.weights.h5" as line

        model Line {
          input x: f32[2]
          output y = x |> Dense(1)
        }

        model M {
          input x: f32[2]
          output y = Line(weights = line)(x)
        }
        """);
    var run =
        CommandRun.of("predict", model.toString(), "--model", "M", "--input", input.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().skip(1).map(Float::parseFloat)).containsExactly(6f, 5f);
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    var run = predict("sha256 \"" + "0".repeat(64) + "\"");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("line.safetensors is not the declared file");
  }

  @Test
  void theHashOfALargeFileTakesNoMemory() throws IOException {
    Files.write(weights, new byte[64 << 20]);
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    assertThat(PretrainedWeights.sha256(weights))
        .isEqualTo("3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351");
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
  }

  @Test
  void theyLieBesideTheFileThatImportsThem() throws IOException {
    var parts = Files.createDirectory(folder.resolve("parts"));
    Files.move(weights, parts.resolve("line.safetensors"));
    Files.writeString(
        parts.resolve("start.mdl"),
        """
        import weights "line.safetensors" as line

        block start()(x) = x |> Dense(1, weights = line)
        """);
    var model = folder.resolve("m.mdl");
    Files.writeString(
        model,
        """
        import "parts/start.mdl"

        model M {
          input x: f32[2]
          output y = x |> start()
        }
        """);
    var run = CommandRun.of("predict", model.toString(), "--input", input.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().skip(1).map(Float::parseFloat)).containsExactly(6f, 5f);
  }

  @Test
  void weightsThatDoNotFitAreRefused() throws IOException {
    SafeTensors.write(weights, Map.of("kernel", HostTensor.of(new float[] {2, 3, 4}, 3, 1)));
    var run = predict("");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("dense/bias").contains("dense/kernel");
  }
}
