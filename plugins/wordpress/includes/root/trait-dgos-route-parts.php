<?php
/**
 * A part of the composition root: who is made of what.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * The interface for members, writers and readers.
 */
trait DGOS_Route_Parts {

	/** How much one sender may ask. */
	public function rates(): DGOS_Rates {
		return $this->made( 'rates', fn () => new DGOS_Rates( $this->meta(), $this->clock() ) );
	}

	/** The HTTP interface. */
	public function api(): DGOS_Api {
		return $this->made( 'api', fn () => new DGOS_Api( $this->rates(), DGOS_Routes::all() ) );
	}

	/** Objects in and out. */
	public function object_routes(): DGOS_Object_Routes {
		return $this->made( 'object_routes', fn () => new DGOS_Object_Routes( $this->ledger(), $this->refusals(), $this->membership(), $this->rates() ) );
	}

	/** What members say to each other. */
	public function network_routes(): DGOS_Network_Routes {
		return $this->made( 'network_routes', fn () => new DGOS_Network_Routes( $this->ledger(), $this->blog_mirrors(), $this->live_sets(), $this->wake(), $this->blobs(), $this->request_signing(), $this->keys(), $this->clock() ) );
	}

	/** Bytes in and out. */
	public function blob_routes(): DGOS_Blob_Routes {
		return $this->made( 'blob_routes', fn () => new DGOS_Blob_Routes( $this->refusals(), $this->allowance(), $this->post_acceptance(), $this->blobs() ) );
	}

	/** What is known of blogs. */
	public function blog_routes(): DGOS_Blog_Routes {
		return $this->made( 'blog_routes', fn () => new DGOS_Blog_Routes( $this->ledger(), $this->refusals(), $this->meta(), $this->clock(), fn ( string $id ) => DGOS_Own_Blog::id() === $id ? DGOS_Copy_Problems::first( $this->capture_state()->asides() ) : null ) );
	}

	/** What a blog reads when it is back. */
	public function return_routes(): DGOS_Return_Routes {
		return $this->made( 'return_routes', fn () => new DGOS_Return_Routes( $this->ledger(), $this->refusals(), $this->clock() ) );
	}

	/** What beacons read. */
	public function outage_routes(): DGOS_Outage_Routes {
		return $this->made( 'outage_routes', fn () => new DGOS_Outage_Routes( $this->ledger(), $this->outages() ) );
	}

	/** What the form asks for. */
	public function vault_routes(): DGOS_Vault_Routes {
		return $this->made( 'vault_routes', fn () => new DGOS_Vault_Routes( $this->ledger(), $this->refusals(), $this->clock() ) );
	}

	/** Mirrored blogs as readers find them. */
	public function reader_sites(): DGOS_Reader_Sites {
		return $this->made( 'reader_sites', fn () => new DGOS_Reader_Sites( $this->ledger(), $this->refusals(), $this->blobs(), $this->rates(), $this->settings(), $this->keys(), $this->clock() ) );
	}

	/** Their addresses. */
	public function reader_pages(): DGOS_Reader_Pages {
		return $this->made( 'reader_pages', fn () => new DGOS_Reader_Pages( $this->ledger(), $this->allowance(), $this->reader_sites() ) );
	}

	/** The door for authors. */
	public function post_form(): DGOS_Post_Form {
		return $this->made( 'post_form', fn () => new DGOS_Post_Form( $this->ledger(), $this->api(), $this->rates(), $this->settings() ) );
	}

	/** Guest spaces. */
	public function guests(): DGOS_Guests {
		return $this->made( 'guests', fn () => new DGOS_Guests( $this->ledger() ) );
	}

	/** Their addresses. */
	public function guest_door(): DGOS_Guest_Door {
		return $this->made( 'guest_door', fn () => new DGOS_Guest_Door( $this->guests(), $this->rates() ) );
	}

	/** The member's own routes. */
	public function routes(): array {
		return array_merge(
			DGOS_Routes::bound( DGOS_Object_Routes::routes(), fn () => $this->object_routes() ),
			DGOS_Routes::bound( DGOS_Network_Routes::routes(), fn () => $this->network_routes() ),
			DGOS_Routes::bound( DGOS_Blob_Routes::routes(), fn () => $this->blob_routes() ),
			DGOS_Routes::bound( DGOS_Blog_Routes::routes(), fn () => $this->blog_routes() ),
			DGOS_Routes::bound( DGOS_Return_Routes::routes(), fn () => $this->return_routes() ),
			DGOS_Routes::bound( DGOS_Outage_Routes::routes(), fn () => $this->outage_routes() ),
			DGOS_Routes::bound( DGOS_Vault_Routes::routes(), fn () => $this->vault_routes() )
		);
	}
}
