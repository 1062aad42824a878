package org.mdlc.runtime.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;

/**
 * The result of a query as a data set. Every pass opens a connection of its own, runs the query,
 * fetches the rows bit by bit and closes everything; give the query an {@code order by}, so that
 * the passes are alike.
 *
 * <pre>{@code
 * TableDataset rows =
 *     JdbcDataset.of(dataSource, "select * from iris where year > ? order by id", 2020)
 *         .columns(ColumnGroup.floats("x", "sepal_length..petal_width"), ColumnGroup.categories("species"))
 *         .open();
 * }</pre>
 */
public final class JdbcDataset extends TableOptions<JdbcDataset> {
  private final Connections connections;
  private final String query;
  private final List<@Nullable Object> parameters;
  private int fetchSize = 1000;

  private JdbcDataset(Connections connections, String query, @Nullable Object... parameters) {
    this.connections = connections;
    this.query = query;
    this.parameters = Collections.unmodifiableList(new ArrayList<>(Arrays.asList(parameters)));
  }

  /** Opens connections, which the data set closes. */
  @FunctionalInterface
  public interface Connections {
    /** A new connection. */
    Connection open() throws SQLException;
  }

  /**
   * A query.
   *
   * @param parameters what the question marks of the query stand for
   */
  public static JdbcDataset of(
      Connections connections, String query, @Nullable Object... parameters) {
    return new JdbcDataset(connections, query, parameters);
  }

  /** A query to the connections of a data source. */
  public static JdbcDataset of(DataSource source, String query, @Nullable Object... parameters) {
    return new JdbcDataset(source::getConnection, query, parameters);
  }

  /** How many rows the driver fetches at once; 1000 unless set. */
  public JdbcDataset fetchSize(int rows) {
    fetchSize = rows;
    return this;
  }

  @Override
  JdbcDataset self() {
    return this;
  }

  /**
   * The query as a data set. It is run once if vocabularies are to be learned, and else up to its
   * first row for the names of the columns.
   *
   * @throws DataException if it fails or does not have the columns
   */
  public TableDataset open() {
    QueryTable unnamed = new QueryTable(connections, query, parameters, fetchSize, List.of());
    QueryTable table;
    try (Answer answer = unnamed.open()) {
      table = new QueryTable(connections, query, parameters, fetchSize, answer.names());
    }
    return TableDataset.open(table, List.copyOf(groups), Set.copyOf(missing), policy);
  }

  /** Reads all rows into memory. */
  public ArrayDataset read() {
    return open().read();
  }

  private record QueryTable(
      Connections connections,
      String query,
      List<@Nullable Object> parameters,
      int fetchSize,
      List<String> header)
      implements Table {
    @Override
    public String name() {
      return "query `" + query + "`";
    }

    @Override
    public Answer open() {
      List<AutoCloseable> opened = new ArrayList<>();
      try {
        Connection connection = connections.open();
        opened.addFirst(connection);
        connection.setAutoCommit(false); // else PostgreSQL's driver fetches all rows at once
        opened.addFirst(connection::rollback); // Derby and Db2 close nothing in a transaction
        PreparedStatement statement =
            connection.prepareStatement(
                query, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        opened.addFirst(statement);
        statement.setFetchSize(fetchSize);
        for (int i = 0; i < parameters.size(); i++) {
          statement.setObject(i + 1, parameters.get(i));
        }
        ResultSet rows = statement.executeQuery();
        opened.addFirst(rows);
        return new Answer(this, opened, rows, rows.getMetaData());
      } catch (SQLException e) {
        DataException failed = failed(e);
        closeAll(opened, failed);
        throw failed;
      } catch (RuntimeException e) { // a driver's own
        closeAll(opened, e);
        throw e;
      }
    }

    DataException failed(SQLException e) {
      return new DataException(name() + ": " + e.getMessage(), e);
    }
  }

  private static void closeAll(List<AutoCloseable> opened, RuntimeException failed) {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) { // what AutoCloseable declares
        failed.addSuppressed(e);
      }
    }
  }

  private static final class Answer implements Table.Pass {
    private final QueryTable table;
    private final List<AutoCloseable> opened;
    private final ResultSet rows;
    private final ResultSetMetaData columns;
    private long number;

    Answer(
        QueryTable table, List<AutoCloseable> opened, ResultSet rows, ResultSetMetaData columns) {
      this.table = table;
      this.opened = opened;
      this.rows = rows;
      this.columns = columns;
    }

    List<String> names() {
      try {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          names.add(columns.getColumnLabel(i));
        }
        return names;
      } catch (SQLException e) {
        throw table.failed(e);
      }
    }

    @Override
    public Table.@Nullable Row next() {
      try {
        if (!rows.next()) {
          return null;
        }
        @Nullable String[] cells = new String[columns.getColumnCount()];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cell(i + 1);
        }
        number++;
        return new Fetched(cells, number);
      } catch (SQLException e) {
        throw table.failed(e);
      }
    }

    private @Nullable String cell(int column) throws SQLException {
      int type = columns.getColumnType(column);
      if (type == Types.BOOLEAN || type == Types.BIT) {
        boolean value = rows.getBoolean(column);
        return rows.wasNull() ? null : value ? "1" : "0";
      }
      return rows.getString(column);
    }

    @Override
    public void close() {
      DataException failed = new DataException(table.name() + ": cannot be closed");
      closeAll(opened, failed);
      opened.clear();
      if (failed.getSuppressed().length > 0) {
        throw failed;
      }
    }
  }

  private static final class Fetched implements Table.Row {
    private final @Nullable String[] cells;
    private final long number;

    Fetched(@Nullable String[] cells, long number) {
      this.cells = cells;
      this.number = number;
    }

    @Override
    public @Nullable String cell(int column) {
      return cells[column];
    }

    @Override
    public String place() {
      return "row " + number;
    }
  }
}
