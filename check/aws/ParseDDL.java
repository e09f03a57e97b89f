import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.hive.ql.parse.ParseDriver;
import org.apache.hadoop.hive.ql.parse.ParseException;

/**
 * Reads files of one DDL statement each with Hive's own grammar, which is Athena's for DDL. Exit code 0: all parse; 1: one does not,
 * and stderr has file and line:column of each fault. The grammar knows no meaning: a misspelt table property parses.
 */
public final class ParseDDL {
  public static void main(String[] files) throws Exception {
    PrintStream faults = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream())); // the parser's generator prints a stack for each fault, slf4j its own wishes
    boolean wrong = files.length == 0;
    for (String file : files) {
      String statement = Files.readString(Path.of(file)).strip();
      if (statement.endsWith(";")) {
        statement = statement.substring(0, statement.length() - 1); // ends a statement in a client, and is no part of the grammar
      }
      try {
        new ParseDriver().parse(statement);
      } catch (ParseException e) {
        faults.println(file + ": " + e.getMessage().strip());
        wrong = true;
      }
    }
    System.exit(wrong ? 1 : 0);
  }
}
