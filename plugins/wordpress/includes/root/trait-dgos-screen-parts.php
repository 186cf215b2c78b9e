<?php
/**
 * A part of the composition root: who is made of what.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * What the owner sees.
 */
trait DGOS_Screen_Parts {

	/** What readers would see, in words. */
	public function health_view(): DGOS_Health_View {
		return $this->made( 'health_view', fn () => new DGOS_Health_View( $this->own_blog(), $this->mirror_health(), $this->setup(), $this->own_wall(), $this->failures(), $this->clock_check(), $this->meta(), $this->clock() ) );
	}

	/** The same in WordPress's own places. */
	public function site_health(): DGOS_Site_Health {
		return $this->made(
			'site_health',
			fn () => new DGOS_Site_Health(
				$this->ledger(),
				$this->membership(),
				$this->allowance(),
				$this->capture_state(),
				$this->visitor(),
				$this->mirror_health(),
				$this->setup(),
				$this->health_view(),
				$this->keys(),
				$this->failures(),
				$this->meta()
			)
		);
	}

	/** The set-up. */
	public function setup_tab(): DGOS_Setup_Tab {
		return $this->made(
			'setup_tab',
			fn () => new DGOS_Setup_Tab(
				$this->ledger(),
				$this->membership(),
				$this->own_blog(),
				$this->capture_state(),
				$this->enrolment(),
				$this->setup(),
				$this->kit(),
				$this->settings(),
				fn () => new DGOS_Setup_Steps( $this->ledger(), $this->membership(), $this->mirror_health(), $this->setup(), $this->settings() )
			)
		);
	}

	/** The health panel. */
	public function health_tab(): DGOS_Health_Tab {
		return $this->made( 'health_tab', fn () => new DGOS_Health_Tab( $this->mirror_health(), $this->health_view(), $this->reader_sites(), $this->failures(), $this->clock() ) );
	}

	/** Guest spaces. */
	public function guests_tab(): DGOS_Guests_Tab {
		return $this->made( 'guests_tab', fn () => new DGOS_Guests_Tab( $this->guests() ) );
	}

	/** The return. */
	public function return_tab(): DGOS_Return_Tab {
		return $this->made( 'return_tab', fn () => new DGOS_Return_Tab( $this->return_setup(), $this->return_runs(), $this->settings() ) );
	}

	/** What the owner's forms do. */
	public function controls(): DGOS_Controls {
		return $this->made( 'controls', fn () => new DGOS_Controls( $this->ledger(), $this->membership(), $this->wake(), $this->blob_keeper(), $this->settings() ) );
	}

	/** The owner's controls. */
	public function controls_screen(): DGOS_Controls_Screen {
		return $this->made(
			'controls_screen',
			fn () => new DGOS_Controls_Screen(
				$this->ledger(),
				$this->blog_mirrors(),
				$this->refusals(),
				$this->membership(),
				$this->allowance(),
				$this->controls(),
				$this->settings(),
				$this->keys(),
				$this->meta(),
				$this->clock()
			)
		);
	}

	/** Notice for readers. */
	public function beacon_tab(): DGOS_Beacon_Tab {
		return $this->made( 'beacon_tab', fn () => new DGOS_Beacon_Tab( $this->ledger(), $this->own_blog() ) );
	}

	/** A word before the plugin is deleted. */
	public function plugins_note(): DGOS_Plugins_Note {
		return $this->made( 'plugins_note', fn () => new DGOS_Plugins_Note( $this->keys() ) );
	}
}
