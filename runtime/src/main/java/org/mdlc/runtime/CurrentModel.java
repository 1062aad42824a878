package org.mdlc.runtime;

import org.jspecify.annotations.Nullable;

/** The model that a callback was given, which it has only while something runs. */
final class CurrentModel {
  private @Nullable Model model;

  void set(Model newModel) {
    model = newModel;
  }

  Model get() {
    if (model == null) {
      throw new IllegalStateException("a callback works only inside fit");
    }
    return model;
  }
}
