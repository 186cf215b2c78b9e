import type { Rule } from './world.ts'
export const blogRules: Readonly<Record<string, Rule>> = {}
