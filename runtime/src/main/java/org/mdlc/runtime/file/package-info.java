/**
 * Readers and writers of {@code .npy}, {@code .npz}, {@code .safetensors}, HDF5, {@code .keras} and
 * {@code .csv}.
 */
@NullMarked
package org.mdlc.runtime.file;

import org.jspecify.annotations.NullMarked;
