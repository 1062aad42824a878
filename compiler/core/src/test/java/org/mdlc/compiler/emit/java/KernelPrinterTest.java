package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.KernelText;
import org.mdlc.compiler.type.DType;
import org.mdlc.runtime.kernel.Lanes;
import org.mdlc.runtime.kernel.Memory;

/**
 * Both printers of one kernel, run on awkward sizes: the same bits where every element is computed
 * on its own, close where lanes are summed.
 */
class KernelPrinterTest {
  private static final String SOFTMAX =
      """
      kernel softmax lanes stage
        p0 x: f32[37*batch] read
        p1 y: f32[37*batch] write
        outer i0 < batch
        inner i1 < 37
        stage i1
          r0: f32 = load p0[37*i0 + i1]
          r1: f32 = reduce max r0
        stage i1
          r2: f32 = load p0[37*i0 + i1]
          r3: f32 = sub r2, r1
          r4: f32 = exp r3
          r5: f32 = reduce sum r4
        stage i1
          r6: f32 = load p0[37*i0 + i1]
          r7: f32 = sub r6, r1
          r8: f32 = exp r7
          r9: f32 = div r8, r5
          store p1[37*i0 + i1] = r9
      """;

  private static final String COLUMN_SUM =
      """
      kernel column_sum lanes outer
        p0 x: f32[19*batch] read
        p1 y: f32[19] write
        outer i0 < 19
        inner i1 < batch
        stage i1
          r0: f32 = load p0[19*i1 + i0]
          r1: f32 = reduce sum r0
        stage
          store p1[i0] = r1
      """;

  private static final String GELU_WITH_BIAS =
      """
      kernel gelu lanes outer
        p0 x: f32[21*batch] read
        p1 bias: f32[21] read
        p2 y: f32[21*batch] write
        outer i0 < batch
        outer i1 < 21
        stage
          r0: f32 = load p0[21*i0 + i1]
          r1: f32 = load p1[i1]
          r2: f32 = add r0, r1
          r3: f32 = const 0.70710677
          r4: f32 = mul r2, r3
          r5: f32 = erf r4
          r6: f32 = const 1.0
          r7: f32 = add r5, r6
          r8: f32 = const 0.5
          r9: f32 = mul r2, r8
          r10: f32 = mul r9, r7
          store p2[21*i0 + i1] = r10
      """;

  private static final String TRANSPOSE_AND_MASK =
      """
      kernel transpose lanes outer
        p0 x: f32[13*batch] read
        p1 y: f32[13*batch] write
        outer i0 < 13
        outer i1 < batch
        stage
          r0: f32 = load p0[13*i1 + i0]
          r1: f32 = const 0.0
          r2: bool = gt r0, r1
          r3: f32 = neg r0
          r4: f32 = select r2, r0, r3
          r5: bool = inrange 2 <= i1 < batch
          r6: f32 = load p0[13*i1 + i0 + -26] if r5
          r7: f32 = add r4, r6
          store p1[(batch)*i0 + i1] = r7
      """;

  private static final String GATHER_BY_ROW_AND_COLUMN =
      """
      kernel gather lanes outer
        p0 rows: i32[batch] read
        p1 columns: i32[batch] read
        p2 table: f32[1000] read
        p3 y: f32[batch] write
        outer i0 < batch
        stage
          r0: i32 = load p0[i0]
          r1: i32 = load p1[i0]
          r2: i32 = const 0
          r3: bool = ge r0, r2
          r4: f32 = load p2[5*r0 + 2*r1] if r3
          store p3[i0] = r4
      """;

  @ParameterizedTest
  @ValueSource(strings = {GELU_WITH_BIAS, TRANSPOSE_AND_MASK, GATHER_BY_ROW_AND_COLUMN})
  void bothPrintersGiveTheSameBits(String text) throws Exception {
    for (int batch : new int[] {1, 7, 16, 33}) {
      var kernel = KernelText.parse(text);
      assertThat(run(kernel, batch, KernelStyle.VECTOR))
          .as("batch %d", batch)
          .isEqualTo(run(kernel, batch, KernelStyle.PLAIN));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SOFTMAX, COLUMN_SUM})
  void bothPrintersAgreeOnSums(String text) throws Exception {
    for (int batch : new int[] {1, 7, 16, 33}) {
      var kernel = KernelText.parse(text);
      var vector = run(kernel, batch, KernelStyle.VECTOR);
      var plain = run(kernel, batch, KernelStyle.PLAIN);
      for (int i = 0; i < vector.size(); i++) {
        // up to 37 additions in another order, each within half a unit of 2^-24
        assertThat(vector.get(i))
            .as("element %d", i)
            .isCloseTo(plain.get(i), org.assertj.core.data.Offset.offset(37 * 0x1p-24f * 8));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {SOFTMAX, COLUMN_SUM, GELU_WITH_BIAS, TRANSPOSE_AND_MASK, GATHER_BY_ROW_AND_COLUMN})
  void partsGiveTheBitsOfTheWhole(String text) throws Exception {
    for (int batch : new int[] {1, 7, 33, 100}) {
      for (var style : KernelStyle.values()) {
        var kernel = KernelText.parse(text);
        var whole = run(kernel, batch, style);
        for (int parts = 2; parts <= 3; parts++) {
          assertThat(run(kernel, batch, style, parts))
              .as("batch %d, %s, %d parts", batch, style, parts)
              .isEqualTo(whole);
        }
      }
    }
  }

  @Test
  void blocksFillWhatTheRuntimeReserves() {
    assertThat(Slots.ELEMENTS).isEqualTo(Lanes.BLOCK_ELEMENTS);
  }

  /** A compiled kernel with memory for its parameters. */
  record Prepared(Arena arena, Kernel kernel, List<MemorySegment> segments, Runnable run)
      implements AutoCloseable {
    @Override
    public void close() {
      arena.close();
    }
  }

  /** Floats are filled from a fixed seed, whole numbers count from -3 by sevens. */
  static Prepared prepare(Kernel kernel, int batch, KernelStyle style) throws Exception {
    return prepare(kernel, batch, style, 1);
  }

  private static Prepared prepare(Kernel kernel, int batch, KernelStyle style, int parts)
      throws Exception {
    var type = compile(kernel, style, parts);
    var arena = Arena.ofConfined();
    var random = new Random(7);
    var segments = new ArrayList<MemorySegment>();
    var addresses = new long[kernel.params().size()];
    for (int p = 0; p < addresses.length; p++) {
      var param = kernel.params().get(p);
      int count = (int) param.elements().at(batch);
      var segment = arena.allocate(4L * count + Memory.SLACK, 64).asSlice(0, 4L * count);
      for (int i = 0; i < count; i++) {
        if (param.type() == DType.F32) {
          segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        } else {
          segment.setAtIndex(ValueLayout.JAVA_INT, i, -3 + i * 7 % 120);
        }
      }
      segments.add(segment);
      addresses[p] = segment.address();
    }
    long scratch = arena.allocate(parts * (long) Lanes.SCRATCH_BYTES, 64).address();
    var run =
        (Runnable)
            type.getConstructor(long[].class, int.class, long.class)
                .newInstance(addresses, batch, scratch);
    return new Prepared(arena, kernel, segments, run);
  }

  /** What the written parameters hold afterwards. */
  static List<Float> run(Kernel kernel, int batch, KernelStyle style) throws Exception {
    return run(kernel, batch, style, 1);
  }

  private static List<Float> run(Kernel kernel, int batch, KernelStyle style, int parts)
      throws Exception {
    try (var prepared = prepare(kernel, batch, style, parts)) {
      prepared.run().run();
      var written = new ArrayList<Float>();
      for (int p = 0; p < kernel.params().size(); p++) {
        if (kernel.params().get(p).access() != Kernel.Access.READ) {
          for (float value : prepared.segments().get(p).toArray(ValueLayout.JAVA_FLOAT)) {
            written.add(value);
          }
        }
      }
      return written;
    }
  }

  /** Parts, where there are several, run from the last to the first. */
  private static Class<?> compile(Kernel kernel, KernelStyle style, int parts) throws Exception {
    var code = new StringBuilder();
    for (int p = 0; p < kernel.params().size(); p++) {
      code.append("final long ")
          .append(kernel.params().get(p).name())
          .append(" = addresses[")
          .append(p)
          .append("];\n");
    }
    String body;
    if (parts == 1) {
      body = code.append(KernelPrinter.print(kernel, style)).toString();
    } else {
      String extents =
          kernel.axes().subList(0, kernel.outer()).stream()
              .map(d -> Numbers.dim(d, ""))
              .collect(Collectors.joining(", "));
      boolean lanes = kernel.lanes() == Kernel.Lanes.OUTER;
      body =
          ("var cut = $cut:T.into(" + parts + ", " + lanes + ", " + extents + ");\n")
              + "long partScratch = scratch;\n"
              + "for (int part = cut.parts() - 1; part >= 0; part--) {\n"
              + code.append(KernelPrinter.printPart(kernel, style, "cut"))
              + "}\n";
    }
    var constructor =
        MethodSpec.constructorBuilder()
            .addModifiers(Modifier.PUBLIC)
            .addParameter(long[].class, "addresses")
            .addParameter(TypeName.INT, "batch")
            .addParameter(TypeName.LONG, "scratch")
            .addStatement("this.addresses = addresses")
            .addStatement("this.batch = batch")
            .addStatement("this.scratch = scratch")
            .build();
    var type =
        TypeSpec.classBuilder(ClassName.get("", "Printed"))
            .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
            .addSuperinterface(Runnable.class)
            .addField(long[].class, "addresses", Modifier.PRIVATE, Modifier.FINAL)
            .addField(TypeName.INT, "batch", Modifier.PRIVATE, Modifier.FINAL)
            .addField(TypeName.LONG, "scratch", Modifier.PRIVATE, Modifier.FINAL)
            .addMethod(constructor)
            .addMethod(
                MethodSpec.methodBuilder("run")
                    .addAnnotation(Override.class)
                    .addModifiers(Modifier.PUBLIC)
                    .addCode(JavaTypes.code(body))
                    .build())
            .build();
    String source =
        JavaFile.builder("", type)
            .addStaticImport(ClassName.get(JavaTypes.KERNEL, "Memory"), "ALL", "ORDER")
            .addStaticImport(ClassName.get(JavaTypes.KERNEL, "VectorMath"), "FLOATS", "INTS")
            .build()
            .toString();
    if (Boolean.getBoolean("mdlc.show")) {
      System.out.println(source);
    }
    return InMemoryJavac.load("Printed", source, KernelPrinterTest.class.getClassLoader());
  }
}
