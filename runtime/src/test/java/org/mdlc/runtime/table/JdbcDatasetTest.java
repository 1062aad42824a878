package org.mdlc.runtime.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.HostTensor;

/** Queries of a database in memory as data sets. */
class JdbcDatasetTest {
  private static final String URL = "jdbc:h2:mem:flowers";
  private static final String ALL = "select * from flowers where id < ? order by id";

  private Connection keeper; // the database lives as long as a connection
  private final List<Connection> opened = new ArrayList<>();

  @BeforeEach
  void fill() throws SQLException {
    keeper = DriverManager.getConnection(URL);
    try (var statement = keeper.createStatement()) {
      statement.execute(
          "create table flowers(id bigint, length double, width real, wild boolean, species varchar(20))");
      for (int i = 0; i < 13; i++) {
        String species = i % 2 == 0 ? "setosa" : "virginica";
        statement.execute(
            "insert into flowers values (%s, %s.25, %s.5, %s, '%s')"
                .formatted(i, i, 2 * i, i % 3 == 0, species));
      }
    }
  }

  @AfterEach
  void close() throws SQLException {
    for (Connection connection : opened) {
      assertThat(connection.isClosed()).isTrue();
    }
    keeper.close();
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(URL);
    opened.add(connection);
    return connection;
  }

  private JdbcDataset flowers(int count) {
    return JdbcDataset.of(this::connect, ALL, count);
  }

  @Test
  void readsColumnsOfAllKinds() {
    TableDataset table =
        flowers(5)
            .fetchSize(2)
            .columns(
                ColumnGroup.floats("x", "length..width"),
                ColumnGroup.ints("id"),
                ColumnGroup.ints("wild"),
                ColumnGroup.labels("species"),
                ColumnGroup.texts("name", "species"))
            .open();
    assertThat(table.size()).hasValue(5);
    ArrayDataset data = table.read();
    assertThat(data.get("x"))
        .isEqualTo(
            HostTensor.of(
                new float[] {.25f, .5f, 1.25f, 2.5f, 2.25f, 4.5f, 3.25f, 6.5f, 4.25f, 8.5f}, 5, 2));
    assertThat(data.get("id").ints()).containsExactly(0, 1, 2, 3, 4);
    assertThat(data.get("wild").ints()).containsExactly(1, 0, 0, 1, 0);
    assertThat(data.get("species").ints()).containsExactly(0, 1, 0, 1, 0);
    assertThat(data.text("name").get(1)).isEqualTo("virginica");
  }

  @Test
  void everyPassIsTheQueryAnewAndMayEndEarly() throws SQLException {
    TableDataset table = flowers(100).columns(ColumnGroup.ints("id")).open();
    assertThat(ids(table, 100)).hasSize(13).startsWith(0, 1, 2);
    assertThat(ids(table, 4)).containsExactly(0, 1, 2, 3);
    try (var statement = keeper.createStatement()) {
      statement.execute("delete from flowers where id > 1");
    }
    assertThat(ids(table, 100)).containsExactly(0, 1);
  }

  private static List<Integer> ids(TableDataset table, int most) {
    List<Integer> ids = new ArrayList<>();
    try (Elements pass = table.elements(0)) {
      for (Element element = pass.next();
          element != null && ids.size() < most;
          element = pass.next()) {
        ids.add(element.make().get("id").ints()[0]);
      }
    }
    return ids;
  }

  @Test
  void leavesNoTransactionOpenAsDerbyRefusesToCloseIt() throws SQLException {
    Strict strict = new Strict(connect(), null);
    JdbcDataset rows =
        JdbcDataset.of(strict::connection, "select * from flowers").columns(ColumnGroup.ints("id"));
    assertThat(rows.open().size()).isEmpty();
    assertThat(strict.calls).endsWith("rollback", "close");
  }

  @Test
  void closesTheConnectionWhateverTheDriverThrows() throws SQLException {
    for (String method : List.of("setAutoCommit", "prepareStatement")) {
      Strict broken = new Strict(connect(), method);
      assertThatThrownBy(
              () ->
                  JdbcDataset.of(broken::connection, "select * from flowers")
                      .columns(ColumnGroup.ints("id"))
                      .open())
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage(method);
      assertThat(broken.calls).endsWith("close");
    }
  }

  /** A connection that does not close in a transaction, and has a method that does not work. */
  private record Strict(Connection real, @Nullable String broken, List<String> calls) {
    Strict(Connection real, @Nullable String broken) {
      this(real, broken, new ArrayList<>());
    }

    Connection connection() {
      return (Connection)
          Proxy.newProxyInstance(
              Strict.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (_, method, arguments) -> call(method, arguments));
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments)
        throws ReflectiveOperationException, SQLException {
      if (method.getName().equals(broken)) {
        throw new UnsupportedOperationException(broken);
      }
      boolean isInTransaction =
          calls.lastIndexOf("prepareStatement")
              > Math.max(calls.lastIndexOf("rollback"), calls.lastIndexOf("commit"));
      if (method.getName().equals("close") && isInTransaction) {
        throw new SQLException("cannot close a connection while a transaction is still active");
      }
      calls.add(method.getName());
      return method.invoke(real, arguments);
    }
  }

  @Test
  void saysWhereAndWhat() throws SQLException {
    assertThatThrownBy(
            () ->
                JdbcDataset.of(this::connect, "select * from trees")
                    .columns(ColumnGroup.ints("id"))
                    .open())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("query `select * from trees`: Table \"TREES\" not found");
    assertThatThrownBy(() -> flowers(3).columns(ColumnGroup.ints("height")).open())
        .hasMessage(
            "query `" + ALL + "`: no column height; there are ID, LENGTH, WIDTH, WILD, SPECIES");
    assertThatThrownBy(() -> flowers(3).columns(ColumnGroup.floats("species")).read())
        .hasMessage("query `" + ALL + "`, row 1, column SPECIES: \"setosa\" is not a number");
    try (var statement = keeper.createStatement()) {
      statement.execute("update flowers set length = null where id = 1");
    }
    assertThatThrownBy(() -> flowers(3).columns(ColumnGroup.floats("length")).read())
        .hasMessageEndingWith(
            "row 2, column LENGTH: no value; fill length, or drop rows without a value");
    assertThat(
            flowers(3)
                .columns(ColumnGroup.floats("length"))
                .dropRowsWithMissingValues()
                .read()
                .rows())
        .isEqualTo(2);
  }
}
