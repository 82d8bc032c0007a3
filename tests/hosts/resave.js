// Saves workbooks again as web programs do. Argument: SheetJS's module; on stdin: JSON, a list of [source, target].
const xlsx = require(process.argv[2]);
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const [source, target] of pairs) {
  xlsx.writeFile(xlsx.readFile(source), target, { bookType: "xlsx" });
}
