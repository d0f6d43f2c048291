/**
 * Reads an SDK's `.d.ts` files into the types of `schema.ts`, by syntax alone: no type checker, so that
 * the largest SDK takes a second.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { ObjectSchema, OutputKind, TypeOf } from "./schema.ts";

/** A fault in reading a declaration: the reader must learn the new form, never guess. */
export class UnreadDeclaration extends Error {
  override name = "UnreadDeclaration";
}

/** One SDK package on disk, its files parsed once. */
export class SdkDeclarations {
  readonly #root: string;
  readonly #files = new Map<string, ts.SourceFile>();
  readonly #interfaces = new Map<string, ts.InterfaceDeclaration>();
  /** Nested objects met so far, by name. */
  readonly objects: Record<string, ObjectSchema> = {};

  /** @param root folder of the npm package */
  constructor(root: string) {
    this.#root = root;
    for (const statement of this.file("types/input.d.ts").statements) this.#index(statement, "");
  }

  /** The parsed declaration file at a path inside the package. */
  file(path: string): ts.SourceFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(join(this.#root, path), "utf8");
    const parsed = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
    this.#files.set(path, parsed);
    return parsed;
  }

  /** An exported interface of a file, or undefined. */
  interfaceIn(path: string, name: string): ts.InterfaceDeclaration | undefined {
    return this.file(path).statements.find(
      (statement): statement is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(statement) && statement.name.text === name,
    );
  }

  /** The inputs that an interface declares. */
  inputs(declaration: ts.InterfaceDeclaration, namespace: string): ObjectSchema {
    const required: string[] = [];
    const properties: Record<string, TypeOf> = {};
    for (const member of declaration.members) {
      if (!ts.isPropertySignature(member) || member.type === undefined) {
        throw new UnreadDeclaration(`${declaration.name.text}: a member that is no property`);
      }
      const name = propertyName(member.name);
      if (member.questionToken === undefined) required.push(name);
      properties[name] = withDocumentedValues(this.#type(member.type, namespace), member);
    }
    return { required, properties };
  }

  #index(statement: ts.Statement, namespace: string): void {
    if (ts.isInterfaceDeclaration(statement)) {
      this.#interfaces.set(qualified(namespace, statement.name.text), statement);
    } else if (
      ts.isModuleDeclaration(statement) &&
      statement.body &&
      ts.isModuleBlock(statement.body)
    ) {
      const inner = qualified(namespace, statement.name.text);
      for (const child of statement.body.statements) this.#index(child, inner);
    }
  }

  #type(node: ts.TypeNode, namespace: string): TypeOf {
    if (ts.isParenthesizedTypeNode(node)) return this.#type(node.type, namespace);
    if (ts.isArrayTypeNode(node)) return { list: this.#type(node.elementType, namespace) };
    if (ts.isUnionTypeNode(node)) return this.#union(node, namespace);
    if (ts.isTypeLiteralNode(node)) return this.#map(node, namespace);
    if (ts.isLiteralTypeNode(node)) return { enum: [literal(node)] };
    if (ts.isTypeReferenceNode(node)) return this.#reference(node, namespace);
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return "string";
      case ts.SyntaxKind.NumberKeyword:
        return "number";
      case ts.SyntaxKind.BooleanKeyword:
        return "boolean";
      case ts.SyntaxKind.AnyKeyword:
        return "any";
      default:
        throw new UnreadDeclaration(`a type of a form not met before: ${node.getText()}`);
    }
  }

  #union(node: ts.UnionTypeNode, namespace: string): TypeOf {
    const parts = node.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword);
    if (parts.every((part) => part.getText().startsWith("pulumi.asset."))) return "asset";
    const types = parts.map((part) => this.#type(part, namespace));
    const [only] = types;
    if (types.length === 1 && only !== undefined) return only;
    const literals = types.flatMap((type) =>
      typeof type === "object" && "enum" in type ? type.enum : [],
    );
    return literals.length === types.length ? { enum: literals } : { oneOf: types };
  }

  #map(node: ts.TypeLiteralNode, namespace: string): TypeOf {
    const [member] = node.members;
    if (
      member === undefined ||
      node.members.length !== 1 ||
      !ts.isIndexSignatureDeclaration(member)
    ) {
      throw new UnreadDeclaration(`an inline object that is no map: ${node.getText()}`);
    }
    return { map: this.#type(member.type, namespace) };
  }

  #reference(node: ts.TypeReferenceNode, namespace: string): TypeOf {
    const name = node.typeName.getText();
    const [argument] = node.typeArguments ?? [];
    if ((name === "pulumi.Input" || name === "pulumi.Output") && argument !== undefined) {
      return this.#type(argument, namespace);
    }
    if (name.startsWith("pulumi.asset.")) return "asset";
    if (name.startsWith("enums.")) return this.#enumeration(name.slice("enums.".length));
    const target = name.startsWith("inputs.")
      ? name.slice("inputs.".length)
      : qualified(namespace, name);
    return { object: this.#object(target) };
  }

  #object(target: string): string {
    if (target in this.objects) return target;
    const declaration = this.#interfaces.get(target);
    if (declaration === undefined) throw new UnreadDeclaration(`no declaration of ${target}`);
    this.objects[target] = { required: [], properties: {} };
    this.objects[target] = this.inputs(declaration, target.split(".").slice(0, -1).join("."));
    return target;
  }

  #enumeration(name: string): TypeOf {
    for (const statement of this.file("types/enums/index.d.ts").statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const declared of statement.declarationList.declarations) {
        if (declared.name.getText() !== name || !declared.type) continue;
        if (!ts.isTypeLiteralNode(declared.type)) continue;
        const values = declared.type.members.flatMap((member) =>
          ts.isPropertySignature(member) && member.type && ts.isLiteralTypeNode(member.type)
            ? [literal(member.type)]
            : [],
        );
        if (values.length > 0) return { enum: values };
      }
    }
    throw new UnreadDeclaration(`no values for the enumeration ${name}`);
  }
}

/** What kind of value a declared output is. */
export function outputKind(node: ts.TypeNode): OutputKind {
  if (ts.isTypeReferenceNode(node) && node.typeName.getText() === "pulumi.Output") {
    const [argument] = node.typeArguments ?? [];
    return argument === undefined ? "any" : outputKind(argument);
  }
  if (ts.isArrayTypeNode(node)) return "list";
  if (ts.isTypeLiteralNode(node)) return "map";
  if (ts.isTypeReferenceNode(node))
    return node.typeName.getText().startsWith("outputs.") ? "map" : "any";
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return "string";
    case ts.SyntaxKind.NumberKeyword:
      return "number";
    case ts.SyntaxKind.BooleanKeyword:
      return "boolean";
    default:
      return "any";
  }
}

/** Whether a declared output may be absent. */
export function isOptional(node: ts.TypeNode): boolean {
  if (ts.isTypeReferenceNode(node) && node.typeName.getText() === "pulumi.Output") {
    return node.typeArguments?.some(isOptional) ?? false;
  }
  return ts.isUnionTypeNode(node)
    ? node.types.some((part) => part.kind === ts.SyntaxKind.UndefinedKeyword)
    : false;
}

/** The text of a property's name. */
export function propertyName(name: ts.PropertyName): string {
  return ts.isStringLiteral(name) || ts.isIdentifier(name) ? name.text : name.getText();
}

function qualified(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}.${name}`;
}

function literal(node: ts.LiteralTypeNode): string | number {
  if (ts.isStringLiteral(node.literal)) return node.literal.text;
  if (ts.isNumericLiteral(node.literal)) return Number(node.literal.text);
  throw new UnreadDeclaration(`a literal of a form not met before: ${node.getText()}`);
}

/**
 * Closed sets stand in the doc comments of bridged SDKs, in two fixed forms that the documentation
 * generators write from the provider's own validators: `Available values: "A", "B".` and
 * `Possible values are: \`A\`, \`B\`.`
 */
function withDocumentedValues(type: TypeOf, member: ts.PropertySignature): TypeOf {
  const comment = ts
    .getJSDocCommentsAndTags(member)
    .map((part) => part.getText())
    .join("\n")
    .replaceAll(/\n\s*\*\s?/g, " ");
  const values = documentedValues(comment);
  if (values.length === 0) return type;
  const fits = (scalar: TypeOf): boolean =>
    values.every((value) => typeof value === (scalar === "number" ? "number" : "string"));
  if (typeof type === "object" && "list" in type) {
    return (type.list === "string" || type.list === "number") && fits(type.list)
      ? { list: { enum: values } }
      : type;
  }
  return (type === "string" || type === "number") && fits(type) ? { enum: values } : type;
}

/** The closed set of values that a doc comment states, empty where it states none. */
export function documentedValues(comment: string): (string | number)[] {
  const available = /Available values: ((?:"[^"]*"|-?\d+)(?:, (?:"[^"]*"|-?\d+))*)\./.exec(
    comment,
  )?.[1];
  if (available !== undefined) {
    return [...available.matchAll(/"([^"]*)"|(-?\d+)/g)].map(
      ([, text, digits]) => text ?? Number(digits),
    );
  }
  const possible = /Possible values are: (`[^`]+`(?:, `[^`]+`)*)\./.exec(comment)?.[1];
  return possible === undefined
    ? []
    : [...possible.matchAll(/`([^`]+)`/g)].map(([, text]) => (text ?? "").replaceAll('"', ""));
}
