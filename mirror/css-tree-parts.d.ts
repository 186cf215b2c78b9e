/** css-tree's tokenizer alone: whoever imports the whole package loads its lexer and every property of CSS, 12 MB. */
declare module 'css-tree/tokenizer' {
  export { tokenize, tokenTypes } from 'css-tree'
}

declare module 'css-tree/utils' {
  export { ident, string, url } from 'css-tree'
}
