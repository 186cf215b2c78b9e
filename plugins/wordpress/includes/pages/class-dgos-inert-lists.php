<?php
/**
 * What may stand in a copy: elements by name, attributes by element. Everything else is left out or unwrapped.
 *
 * Generated from mirror/pages/inert-elements.ts by `npm run build:wordpress:generated`: change it there.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The allow-list, as DGOS_Inert_Elements reads it: names between spaces.
 */
final class DGOS_Inert_Lists {

	/** Kept under their own name. */
	const KEPT = ' a abbr acronym address area article aside b bdi bdo big blockquote br button caption center cite code col colgroup data dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd label legend li main map mark menu nav nobr ol output p picture pre q rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr ';

	/** Left out with everything in them: code, controls, drawings, and what only a script or a plugin could show. */
	const DROPPED = ' script style template base meta link title object applet embed param option optgroup datalist textarea track frame frameset noframes noembed portal fencedframe canvas progress meter keygen bgsound annotation-xml slot svg head ';

	/** Elements without an end. */
	const VOID = ' area br col hr img source wbr ';

	/** Their text is a foreign place: shown as a link to where it lives. */
	const FRAMED = ' iframe embed object video audio frame ';

	/** Attributes of every element. */
	const EVERYWHERE = ' class id title lang dir role hidden popover translate align ';

	/** Attributes of some elements. */
	const OWN = array(
		'a'        => ' name hreflang ',
		'area'     => ' alt coords shape ',
		'img'      => ' alt width height border hspace vspace ismap usemap sizes ',
		'source'   => ' media type width height sizes ',
		'td'       => ' colspan rowspan headers scope valign width height bgcolor nowrap abbr ',
		'th'       => ' colspan rowspan headers scope valign width height bgcolor nowrap abbr ',
		'table'    => ' width height border cellpadding cellspacing bgcolor summary rules frame ',
		'tr'       => ' valign bgcolor height ',
		'thead'    => ' valign ',
		'tbody'    => ' valign ',
		'tfoot'    => ' valign ',
		'col'      => ' span width valign ',
		'colgroup' => ' span width valign ',
		'ol'       => ' start reversed type compact ',
		'ul'       => ' type compact ',
		'li'       => ' value type ',
		'font'     => ' color face size ',
		'hr'       => ' size width color noshade ',
		'br'       => ' clear ',
		'time'     => ' datetime ',
		'del'      => ' datetime ',
		'ins'      => ' datetime ',
		'details'  => ' open name ',
		'data'     => ' value ',
		'label'    => ' for ',
		'dialog'   => ' open ',
		'button'   => ' disabled popovertarget popovertargetaction ',
		'map'      => ' name ',
		'pre'      => ' width ',
		'body'     => ' bgcolor text link vlink alink topmargin leftmargin marginwidth marginheight ',
	);

	/** Attribute values longer than this are code or data, not something a page is read by. */
	const VALUE_BYTES_MAX = 2000;
}
