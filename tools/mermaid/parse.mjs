// Parse every mermaid block of Markdown files with mermaid's own parser.
//
//   node tools/mermaid/parse.mjs README.md docs
//
// Folders are searched for *.md. Each fault is one line `<file>:<line>: <what mermaid says>`; exit code 1 if any.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { JSDOM } from "jsdom";

// mermaid cleans labels with DOMPurify even where it only parses, and that needs a document.
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

function markdownFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => join(path, name));
}

/** The mermaid blocks of a Markdown text, each with the line of its first line; an unclosed one runs to the end. */
function blocks(text) {
  const found = [];
  let open = null;
  text.split(/\r?\n/).forEach((line, index) => {
    const fence = line.match(/^( {0,3})(`{3,}|~{3,})\s*(\S*)/);
    if (open === null && fence) {
      open = { fence: fence[2], language: fence[3], line: index + 2, lines: [] };
    } else if (open !== null && fence && fence[3] === "" && fence[2].startsWith(open.fence)) {
      found.push(open);
      open = null;
    } else if (open !== null) {
      open.lines.push(line);
    }
  });
  if (open !== null) found.push(open);
  return found.filter((block) => block.language === "mermaid");
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error("usage: node tools/mermaid/parse.mjs FILE_OR_FOLDER...");
  process.exit(2);
}
const absent = paths.filter((path) => !existsSync(path));
if (absent.length > 0) {
  console.error(absent.map((path) => `${path}: no such file or folder`).join("\n"));
  process.exit(2);
}
let parsed = 0;
let faults = 0;
for (const file of paths.flatMap(markdownFiles)) {
  for (const block of blocks(readFileSync(file, "utf8"))) {
    parsed += 1;
    try {
      await mermaid.parse(block.lines.join("\n"));
    } catch (error) {
      faults += 1;
      const said = String(error.message).split("\n").map((line) => line.trim()).filter(Boolean).join(" | ");
      console.log(`${file}:${block.line}: ${said}`);
    }
  }
}
console.log(`${parsed} diagrams parsed, ${faults} with a fault`);
process.exitCode = faults === 0 ? 0 : 1;
