import pulumi from "@pulumi/eslint-plugin";
import { defineConfig } from "eslint/config";
import { importX } from "eslint-plugin-import-x";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/** Rooms of components/ above base, lowest first. */
const rooms = [
  "workload",
  "compose",
  "platform",
  "data",
  "observability",
  "skywire",
  "spacemesh",
  "pushtech",
  "fxa",
];
const systems = ["skywire", "spacemesh", "pushtech", "fxa"];
const room = (name) => `./components/${name}`;
const beside = ["./sandbox", "./ops", "./release", "./policy", "./review", "./index.ts"];

/** The arrows of docs/architecture.md: each folder, and what it may not import. */
const zones = [
  {
    target: room("base"),
    from: [...rooms.map(room), "./stacks", ...beside],
    message: "base is the bottom: it imports npm packages only",
  },
  {
    target: room("workload"),
    from: [...rooms.filter((name) => name !== "workload").map(room), "./stacks", ...beside],
    message: "Workload knows base only",
  },
  ...rooms.map((name, level) => ({
    target: room(name),
    from: rooms
      .filter(
        (other, otherLevel) =>
          otherLevel > level ||
          (other !== name && systems.includes(name) && systems.includes(other)),
      )
      .map(room),
    message: "a room imports lower rooms only, and a system's none of another system's",
  })),
  {
    target: "./components",
    from: ["./stacks", ...beside],
    message: "components know no stack, no config file and no tool",
  },
  {
    target: "./stacks",
    from: beside,
    message: "the program imports nothing that stands beside it",
  },
  {
    target: "./index.ts",
    from: ["./components", "./sandbox", "./ops", "./release", "./policy", "./review"],
    message: "index.ts looks to stacks/ only",
  },
  {
    target: "./release",
    from: ["./components", "./sandbox", "./ops", "./policy", "./review", "./index.ts"],
    message: "what keeps releases serves sandbox and live alike: it knows neither",
  },
  {
    target: "./policy",
    from: ["./stacks", ...beside.filter((place) => place !== "./policy")],
    message: "the pack judges resources: it knows no stack's composition and no tool",
  },
  // stacks/x never imports stacks/y.
  ...["skywire", "spacemesh", "spacemesh-discovery", "pushtech", "fxa", "voting"].map(
    (system, _, systems) => ({
      target: `./stacks/${system}`,
      from: systems.filter((other) => other !== system).map((other) => `./stacks/${other}`),
      message: "a system never imports another system",
    }),
  ),
];

export default defineConfig(
  { ignores: ["node_modules", ".sandbox", "**/*.mjs", "**/golden/**"] },
  tseslint.configs.strictTypeChecked,
  {
    // One program of one config, as tsc makes it. An editor's service would make it anew, and look at every type again,
    // when a file is changed while others are linted.
    languageOptions: {
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@pulumi": pulumi, "import-x": importX, jsdoc },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "import-x/no-restricted-paths": ["error", { zones }],
    },
  },
  {
    // Pulumi resources exist by being constructed: their handle is often not needed.
    files: ["components/**", "stacks/**", "test/**", "bench/**"],
    rules: { "no-new": "off" },
  },
  {
    files: ["components/**", "stacks/**"],
    rules: {
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: { ClassDeclaration: true, FunctionDeclaration: true },
          contexts: ["TSInterfaceDeclaration", "TSTypeAliasDeclaration"],
        },
      ],
    },
  },
  {
    files: ["components/**", "stacks/**"],
    ignores: ["stacks/config.ts", "stacks/environment.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^@pulumi/(kubernetes|linode|cloudflare|docker|gcp)$",
              allowTypeImports: true,
              message:
                "an SDK's root loads a module for each of its groups, 35 ms of every run: import the class from its own file",
            },
            {
              regex: "^yaml$",
              message:
                "70 modules of every run: components/base/yaml.ts reads and writes YAML with the library that the SDK has loaded",
            },
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.property.name='Config']",
          message: "stacks/config.ts is the only reader of stack config",
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "no environment in components and stacks: the loader reads it",
        },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: "nothing drawn by chance enters a resource",
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "nothing read from the clock enters a resource",
        },
      ],
    },
  },
);
