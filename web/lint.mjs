// Redocly's recommended rules for the OpenAPI document. A warning fails as well.

import { createConfig, formatProblems, lint } from "@redocly/openapi-core";

const config = await createConfig({ extends: ["recommended"] });
const problems = await lint({ ref: "../infra/openapi.json", config });
formatProblems(problems, { format: "stylish", totals: { errors: 0, warnings: 0, ignored: 0 }, version: "" });
console.log(`infra/openapi.json: ${problems.length} problems by Redocly's recommended rules`);
if (problems.length) process.exitCode = 1;
