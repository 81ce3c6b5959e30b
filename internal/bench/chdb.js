// Answers the statements on its input, each ended by a line with the mark.
const { Session } = require("chdb");
const mark = "callpace-bench-end";
const session = new Session(process.argv[2]);
let statement = "";
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim() !== mark) {
    statement += line + "\n";
    return;
  }
  try {
    process.stdout.write(session.query(statement.trim().replace(/;$/, ""), "TabSeparated") + mark + "\n");
  } catch (e) {
    process.stderr.write(String(e.message || e) + "\n");
    process.exit(1);
  }
  statement = "";
});
