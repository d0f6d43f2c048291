/** The tests of a file by their titles, read from its source: none is run, none is loaded. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import ts from "typescript";

/** Title of a test, after those of the blocks around it. Of a table of cases, as it is written: `%s`. */
type TitlePath = readonly string[];

const callers = new Set(["describe", "it", "test"]);

const sourceOf = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);

/** A function of a path whose answers are kept: the same files are asked of many times. */
function kept<Answer>(answer: (path: string) => Answer): (path: string) => Answer {
  const answers = new Map<string, Answer>();
  return (path) => {
    const known = answers.get(path) ?? answer(path);
    answers.set(path, known);
    return known;
  };
}

/** The `it` of `it(…)`, of `it.each(…)(…)`, of `it.runIf(…)(…)`. */
function callerOf(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) {
    return callers.has(expression.text) ? expression.text : undefined;
  }
  return ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression)
    ? callerOf(expression.expression)
    : undefined;
}

/** Tests of a file. */
const titlesIn = kept((path): readonly TitlePath[] => {
  const found: TitlePath[] = [];
  const visit = (node: ts.Node, above: TitlePath): void => {
    let inside = above;
    if (ts.isCallExpression(node)) {
      const caller = callerOf(node.expression);
      const [title] = node.arguments;
      if (caller !== undefined && title !== undefined && ts.isStringLiteralLike(title)) {
        inside = [...above, title.text];
        if (caller !== "describe") {
          found.push(inside);
        }
      }
    }
    ts.forEachChild(node, (child) => {
      visit(child, inside);
    });
  };
  visit(sourceOf(path), []);
  return found;
});

/** Texts of a file and of those it imports from the tests: names of cases are among them. */
const textsIn = kept((path) => collectTexts(path, new Set()));

function collectTexts(path: string, seen: Set<string>): ReadonlySet<string> {
  const texts = new Set<string>();
  if (seen.has(path) || !existsSync(path)) {
    return texts;
  }
  seen.add(path);
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) {
      texts.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  const source = sourceOf(path);
  visit(source);
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const { text } = statement.moduleSpecifier;
      const other = join(dirname(path), text);
      if (text.startsWith(".") && /[/\\]test[/\\]/.test(other)) {
        collectTexts(other, seen).forEach((one) => texts.add(one));
      }
    }
  }
  return texts;
}

const placeholder = /%[sdifjoO#]|\$[A-Za-z]\w*/;

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/** Whether a text is a title with its cases filled in, each a text of the file. */
function fills(text: string, title: string, known: () => ReadonlySet<string>): boolean {
  if (text === title) {
    return true;
  }
  const parts = title.split(placeholder);
  if (parts.length === 1) {
    return false;
  }
  const pattern = parts.map(escaped).join("(.+?)");
  const cases = new RegExp(`^${pattern}$`).exec(text)?.slice(1);
  return cases?.every((one) => known().has(one)) ?? false;
}

/** Whether a file has a test of this title: `block › test`, the name of a case for each `%s`. */
export function hasTest(path: string, title: string): boolean {
  const steps = title.split(" › ");
  return titlesIn(path).some(
    (found) =>
      found.length === steps.length &&
      found.every((one, index) => fills(steps[index] ?? "", one, () => textsIn(path))),
  );
}
