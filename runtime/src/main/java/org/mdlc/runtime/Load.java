package org.mdlc.runtime;

/**
 * How {@link Model#loadWeights(java.nio.file.Path, Load)} treats what does not fit; the arguments
 * of Keras's {@code load_weights}.
 *
 * @param isByName whether only what both have is loaded, found by name: weights in {@code
 *     .safetensors} and {@code .npz}, layers in the old {@code .h5}; Keras's {@code by_name}
 * @param skipsMismatch whether weights that are missing or have another shape stay as they are;
 *     Keras's {@code skip_mismatch}
 */
public record Load(boolean isByName, boolean skipsMismatch) {
  /** All weights or none. */
  public static Load strict() {
    return new Load(false, false);
  }

  /** The same with another {@link #isByName}. */
  public Load byName(boolean names) {
    return new Load(names, skipsMismatch);
  }

  /** The same with another {@link #skipsMismatch}. */
  public Load skipMismatch(boolean skip) {
    return new Load(isByName, skip);
  }
}
