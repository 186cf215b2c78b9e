<?php
/**
 * The rules about votes and seats, as protocol/vectors/check-network.ts puts them.
 *
 * @package DGOS
 */

/**
 * A part of DGOS_Vector_Rules.
 */
trait DGOS_Vector_Verdicts {

	private static function members( array $names, DGOS_Vector_World $world, DGOS_Roster $roster ): array {
		return array_map( static fn ( $name ) => $roster->member_of( $world->key( $name ) ), $names );
	}

	private static function watching( stdClass $input, DGOS_Vector_World $world ): stdClass {
		$roster = $world->roster( $input );
		return (object) array(
			'blog'         => $input->blog,
			'roster'       => $roster,
			'seating'      => (object) array(
				'mirrors'   => self::members( $input->mirrors, $world, $roster ),
				'stand_ins' => self::members( $input->standIns ?? array(), $world, $roster ),
				'strangers' => $input->strangers ?? 0,
			),
			'observations' => $world->objects( $input->observations ),
			'at_ms'        => $input->nowMs,
		);
	}

	private static function rule_down( stdClass $input, DGOS_Vector_World $world ) {
		$verdict = DGOS_Quorum::down_verdict( self::watching( $input, $world ) );
		return array(
			'down'   => $verdict->has_quorum,
			'votes'  => $world->aliases( array_column( $verdict->votes, 'id' ) ),
			'absent' => $world->aliases( $verdict->absent ),
			'needed' => $verdict->needed,
			'timeMs' => $verdict->time_ms,
		);
	}

	private static function rule_up( stdClass $input, DGOS_Vector_World $world ) {
		$verdict = DGOS_Quorum::up_verdict( self::watching( $input, $world ) );
		return array(
			'up'     => $verdict->has_quorum,
			'votes'  => $world->aliases( array_column( $verdict->votes, 'id' ) ),
			'needed' => $verdict->needed,
		);
	}

	private static function rule_evidence( stdClass $input, DGOS_Vector_World $world ) {
		$scene = self::watching( $input, $world );
		return DGOS_Quorum::evidence_holds( $world->object( $input->declaration ), $scene->seating, $scene->roster, $scene->observations );
	}

	private static function rule_outweighs( stdClass $input, DGOS_Vector_World $world ) {
		$scene = self::watching( $input, $world );
		return DGOS_Quorum::outweighs( $world->object( $input->declaration ), $scene->seating, $scene->roster, $scene->observations, $world->objects( $input->words ) );
	}

	private static function rule_seating( stdClass $input, DGOS_Vector_World $world ) {
		$own     = array_map( array( $world, 'key' ), $input->own ?? array() );
		$seating = DGOS_Seats::of( $world->object( $input->head )->payload, $own, $world->roster( $input ) );
		return array(
			'mirrors'   => $world->aliases( array_column( $seating->mirrors, 'id' ) ),
			'standIns'  => $world->aliases( array_column( $seating->stand_ins, 'id' ) ),
			'strangers' => $seating->strangers,
		);
	}

	private static function rule_stand_ins( stdClass $input, DGOS_Vector_World $world ) {
		$own = array_map( array( $world, 'key' ), $input->own ?? array() );
		return $world->aliases( array_column( DGOS_Seats::place( $input->blog, array_map( array( $world, 'key' ), $input->mirrors ), $own, $world->roster( $input ) ), 'id' ) );
	}

	private static function rule_ranked( stdClass $input, DGOS_Vector_World $world ) {
		return DGOS_Seats::are_ranked( array_map( array( $world, 'key' ), $input->standIns ), $input->blog, $world->roster( $input ) );
	}
}
