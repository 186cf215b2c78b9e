import type { Rule } from './world.ts'
export const networkRules: Readonly<Record<string, Rule>> = {}
