/** Readers and writers of {@code .npy}, {@code .npz}, {@code .safetensors} and {@code .csv}. */
@NullMarked
package org.mdlc.runtime.file;

import org.jspecify.annotations.NullMarked;
