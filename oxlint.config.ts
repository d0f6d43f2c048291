import { defineConfig } from "oxlint";

/**
 * What typescript-eslint calls `strict-type-checked`, for which Oxlint has no word, but for two rules that it lacks:
 * of class instances, and of enums, which this project has none of. Where types are asked for, tsgolint looks them
 * up with TypeScript's own compiler in Go.
 */
const strict = [
  "no-var",
  "prefer-const",
  "prefer-rest-params",
  "prefer-spread",
  "typescript/await-thenable",
  "typescript/no-array-constructor",
  "typescript/no-array-delete",
  "typescript/no-base-to-string",
  "typescript/no-confusing-void-expression",
  "typescript/no-deprecated",
  "typescript/no-duplicate-enum-values",
  "typescript/no-duplicate-type-constituents",
  "typescript/no-dynamic-delete",
  "typescript/no-empty-object-type",
  "typescript/no-explicit-any",
  "typescript/no-extra-non-null-assertion",
  "typescript/no-extraneous-class",
  "typescript/no-floating-promises",
  "typescript/no-for-in-array",
  "typescript/no-generated-empty-object-type",
  "typescript/no-implied-eval",
  "typescript/no-invalid-void-type",
  "typescript/no-meaningless-void-operator",
  "typescript/no-misused-new",
  "typescript/no-misused-promises",
  "typescript/no-misused-spread",
  "typescript/no-mixed-enums",
  "typescript/no-namespace",
  "typescript/no-non-null-asserted-nullish-coalescing",
  "typescript/no-non-null-asserted-optional-chain",
  "typescript/no-non-null-assertion",
  "typescript/no-redundant-type-constituents",
  "typescript/no-require-imports",
  "typescript/no-this-alias",
  "typescript/no-unnecessary-boolean-literal-compare",
  "typescript/no-unnecessary-condition",
  "typescript/no-unnecessary-template-expression",
  "typescript/no-unnecessary-type-arguments",
  "typescript/no-unnecessary-type-assertion",
  "typescript/no-unnecessary-type-constraint",
  "typescript/no-unnecessary-type-conversion",
  "typescript/no-unnecessary-type-parameters",
  "typescript/no-unsafe-argument",
  "typescript/no-unsafe-assignment",
  "typescript/no-unsafe-call",
  "typescript/no-unsafe-declaration-merging",
  "typescript/no-unsafe-enum-comparison",
  "typescript/no-unsafe-function-type",
  "typescript/no-unsafe-member-access",
  "typescript/no-unsafe-return",
  "typescript/no-unsafe-unary-minus",
  "typescript/no-unused-expressions",
  "typescript/no-unused-vars",
  "typescript/no-useless-constructor",
  "typescript/no-useless-default-assignment",
  "typescript/no-wrapper-object-types",
  "typescript/only-throw-error",
  "typescript/prefer-as-const",
  "typescript/prefer-literal-enum-member",
  "typescript/prefer-namespace-keyword",
  "typescript/prefer-promise-reject-errors",
  "typescript/prefer-reduce-type-parameter",
  "typescript/prefer-return-this-type",
  "typescript/related-getter-setter-pairs",
  "typescript/require-await",
  "typescript/triple-slash-reference",
  "typescript/unbound-method",
  "typescript/unified-signatures",
  "typescript/use-unknown-in-catch-callback-variable",
];

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
const room = (name: string): string => `./components/${name}`;
const everyRoom = ["base", ...rooms].map(room);
const beside = [
  ...["./sandbox", "./ops", "./release", "./policy", "./review", "./index.ts"],
  ...["./tools", "./test", "./bench"],
];
const besideBut = (...own: readonly string[]): string[] =>
  beside.filter((place) => !own.includes(place));

/** The arrows of docs/architecture.md: each folder, and what it may not import. */
const zones = [
  {
    target: room("base"),
    from: rooms.map(room),
    message: "base is the bottom: it imports npm packages only",
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
    from: ["./components", ...besideBut("./index.ts")],
    message: "index.ts looks to stacks/ only",
  },
  {
    target: "./release",
    from: [...everyRoom, ...besideBut("./release")],
    message: "what keeps releases serves sandbox and live alike: it knows neither",
  },
  {
    target: "./policy",
    from: ["./stacks", ...besideBut("./policy")],
    message: "the pack judges resources: it knows no stack's composition and no tool",
  },
  {
    target: "./review",
    from: [...rooms.map(room), "./stacks", ...besideBut("./review")],
    message: "a report is made of the engine's events: it knows no stack and no tool",
  },
  {
    target: "./sandbox",
    from: besideBut("./sandbox", "./release", "./tools"),
    message: "commands know the sandbox, and it knows none of them",
  },
  {
    target: "./ops",
    from: ["./index.ts", "./test", "./bench"],
    message: "what people run knows no test",
  },
  {
    target: "./tools",
    from: [...everyRoom, "./stacks", ...besideBut("./tools")],
    message: "the installer runs before anything is installed",
  },
  // stacks/x never imports stacks/y.
  ...["skywire", "spacemesh", "spacemesh-discovery", "pushtech", "fxa", "voting"].map(
    (system, _, all) => ({
      target: `./stacks/${system}`,
      from: all.filter((other) => other !== system).map((other) => `./stacks/${other}`),
      message: "a system never imports another system",
    }),
  ),
];

export default defineConfig({
  options: { typeAware: true, typeCheck: true, denyWarnings: true },
  plugins: ["typescript"],
  categories: { correctness: "off" },
  // ESLint's own, where Oxlint has no rule: names of their own, or they would be Oxlint's.
  jsPlugins: [
    { name: "paths", specifier: "eslint-plugin-import-x" },
    { name: "docstrings", specifier: "eslint-plugin-jsdoc" },
    { name: "syntax", specifier: "oxlint-plugin-eslint" },
  ],
  ignorePatterns: ["node_modules", ".sandbox", "**/golden/**"],
  rules: {
    ...Object.fromEntries(strict.map((name) => [name, "error"])),
    "typescript/ban-ts-comment": ["error", { minimumDescriptionLength: 10 }],
    "typescript/restrict-plus-operands": [
      "error",
      {
        allowAny: false,
        allowBoolean: false,
        allowNullish: false,
        allowNumberAndString: false,
        allowRegExp: false,
      },
    ],
    // An Output in a text would be its warning, not its value.
    "typescript/restrict-template-expressions": ["error", { allowNumber: true }],
    "typescript/return-await": ["error", "error-handling-correctness-only"],
    "typescript/switch-exhaustiveness-check": [
      "error",
      { considerDefaultExhaustiveForUnions: true },
    ],
    "paths/no-restricted-paths": ["error", { zones }],
  },
  overrides: [
    {
      // Plain JavaScript: what JSON.parse gives has no type there, and some of it runs on a Node older than its types.
      files: ["**/*.mjs"],
      rules: {
        "typescript/no-unnecessary-condition": "off",
        "typescript/no-unsafe-argument": "off",
        "typescript/no-unsafe-assignment": "off",
        "typescript/no-unsafe-call": "off",
        "typescript/no-unsafe-member-access": "off",
        "typescript/no-unsafe-return": "off",
        "typescript/use-unknown-in-catch-callback-variable": "off",
      },
    },
    {
      files: ["components/**/*.ts", "stacks/**/*.ts"],
      rules: {
        "docstrings/require-jsdoc": [
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
      files: ["components/**/*.ts", "stacks/**/*.ts"],
      excludeFiles: ["stacks/config.ts", "stacks/environment.ts"],
      rules: {
        "no-restricted-imports": [
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
        "syntax/no-restricted-syntax": [
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
  ],
});
