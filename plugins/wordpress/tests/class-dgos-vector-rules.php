<?php
/**
 * How the input of each vector is put to its rule, as protocol/vectors/check-*.ts does it.
 *
 * @package DGOS
 */

/**
 * One method for each rule; dashes are underscores. Each takes the case's input and the file's world, and returns plain JSON.
 */
final class DGOS_Vector_Rules {

	use DGOS_Vector_Verdicts;

	/**
	 * What this implementation says to a case.
	 *
	 * @param string            $rule  Name of the rule.
	 * @param stdClass          $input Expanded input.
	 * @param DGOS_Vector_World $world Objects of the file.
	 * @return mixed
	 */
	public static function answer( string $rule, stdClass $input, DGOS_Vector_World $world ) {
		$method = 'rule_' . str_replace( '-', '_', $rule );
		if ( ! method_exists( self::class, $method ) ) {
			throw new RuntimeException( "no rule \"$rule\"" );
		}
		return self::$method( $input, $world );
	}

	private static function bytes( stdClass $input ): string {
		return isset( $input->hex ) ? (string) hex2bin( $input->hex ) : $input->text;
	}

	private static function code( DGOS_Refused $refused ): array {
		return array( 'code' => $refused->code );
	}

	private static function id_alias( ?stdClass $object, DGOS_Vector_World $world ): ?string {
		return null === $object ? null : $world->alias( $object->id );
	}

	private static function rule_archive_part( stdClass $input ) {
		return DGOS_Archive::read_part( $input->text, $input->part, $input->of );
	}

	private static function rule_feed_ids( stdClass $input ) {
		return DGOS_Feed_Ids::of( $input->entries );
	}

	// Bytes.

	private static function rule_base64( stdClass $input ) {
		$bytes = DGOS_Base64::decode( $input->text );
		return null === $bytes ? 'refused' : bin2hex( $bytes );
	}

	private static function rule_json( stdClass $input ) {
		$read = DGOS_Json::parse( self::bytes( $input ) );
		return $read instanceof DGOS_Refused ? 'refused' : array( 'value' => $read );
	}

	private static function rule_ed25519( stdClass $input ) {
		return DGOS_Ed25519::verify( hex2bin( $input->key ), hex2bin( $input->message ), hex2bin( $input->signature ) );
	}

	private static function rule_open( stdClass $input ) {
		$opened = DGOS_Envelope::open( $input->envelope );
		return $opened instanceof DGOS_Refused ? self::code( $opened ) : array(
			'id'   => $opened->id,
			'kind' => $opened->kind,
		);
	}

	private static function rule_wall( stdClass $input ) {
		return DGOS_Walls::reason( $input->status, get_object_vars( $input->headers ), self::bytes( $input->page ) );
	}

	private static function rule_signature_base( stdClass $input ) {
		return DGOS_Http_Signature::base( $input->authority, $input->agent, $input->nowMs, $input->nonce, $input->key );
	}

	private static function rule_key_directory( stdClass $input ) {
		return DGOS_Http_Signature::directory( $input->key );
	}

	private static function rule_retry_after( stdClass $input ) {
		return DGOS_Walls::retry_after_ms( $input->value, $input->nowMs );
	}

	private static function rule_seen_wall( stdClass $input, DGOS_Vector_World $world ) {
		return DGOS_Seen_Wall::of( $world->blog( $input->blog, $input->objects ), $world->roster( $input ), $input->nowMs );
	}

	private static function rule_silent_since( stdClass $input, DGOS_Vector_World $world ) {
		return DGOS_Lives::silent_since( $world->blog( $input->blog, $input->objects ), $input->nowMs );
	}

	private static function rule_next_since( stdClass $input ) {
		return DGOS_Lives::next_since( null === $input->before ? null : (array) $input->before, $input->nowMs );
	}

	private static function rule_id( stdClass $input ) {
		return DGOS_Envelope::id_of( $input->envelope );
	}

	private static function rule_fields( stdClass $input, DGOS_Vector_World $world ) {
		$payload = json_decode( json_encode( $world->shared->base->{$input->kind} ) );
		if ( isset( $input->at ) ) {
			$steps = array_slice( explode( '/', $input->at ), 1 );
			$last  = array_pop( $steps );
			$at    = &$payload;
			foreach ( $steps as $step ) {
				if ( is_array( $at ) ) {
					$at = &$at[ (int) $step ];
				} else {
					$at = &$at->$step;
				}
			}
			self::change( $at, $last, $input );
		}
		return DGOS_Kinds::bad_field( $input->kind, $payload ) ?? 'accepted';
	}

	/**
	 * Sets the field `$name`, or takes it away where the input has no value.
	 *
	 * @param mixed    $at    Object or list.
	 * @param string   $name  Field or index.
	 * @param stdClass $input The case.
	 */
	private static function change( &$at, string $name, stdClass $input ): void {
		if ( is_array( $at ) ) {
			$at[ (int) $name ] = $input->value;
		} elseif ( property_exists( $input, 'value' ) ) {
			$at->$name = $input->value;
		} else {
			unset( $at->$name );
		}
	}

	private static function rule_html( stdClass $input ) {
		$blobs = array_map( static fn ( $blob ) => (object) array( 'blob' => $blob ), $input->attachments ?? array() );
		return null === DGOS_Post_Html::problem( $input->html, $blobs ) ? 'accepted' : 'refused';
	}

	private static function rule_request( stdClass $input ) {
		$parse = array(
			'objects' => 'parse_batch',
			'sync'    => 'parse_sync',
			'audits'  => 'parse_audit',
		)[ $input->to ];
		$read = DGOS_Request::$parse( self::bytes( $input->body ) );
		return $read instanceof DGOS_Refused ? self::code( $read ) : 'accepted';
	}

	// Lists between members.

	private static function rule_fingerprint( stdClass $input ) {
		return DGOS_Reconcile::fingerprint( $input->ids );
	}

	private static function rule_reconcile( stdClass $input ) {
		if ( ! property_exists( $input, 'message' ) ) {
			return array( 'first' => DGOS_Reconcile::first_message( $input->ids ) );
		}
		$message = DGOS_Reconcile::parse_ranges( $input->message );
		return null === $message ? 'refused' : DGOS_Reconcile::answer( $input->ids, $message );
	}

	/**
	 * An opened list, or a refusal.
	 *
	 * @param mixed    $list  Envelope.
	 * @param stdClass $trust Network, keys, time.
	 * @return stdClass|DGOS_Refused
	 */
	private static function list_of( $list, stdClass $trust ) {
		return DGOS_Outage_List::open( $list, $trust->network, $trust->keys, $trust->nowMs );
	}

	private static function rule_outages( stdClass $input ) {
		$read = self::list_of( $input->list, $input->trust );
		return $read instanceof DGOS_Refused ? self::code( $read ) : array(
			'bucket'  => $read->bucket,
			'entries' => $read->entries,
		) + ( 'pins' === $read->bucket ? array( 'members' => $read->members ) : array() );
	}

	private static function rule_outage_names( stdClass $input ) {
		return array(
			'address' => DGOS_Outage_List::address_hash( $input->hostPath ),
			'bucket'  => DGOS_Outage_List::bucket_of( $input->hostPath ),
		);
	}

	private static function rule_outages_agreed( stdClass $input ) {
		$lists = array_map( static fn ( $one ) => self::list_of( $one, $input->trust ), $input->lists );
		$lists = array_values( array_filter( $lists, static fn ( $one ) => ! $one instanceof DGOS_Refused ) );
		return DGOS_Outage_List::agreed( $lists, $input->address ) ?? 'nothing';
	}

	// The network.

	private static function rule_roster( stdClass $input, DGOS_Vector_World $world ) {
		$roster    = $world->roster( $input );
		$operators = $world->aliases( $roster->operators );
		sort( $operators, SORT_STRING );
		$members = array();
		foreach ( $roster->members as $one ) {
			$members[] = array(
				'member'   => $world->alias( $one->id ),
				'key'      => $world->alias( $one->key ),
				'operator' => $world->alias( $one->operator ),
				'standing' => $one->standing,
				'inviters' => $world->aliases( $one->inviters ),
			);
		}
		return compact( 'members', 'operators' );
	}

	private static function rule_placement_id( stdClass $input ) {
		return DGOS_Membership::placement_id( $input->key, $input->nonces, $input->network );
	}

	private static function rule_ranking( stdClass $input, DGOS_Vector_World $world ) {
		return $world->aliases( array_column( DGOS_Placement::ranking( $input->subject, $world->roster( $input ) ), 'id' ) );
	}

	private static function rule_placement( stdClass $input, DGOS_Vector_World $world ) {
		$avoid  = array_map( array( $world, 'key' ), $input->avoid ?? array() );
		$except = array_map( array( $world, 'key' ), $input->except ?? array() );
		$prefer = static fn ( $member ) => ! in_array( $member->id, $avoid, true );
		$copies = $input->copies ?? DGOS_Limits::MIRRORS_MAX;
		return $world->aliases( array_column( DGOS_Placement::mirrors( $input->subject, $world->roster( $input ), $copies, $except, $prefer ), 'id' ) );
	}

	private static function rule_attesters( stdClass $input, DGOS_Vector_World $world ) {
		return $world->aliases( array_column( DGOS_Placement::attesters( $input->address, $world->roster( $input ) ), 'id' ) );
	}

	private static function rule_host_path( stdClass $input ) {
		return DGOS_Addresses::host_path( $input->address );
	}

	private static function rule_host_path_addresses( stdClass $input ) {
		return DGOS_Addresses::of_host_path( $input->hostPath );
	}

	// One blog.

	private static function known( stdClass $input, DGOS_Vector_World $world ): DGOS_Blog_Objects {
		return $world->blog( $input->blog, $input->objects );
	}

	private static function rule_roots( stdClass $input, DGOS_Vector_World $world ) {
		$chain = DGOS_Roots::chain( $world->object( $input->blog )->id, self::known( $input, $world )->root );
		if ( null === $chain ) {
			return null;
		}
		$revoked = array();
		foreach ( DGOS_Roots::revoked_keys( $chain ) as $key => $good ) {
			$revoked[] = array(
				'key'      => $world->alias( $key ),
				'lastGood' => $world->aliases( $good ),
			);
		}
		return array(
			'steps'   => $world->aliases( array_column( $chain->steps, 'id' ) ),
			'rivals'  => $world->aliases( array_column( $chain->rivals, 'id' ) ),
			'revoked' => $revoked,
		);
	}

	private static function rule_authorise( stdClass $input, DGOS_Vector_World $world ) {
		$blog    = null === $input->blog ? null : $world->blog( $input->blog, $input->objects ?? array() );
		$inner   = $world->objects( $input->inner ?? array() );
		$refused = DGOS_Authority::authorise( $world->object( $input->object ), $blog, $world->roster( $input ), $world->network( $input ), $inner, $input->nowMs );
		return null === $refused ? 'accepted' : self::code( $refused );
	}

	private static function rule_head( stdClass $input, DGOS_Vector_World $world ) {
		return self::id_alias( DGOS_Heads::current( self::known( $input, $world ), $input->nowMs ), $world );
	}

	private static function rule_head_signer( stdClass $input, DGOS_Vector_World $world ) {
		$silent = array_map( array( $world, 'key' ), $input->silent ?? array() );
		$alive  = static fn ( $key ) => ! in_array( $key, $silent, true );
		$key    = DGOS_Heads::signer( self::known( $input, $world ), $input->nowMs, $input->down ?? false, $alive );
		return null === $key ? null : $world->alias( $key );
	}

	private static function rule_copy( stdClass $input, DGOS_Vector_World $world ) {
		$found = DGOS_Heads::current_snapshot( self::known( $input, $world ), $input->nowMs );
		return null === $found ? null : array(
			'snapshot' => $world->alias( $found->snapshot->id ),
			'trust'    => $found->trust,
		);
	}

	private static function rule_fresh( stdClass $input, DGOS_Vector_World $world ) {
		return DGOS_Freshness::of( self::known( $input, $world ), $world->roster( $input ), $input->nowMs );
	}

	private static function rule_posts( stdClass $input, DGOS_Vector_World $world ) {
		$blog  = self::known( $input, $world );
		$shown = array();
		foreach ( DGOS_Posts::shown( $blog, $input->nowMs ) as $one ) {
			$post = array(
				'id'      => $world->alias( $one->id ),
				'history' => $world->aliases( array_column( $one->history, 'id' ) ),
			);
			if ( $one->withdrawn ) {
				$post['withdrawn'] = true;
			}
			if ( null !== $one->importedAt ) {
				$post['importedAt'] = $one->importedAt;
			}
			$shown[] = $post;
		}
		return array(
			'shown'    => $shown,
			'withheld' => $world->aliases( DGOS_Posts::withheld( $blog ) ),
			'tips'     => $world->aliases( DGOS_Posts::tips( $blog ) ),
		);
	}

	private static function rule_live( stdClass $input, DGOS_Vector_World $world ) {
		return DGOS_Live::is_live( $world->object( $input->object ), self::known( $input, $world ), $world->network( $input ), $input->nowMs );
	}

	private static function rule_state( stdClass $input, DGOS_Vector_World $world ) {
		$state = DGOS_Blog_State::of( self::known( $input, $world ), $world->roster( $input ), $input->nowMs );

		$state->declaration = self::id_alias( $state->declaration, $world );
		$state->show        = null === $state->show ? null : $world->alias( $state->show );
		$state->unimported  = $world->aliases( $state->unimported );
		return $state;
	}

	private static function rule_proven( stdClass $input, DGOS_Vector_World $world ) {
		return DGOS_Address_Proof::proven( self::known( $input, $world ), $world->roster( $input ), $input->nowMs );
	}

	private static function rule_owner( stdClass $input, DGOS_Vector_World $world ) {
		$blogs = array();
		foreach ( get_object_vars( $input->blogs ) as $root1 => $objects ) {
			$blogs[] = $world->blog( $root1, $objects );
		}
		$owner = DGOS_Address_Proof::owner( $input->address, $blogs, $world->roster( $input ), $input->nowMs );
		return null === $owner ? null : $world->alias( $owner );
	}
}
