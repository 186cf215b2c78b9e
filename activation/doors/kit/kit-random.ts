/** The browser's randomness, as the makers of keys and passphrases take it. */
export const kitRandom = {
  bytes: (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length)),

  /** Even, by refusing what would tilt the scale. */
  below(limit: number): number {
    const most = 2 ** 32 - (2 ** 32 % limit)
    for (;;) {
      const [value] = crypto.getRandomValues(new Uint32Array(1))
      if (value! < most) return value! % limit
    }
  },
}
