/** When a worker whose blog has given up its file ends itself: a missing file alone does not end one. */

/** Days on which the blog answered, but no longer had the file. Days on which it was down do not count. */
export const orphanDays = 30

/** `days` since 1970 so far, and what was found today: null where the blog's answer says nothing. Counts anew once the file is back. */
export function orphanedDays(days: readonly number[], today: number, isThere: boolean | null): readonly number[] {
  if (isThere === null) return days
  return isThere ? [] : [...days.filter((day) => day !== today), today]
}

/** true: the file; false: the blog answers, without it; null: the blog itself is ill. */
export function fileFound(status: number, type: string): boolean | null {
  if (status >= 500) return null
  return status >= 200 && status < 300 && /javascript/.test(type)
}
