package org.mdlc.runtime.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.HostTensor;

/**
 * A folder of an HDF5 file: groups and arrays by name, and attributes that hold text. What {@code
 * h5py.Group} is to Keras.
 */
public final class Hdf5Group {
  private final Map<String, Hdf5Group> groups = new LinkedHashMap<>();
  private final Map<String, HostTensor> arrays = new LinkedHashMap<>();
  private final Map<String, List<String>> attributes = new LinkedHashMap<>();

  /** An empty group. */
  public Hdf5Group() {}

  /**
   * The group at a path such as {@code layers/dense/vars}, made where it is missing.
   *
   * @throws IllegalArgumentException if an array has that name
   */
  public Hdf5Group make(String path) {
    Hdf5Group at = this;
    for (String name : path.split("/")) {
      if (at.arrays.containsKey(name)) {
        throw new IllegalArgumentException(name + " of " + path + " is an array, not a group");
      }
      at = at.groups.computeIfAbsent(name, _ -> new Hdf5Group());
    }
    return at;
  }

  /**
   * Adds or replaces an array.
   *
   * @throws IllegalArgumentException if a group has that name, or it is no name: empty or with a
   *     slash
   */
  public void put(String name, HostTensor array) {
    if (name.isEmpty() || name.contains("/") || groups.containsKey(name)) {
      throw new IllegalArgumentException("no array can be named `" + name + "` here");
    }
    arrays.put(name, array);
  }

  /** Adds or replaces an attribute that holds one text. */
  public void attribute(String name, String text) {
    attributes.put(name, List.of(text));
  }

  /** The group at a path, or null. */
  public @Nullable Hdf5Group group(String path) {
    Hdf5Group at = this;
    for (String name : path.split("/")) {
      at = at == null ? null : at.groups.get(name);
    }
    return at;
  }

  /** The array at a path, or null. */
  public @Nullable HostTensor array(String path) {
    int slash = path.lastIndexOf('/');
    Hdf5Group at = slash < 0 ? this : group(path.substring(0, slash));
    return at == null ? null : at.arrays.get(path.substring(slash + 1));
  }

  /** The groups in this one, in the order of the file (HDF5 sorts by name). */
  public Map<String, Hdf5Group> groups() {
    return Collections.unmodifiableMap(groups);
  }

  /** The arrays in this group, in the order of the file. */
  public Map<String, HostTensor> arrays() {
    return Collections.unmodifiableMap(arrays);
  }

  /** The attributes that hold text: one entry for a scalar, one for each element of a list. */
  public Map<String, List<String>> attributes() {
    return Collections.unmodifiableMap(attributes);
  }

  void putAttribute(String name, List<String> values) {
    attributes.put(name, List.copyOf(values));
  }

  void putGroup(String name, Hdf5Group group) {
    groups.put(name, group);
  }
}
