<?php
/**
 * A refusal as a value.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Returned in place of an answer; `instanceof` tells them apart.
 */
final class DGOS_Refused {

	/**
	 * A word of DGOS_Codes.
	 *
	 * @var string
	 */
	public $code;

	/**
	 * The field or the limit, for people.
	 *
	 * @var string
	 */
	public $detail;

	/** Throws on a code that the contract does not know: that is a mistake of ours. */
	public function __construct( string $code, string $detail = '' ) {
		if ( ! isset( DGOS_Codes::MESSAGES[ $code ] ) ) {
			throw new InvalidArgumentException( 'no such code' );
		}
		$this->code   = $code;
		$this->detail = $detail;
	}

	/** What to do next, in one sentence. */
	public function message(): string {
		return DGOS_Codes::MESSAGES[ $this->code ];
	}
}
