package org.mdlc.compiler.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One dimension of a shape: an integer polynomial over named dimensions, such as {@code 784},
 * {@code batch}, {@code 64*T} or {@code floor((T-3)/2)+1}. Kept in a canonical form, so that equal
 * dimensions are {@code equals}.
 *
 * @param terms coefficient times factors, sorted, without zero coefficients; no terms is zero
 */
public record Dim(List<Term> terms) implements Comparable<Dim> {
  /**
   * The dimension that counts the samples of a batch: the only one still open when code is
   * generated.
   */
  public static final Dim BATCH = symbol("batch");

  public static final Dim ZERO = new Dim(List.of());
  public static final Dim ONE = of(1);

  /** {@code coefficient * factor * factor ...}; no factors is a plain number. */
  public record Term(long coefficient, List<Factor> factors) {
    public Term {
      factors = List.copyOf(factors);
    }

    private String key() {
      return factors.stream().map(Factor::text).collect(Collectors.joining("*"));
    }
  }

  /** A factor that is no number. */
  public sealed interface Factor {
    String text();
  }

  /** A named dimension. */
  public record Symbol(String name) implements Factor {
    @Override
    public String text() {
      return name;
    }
  }

  /** {@code floor(numerator / divisor)} that does not divide out. */
  public record Floor(Dim numerator, long divisor) implements Factor {
    @Override
    public String text() {
      return "floor((" + numerator + ")/" + divisor + ")";
    }
  }

  public Dim {
    terms = List.copyOf(terms);
  }

  public static Dim of(long value) {
    return value == 0 ? ZERO : new Dim(List.of(new Term(value, List.of())));
  }

  public static Dim symbol(String name) {
    return new Dim(List.of(new Term(1, List.of(new Symbol(name)))));
  }

  public Dim plus(Dim other) {
    var sum = new ArrayList<>(terms);
    sum.addAll(other.terms);
    return canonical(sum);
  }

  public Dim plus(long other) {
    return plus(of(other));
  }

  public Dim minus(Dim other) {
    return plus(other.times(-1));
  }

  public Dim times(long factor) {
    return times(of(factor));
  }

  public Dim times(Dim other) {
    var product = new ArrayList<Term>();
    for (var a : terms) {
      for (var b : other.terms) {
        var factors = new ArrayList<>(a.factors());
        factors.addAll(b.factors());
        factors.sort((x, y) -> x.text().compareTo(y.text()));
        product.add(new Term(Math.multiplyExact(a.coefficient(), b.coefficient()), factors));
      }
    }
    return canonical(product);
  }

  /** The largest whole number not above {@code this / divisor}; {@code divisor > 0}. */
  public Dim floorDiv(long divisor) {
    if (divisor <= 0) {
      throw new IllegalArgumentException("divisor must be positive, not " + divisor);
    }
    var whole = new ArrayList<Term>();
    var rest = new ArrayList<Term>();
    for (var term : terms) {
      long quotient = Math.floorDiv(term.coefficient(), divisor);
      long remainder = Math.floorMod(term.coefficient(), divisor);
      whole.add(new Term(quotient, term.factors()));
      if (remainder != 0) {
        rest.add(new Term(remainder, term.factors()));
      }
    }
    var base = canonical(whole);
    var left = canonical(rest);
    if (left.isConstant()) {
      return base; // a constant remainder below the divisor
    }
    return base.plus(new Dim(List.of(new Term(1, List.of(new Floor(left, divisor))))));
  }

  /** The smallest whole number not below {@code this / divisor}; {@code divisor > 0}. */
  public Dim ceilDiv(long divisor) {
    return plus(divisor - 1).floorDiv(divisor);
  }

  /** {@code this / divisor} when that divides out as a polynomial: {@code 64*T / T = 64}. */
  public Optional<Dim> dividedBy(Dim divisor) {
    if (divisor.terms.size() != 1) {
      return equals(divisor) && !terms.isEmpty() ? Optional.of(ONE) : Optional.empty();
    }
    var by = divisor.terms.get(0);
    var quotient = new ArrayList<Term>();
    for (var term : terms) {
      var factors = new ArrayList<>(term.factors());
      for (var factor : by.factors()) {
        if (!factors.remove(factor)) {
          return Optional.empty();
        }
      }
      if (term.coefficient() % by.coefficient() != 0) {
        return Optional.empty();
      }
      quotient.add(new Term(term.coefficient() / by.coefficient(), factors));
    }
    return Optional.of(canonical(quotient));
  }

  public boolean isConstant() {
    return terms.isEmpty() || (terms.size() == 1 && terms.get(0).factors().isEmpty());
  }

  public boolean is(long value) {
    return isConstant() && value() == value;
  }

  /**
   * The number this dimension is.
   *
   * @throws IllegalStateException when it still depends on a named dimension
   */
  public long value() {
    if (!isConstant()) {
      throw new IllegalStateException("dimension " + this + " is not a number yet");
    }
    return terms.isEmpty() ? 0 : terms.get(0).coefficient();
  }

  public OptionalLong constant() {
    return isConstant() ? OptionalLong.of(value()) : OptionalLong.empty();
  }

  /** The names this dimension depends on, in order. */
  public SortedSet<String> symbols() {
    var names = new TreeSet<String>();
    for (var term : terms) {
      for (var factor : term.factors()) {
        switch (factor) {
          case Symbol s -> names.add(s.name());
          case Floor f -> names.addAll(f.numerator().symbols());
        }
      }
    }
    return names;
  }

  /** This dimension with names replaced by numbers; names not in the map stay. */
  public Dim bind(Map<String, Long> values) {
    return substitute(name -> values.containsKey(name) ? of(values.get(name)) : symbol(name));
  }

  /** This dimension with each name replaced by another dimension. */
  public Dim substitute(Function<String, Dim> replacement) {
    var result = ZERO;
    for (var term : terms) {
      var product = of(term.coefficient());
      for (var factor : term.factors()) {
        product =
            product.times(
                switch (factor) {
                  case Symbol s -> replacement.apply(s.name());
                  case Floor f -> f.numerator().substitute(replacement).floorDiv(f.divisor());
                });
      }
      result = result.plus(product);
    }
    return result;
  }

  /** The number at the given batch size. */
  public long at(long batch) {
    return bind(Map.of("batch", batch)).value();
  }

  @Override
  public int compareTo(Dim other) {
    return toString().compareTo(other.toString());
  }

  /** The text form, such as {@code 64*T+1}; {@link DimParser} reads it back. */
  @Override
  public String toString() {
    if (terms.isEmpty()) {
      return "0";
    }
    var text = new StringBuilder();
    for (var term : terms) {
      long c = term.coefficient();
      if (c < 0) {
        text.append('-');
      } else if (!text.isEmpty()) {
        text.append('+');
      }
      var key = term.key();
      long size = Math.abs(c);
      text.append(key.isEmpty() ? Long.toString(size) : size == 1 ? key : size + "*" + key);
    }
    return text.toString();
  }

  private static Dim canonical(List<Term> terms) {
    // Longest products first, plain number last: "2*batch*T+T-1".
    var byKey =
        new TreeMap<String, Term>(
            (a, b) ->
                a.isEmpty() || b.isEmpty()
                    ? Boolean.compare(a.isEmpty(), b.isEmpty())
                    : a.compareTo(b));
    for (var term : terms) {
      byKey.merge(
          term.key(),
          term,
          (a, b) -> new Term(Math.addExact(a.coefficient(), b.coefficient()), a.factors()));
    }
    return new Dim(byKey.values().stream().filter(t -> t.coefficient() != 0).toList());
  }
}
