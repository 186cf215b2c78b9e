<?php
/**
 * A part of the composition root: who is made of what.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * What every part rests on: settings, keys, clock, small values, bytes, and requests to other hosts.
 */
trait DGOS_Lib_Parts {

	/** Options that the owner sets. */
	public function settings(): DGOS_Settings {
		return $this->made( 'settings', static fn () => new DGOS_Settings() );
	}

	/** What time it is, in milliseconds. */
	public function clock(): DGOS_Clock {
		return $this->made( 'clock', static fn () => apply_filters( 'dgos_clock', new DGOS_Clock() ) );
	}

	/** Signers of this host. */
	public function keys(): DGOS_Keys {
		return $this->made( 'keys', static fn () => new DGOS_Keys() );
	}

	/** Small values that change often, and locks. */
	public function meta(): DGOS_Meta {
		return $this->made( 'meta', fn () => new DGOS_Meta( $this->clock() ) );
	}

	/** Whether the clock is right. */
	public function clock_check(): DGOS_Clock_Check {
		return $this->made( 'clock_check', fn () => new DGOS_Clock_Check( $this->meta(), $this->clock() ) );
	}

	/** How long this request may still work. */
	public function deadline(): DGOS_Deadline {
		return $this->made( 'deadline', fn () => new DGOS_Deadline( $this->clock() ) );
	}

	/** Lists that are gone through a piece at each wake. */
	public function paged_work(): DGOS_Paged_Work {
		return $this->made( 'paged_work', fn () => new DGOS_Paged_Work( $this->meta(), $this->deadline() ) );
	}

	/** What failed last. */
	public function failures(): DGOS_Failures {
		return $this->made( 'failures', fn () => new DGOS_Failures( $this->meta(), $this->clock() ) );
	}

	/** Addresses of hosts. */
	public function host_addresses(): DGOS_Host_Addresses {
		return $this->made( 'host_addresses', fn () => new DGOS_Host_Addresses( $this->meta(), $this->clock() ) );
	}

	/** Requests to other hosts. */
	public function safe_fetch(): DGOS_Safe_Fetch {
		return $this->made( 'safe_fetch', fn () => new DGOS_Safe_Fetch( $this->settings(), $this->host_addresses() ) );
	}

	/** Signatures under what is asked of blogs. */
	public function request_signing(): DGOS_Request_Signing {
		return $this->made( 'request_signing', fn () => new DGOS_Request_Signing( $this->keys(), $this->clock() ) );
	}

	/** Bytes by their hash. The folder's name is not to be guessed. */
	public function blobs(): DGOS_Blob_Files {
		return $this->made( 'blobs', fn () => new DGOS_Blob_Files( fn () => $this->settings()->blob_folder() ) );
	}
}
