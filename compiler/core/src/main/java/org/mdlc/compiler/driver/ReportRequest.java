package org.mdlc.compiler.driver;

import java.util.Locale;
import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.summary.ModelSummary;

/**
 * Of what to report.
 *
 * @param phase when absent, training where there is a train block, else prediction
 * @param batch when absent, that of the train block, else {@link ModelSummary#USUAL_BATCH}
 */
public record ReportRequest(Optional<Phase> phase, Optional<Integer> batch) {
  /** What a program is for. */
  public enum Phase {
    TRAIN,
    EVALUATE,
    PREDICT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static final ReportRequest USUAL = new ReportRequest(Optional.empty(), Optional.empty());

  /**
   * The phase meant.
   *
   * @throws InvalidRequest if the model does not have it
   */
  public Phase phaseOf(BoundProgram bound) {
    boolean trains = !bound.stages().isEmpty();
    var wanted = phase.orElse(trains ? Phase.TRAIN : Phase.PREDICT);
    if (!trains && wanted != Phase.PREDICT) {
      throw new InvalidRequest(
          bound.model() + " has no train block, so there is no program to " + wanted);
    }
    return wanted;
  }

  int batchOf(BoundProgram bound) {
    int wanted = batch.orElseGet(() -> usualBatch(bound));
    if (wanted < 1) {
      throw new InvalidRequest("a batch of " + wanted + " has no rows");
    }
    bound
        .fixedBatch()
        .filter(most -> wanted > most)
        .ifPresent(
            most -> {
              throw new InvalidRequest(
                  bound.model() + " takes " + most + " rows at most, not " + wanted);
            });
    return wanted;
  }

  /** The batch of the train block, else {@link ModelSummary#USUAL_BATCH}. */
  static int usualBatch(BoundProgram bound) {
    return bound.settings().map(BoundProgram.TrainSettings::batch).orElse(ModelSummary.USUAL_BATCH);
  }
}
