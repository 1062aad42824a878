package org.mdlc.compiler.keras;

import org.mdlc.compiler.bind.KerasLayout;

/**
 * A model as Keras describes it.
 *
 * @param config the text of {@code config.json}
 * @param layout where this description makes Keras look for weights
 */
public record ExportedModel(String config, KerasLayout layout) {}
