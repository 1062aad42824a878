package org.mdlc.compiler.type;

import java.util.Map;

/** What a value is: element type and shape, printed as {@code f32[batch, 10]}. */
public record TensorType(DType dtype, Shape shape) {
  public static TensorType f32(long... sizes) {
    return new TensorType(DType.F32, Shape.of(sizes));
  }

  public static TensorType scalar(DType dtype) {
    return new TensorType(dtype, Shape.SCALAR);
  }

  public int rank() {
    return shape.rank();
  }

  public TensorType withShape(Shape other) {
    return new TensorType(dtype, other);
  }

  public TensorType withDType(DType other) {
    return new TensorType(other, shape);
  }

  public TensorType bind(Map<String, Long> values) {
    return new TensorType(dtype, shape.bind(values));
  }

  @Override
  public String toString() {
    return dtype.text() + shape;
  }
}
