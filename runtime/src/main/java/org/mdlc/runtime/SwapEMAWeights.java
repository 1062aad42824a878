package org.mdlc.runtime;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.mdlc.runtime.data.HostTensor;

/**
 * Evaluates and predicts with the averages of the weights, which an optimizer with {@code use_ema}
 * keeps, and trains on with the weights themselves; Keras's {@code SwapEMAWeights}.
 */
public final class SwapEMAWeights implements Callback {
  private boolean swapOnEpoch;
  private boolean averagesInModel;
  private int epochs;
  private final CurrentModel current = new CurrentModel();

  /** Swaps for validation, evaluation and prediction. */
  public SwapEMAWeights() {}

  /** Whether the averages also stay in the model at the end of an epoch, for checkpoints. */
  public SwapEMAWeights swapOnEpoch(boolean swap) {
    swapOnEpoch = swap;
    return this;
  }

  /**
   * @throws IllegalArgumentException if the optimizer keeps no averages
   */
  @Override
  public void setModel(Model model) {
    List<ModelSpec.Average> averages = model.spec().averages();
    if (averages.isEmpty()) {
      throw new IllegalArgumentException(
          "SwapEMAWeights needs averages of the weights: give the optimizer use_ema = true");
    }
    Set<String> weights = new HashSet<>();
    for (ModelSpec.Average average : averages) {
      if (!weights.add(average.weight())) {
        throw new IllegalArgumentException(
            average.weight()
                + " has an average in several stages; SwapEMAWeights works with one stage");
      }
    }
    current.set(model);
  }

  @Override
  public void setParams(Params params) {
    epochs = params.epochs();
  }

  @Override
  public void saveState(SavedState state) {
    state.put("averages_in_model", averagesInModel ? 1 : 0);
  }

  @Override
  public void onTrainResume(SavedState state) {
    averagesInModel = state.number("averages_in_model") == 1;
  }

  @Override
  public void onEpochBegin(int epoch) {
    if (swapOnEpoch) {
      trainWithWeights();
    }
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    if (swapOnEpoch && !averagesInModel) {
      swap();
      averagesInModel = true;
      if (epoch == epochs - 1 || current.get().isStopped()) {
        // The end of training takes what the averages hold, and they are in the model now.
        Variables variables = current.get().variables();
        for (ModelSpec.Average average : current.get().spec().averages()) {
          variables.set(average.average(), variables.get(average.weight()));
        }
      }
    }
  }

  @Override
  public void onTestBegin() {
    useAverages();
  }

  @Override
  public void onTestEnd(Logs logs) {
    trainWithWeights();
  }

  @Override
  public void onPredictBegin() {
    useAverages();
  }

  @Override
  public void onPredictEnd() {
    trainWithWeights();
  }

  private void useAverages() {
    if (!averagesInModel) {
      swap();
      averagesInModel = true;
    }
  }

  private void trainWithWeights() {
    if (averagesInModel) {
      swap();
      averagesInModel = false;
    }
  }

  private void swap() {
    Variables variables = current.get().variables();
    for (ModelSpec.Average average : current.get().spec().averages()) {
      HostTensor weight = variables.get(average.weight());
      variables.set(average.weight(), variables.get(average.average()));
      variables.set(average.average(), weight);
    }
  }
}
