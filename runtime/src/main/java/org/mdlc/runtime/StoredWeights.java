package org.mdlc.runtime;

import java.util.List;
import java.util.Map;
import org.mdlc.runtime.data.HostTensor;

/**
 * What a file holds for a model.
 *
 * @param tensors by the name of the variable that they are meant for, whatever their shape
 * @param unused what else there is, by name or path
 * @param texts beside the tensors, by name
 */
record StoredWeights(
    Map<String, HostTensor> tensors, List<String> unused, Map<String, String> texts) {}
