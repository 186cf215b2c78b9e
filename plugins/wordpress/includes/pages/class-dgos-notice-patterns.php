<?php
/**
 * What notices of hosts and of parking companies say, in lower case.
 *
 * Generated from mirror/capture/last-good.ts by `npm run build:wordpress:generated`: change it there.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * A phrase condemns nothing by itself: see DGOS_Last_Good.
 */
final class DGOS_Notice_Patterns {

	const SUSPENDED = '/account (has been |is )?suspended|this (account|site|website|domain|blog) (has been|is|was) (temporarily )?(suspended|disabled|deactivated|removed|expired)|bandwidth limit exceeded|resource limit is reached|domain (is )?(parked|for sale|expired)|(buy|purchase) this domain|domain may be for sale|website is no longer available|error establishing a database connection|briefly unavailable for scheduled maintenance|there has been a critical error on this website|default web ?site page|apache2 (debian|ubuntu) default page|welcome to nginx|it works!|index of \\/|future home of|site not found|hosting account (is|has)|under (construction|maintenance)|(fatal|parse) error: (uncaught|allowed memory|maximum execution|call to|cannot|class|require|include|syntax)/u';
	const LISTING = '/^index of \\//u';
	const PARKING = '/domain (is |may be )?(parked|for sale|expired)|(buy|purchase) this domain/u';
}
