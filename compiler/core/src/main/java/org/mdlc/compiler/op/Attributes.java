package org.mdlc.compiler.op;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mdlc.compiler.ir.CompilerBug;

/**
 * The attributes of an operation are the components of its record. Text form and rewriting of
 * dimensions read and replace them here, so that a new primitive gets both for nothing.
 */
public final class Attributes {
  private Attributes() {}

  /** Values in the order of the record's components. */
  public static List<Object> of(Object record) {
    var values = new ArrayList<Object>();
    for (var component : record.getClass().getRecordComponents()) {
      try {
        values.add(component.getAccessor().invoke(record));
      } catch (IllegalAccessException e) {
        throw new CompilerBug(
            "attributes", component.getName() + " of " + record.getClass() + " is not public", e);
      } catch (InvocationTargetException e) {
        throw new CompilerBug(
            "attributes", component.getName() + " of " + record.getClass() + " fails", e);
      }
    }
    return values;
  }

  /**
   * A record of a class from the values of its components; what its constructor throws is passed
   * on.
   */
  public static <T> T make(Class<T> type, List<Object> values) {
    var types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getConstructor(types).newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompilerBug("attributes", "cannot make " + type, e);
    } catch (ReflectiveOperationException e) {
      throw new CompilerBug("attributes", "cannot make " + type, e);
    }
  }
}
