/** Calls the plugin's page classes in plain PHP, without WordPress. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { php, plugin } from './php.ts'

/** Runs PHP code with our classes; `$in` is the input. The code returns what is to be answered. */
export async function callPages(code: string, input: unknown): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'dgos-php-'))
  try {
    await writeFile(join(folder, 'in.json'), JSON.stringify(input))
    const load = ['protocol', 'lib/class-dgos-blob-files', 'pages']
      .map((name) => `require '${plugin}includes/${name}.php';`)
      .join('\n')
    const body = `<?php error_reporting( E_ALL );\nset_error_handler( static function ( $l, $m, $f, $n ) { throw new ErrorException( $m, 0, $l, $f, $n ); } );
define( 'DGOS_PROTOCOL', 1 );\n${load}\n$in = json_decode( file_get_contents( '${folder}/in.json' ) );
echo json_encode( ( static function ( $in ) { ${code} } )( $in ), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE );`
    await writeFile(join(folder, 'run.php'), body)
    const { status, text } = await php([
      '-d',
      'display_errors=stderr',
      '-d',
      'memory_limit=64M',
      '-d', // of processor time: a page that takes longer ends a shared host's PHP
      'max_execution_time=20',
      join(folder, 'run.php'),
    ])
    assert.equal(status, 0, text)
    return JSON.parse(text)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const base = 'https://mirror.example/dgos/m/ana.example/'

/** PHP words for a snapshot of one page with assets in `$in->assets` ({url, type, text}) and the rebuilding of `$in->pages`. */
export const rebuild = `
  $texts = array();
  $snapshot = (object) array( 'address' => 'https://ana.example/', 'pages' => $in->captured ?? array(), 'assets' => array() );
  foreach ( $in->assets ?? array() as $one ) {
    $hash = hash( 'sha256', $one->text );
    $texts[ $hash ] = $one->text;
    $snapshot->assets[] = (object) array( 'url' => $one->url, 'type' => $one->type, 'blob' => $hash );
  }
  $links = static fn () => new DGOS_Copy_Links( $snapshot, static fn ( $hash ) => $texts[ $hash ] ?? null, array( 'base' => '${base}', 'forgotten' => $in->forgotten ?? array(), 'refused' => array() ) );
  return array_map( static fn ( $html ) => DGOS_Inert_Html::page( $html, $links(), 'https://ana.example/', "default-src 'none'" ), $in->pages );`
