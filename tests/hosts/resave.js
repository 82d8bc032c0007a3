// Saves workbooks again as web programs do. Arguments: the library's name and its module; on stdin: JSON, a list of
// [source, target].
const [library, path] = process.argv.slice(2);
const module_ = require(path);
const savers = {
  SheetJS: (source, target) => module_.writeFile(module_.readFile(source), target, { bookType: "xlsx" }),
  "SheetJS with dates": (source, target) =>
    module_.writeFile(module_.readFile(source, { cellDates: true }), target, { bookType: "xlsx", cellDates: true }),
  ExcelJS: async (source, target) => {
    const book = new module_.Workbook();
    await book.xlsx.readFile(source);
    await book.xlsx.writeFile(target);
  },
  "xlsx-populate": async (source, target) => (await module_.fromFileAsync(source)).toFileAsync(target),
};
(async () => {
  for (const [source, target] of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
    await savers[library](source, target);
  }
})().catch((fault) => {
  console.error(fault);
  process.exit(1);
});
