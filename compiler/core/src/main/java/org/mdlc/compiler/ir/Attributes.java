package org.mdlc.compiler.ir;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;

/** The record components of an operation, read and made without knowing the operation. */
final class Attributes {
  private Attributes() {}

  static RecordComponent[] components(Class<?> type) {
    var components = type.getRecordComponents();
    if (components == null) {
      throw new IllegalStateException(type.getName() + " is no record");
    }
    return components;
  }

  static Object read(RecordComponent component, Object record) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "cannot read " + component + " of " + record.getClass().getName(), e);
    }
  }

  /** Calls the canonical constructor. */
  static <T> T make(Class<T> type, List<Object> values) {
    var components = components(type);
    var types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type.getName() + " of " + values, e);
    }
  }

  /** The element type of a {@code List<X>} component. */
  static Type elementType(Type listType) {
    return ((ParameterizedType) listType).getActualTypeArguments()[0];
  }
}
