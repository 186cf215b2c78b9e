/** Words of generated passphrases: short, distinct, lower-case, easy to spell. Six of them give more than 62 bits. */
const text = `
able acid acorn acre actor adobe adult agent agile ahead aisle alarm album alert algae alley almond aloe alpine amber amble
ample anchor angle ankle annex antler anvil apple april apron arch arena argon armor aroma array arrow ash aspen aster atlas atom
attic audio august aunt auto autumn avenue award axis axle bacon badge bagel baker bakery ballad bamboo banana band banjo bank bar
barge bark barley barn barrel basil basin basket bass bat batch bath baton bay beach beacon bead beam bean bear beard beast
beaver bed beech beef beet beetle begin bell belt bench berry bike bill birch bird bison blade blank blaze blend bliss block bloom
blue bluff blunt board boat body bold bolt bone bonus book boot booth border boss bottle bow bowl box brain branch brass brave
bread break brick bride bridge brief brim brisk broad bronze brook broom broth brown brush bubble bucket bud buddy buffet build
bulb bull bundle bunny burger burst bus bush butter button buzz cabin cable cactus cafe cage cake calf call calm camel camera camp
canal canary candle candy cane canoe canvas cape caper car carbon card cargo carol carpet carrot cart carve case cash casket cast
castle cat catch cattle cave cedar celery cello cement center cereal chain chair chalk champ chance chant chapel charm chart chase
cheek cheese chef cherry chess chest chick chief child chili chime chin chip choir chord chorus chrome cider cigar cinema circle
citrus city civic clam clap class clay clean clerk clever click cliff climb cloak clock cloth cloud clove clover clown club clue
coach coal coast coat cobalt cobra cocoa coconut code coffee coin cold collar color colt comb comet comic compass cone cook cookie
cool copper copy coral cord core cork corn corner cosmos cotton couch cougar count county court cousin cover cow coyote crab
craft crane crater crayon cream creek crew cricket crisp crop cross crow crowd crown crumb crust cube cuckoo cup curl curry curve
custom cycle cymbal daily dairy daisy dance dancer danger dark dart dash date dawn deal debut decade deck deep deer delta denim
dentist depth derby desert desk detail dew dial diamond diary dice diesel diet dig dill dime diner dinner dish dive divot dock
doctor dog doll dollar dolphin dome donkey donut door double dove down dragon drama draw dream dress drift drill drink drive drop
drum duck duet dune dusk dust duty dwarf eagle early earth easel east easy echo edge eel effort egg eight elbow elder elk elm
ember emblem empire energy engine enjoy entry envoy epic equal era errand essay estate ether event every exact exam exit extra
eye fable fabric face fact fair falcon fall family famous fan fancy farm farmer fast feast feather felt fence fern ferry
fiber fiddle field fifty fig film final finch finger fir fire first fish five fjord flag flame flap flash flask flax fleet flint
flock floor flour flow fluid flute foam focus fog foil folder folk font food foot forest fork form fort forum fossil fountain four
fox frame fresh frog front frost fruit fudge fuel fun funnel fur future galaxy gallon game garage garden garlic gate gather gauge
gazelle gear gecko gem genre gentle giant gift ginger giraffe glad glass glaze glide globe glory glove glow glue goal goat gold
golf goose gorge gospel gown grace grade grain grand grape graph grass gravel gravy great green grid grill grin grip grove guard
guest guide guitar gulf gull gum guru gust gym habit hail hair half hall hammer hamster hand handle happy harbor hare harp harvest
hat hawk hay hazel head heap heart heat hedge height helium helmet help hen herald herb hero heron herring hill hinge hippo hobby
hockey hold holly home honey hood hoof hook hope horizon horn horse hotel hour house hub hull human humor hundred hunt hurdle husky
hut hydra hymn ice icon idea idol igloo image inch index indigo ink inlet inn insect inside iris iron island item ivory ivy jacket
jade jaguar jam jar jasmine jazz jeans jelly jersey jet jewel jigsaw job join joke jolly journal joy judge juice july jumbo jump
june jungle junior jury kayak keen kelp kennel kettle key kick kind king kiosk kite kitten kiwi knee knight knob knot koala label
lace ladder lady lagoon lake lamb lamp lance land lane lantern lap large lark laser latch lava lawn layer leaf league leap
leather ledge left legend lemon lens lentil leopard letter level lever lilac lily lime linen link lion liquid list liter little
lizard llama lobby lobster local lock locket lodge loft logic lolly long loom loop lotus loud lounge love loyal luck lumber lunar
lunch lung lute lynx lyric magic magma magnet maize major mango manor mantle maple marble march margin marine market marsh mask
mason mast match math maze meadow meal medal melody melon member menu merit merry metal meteor method metro middle midway mile milk
mill mimic mind mineral mint minute mirror mist mixer moat mocha model modem mole moment money monk monkey month mood moon moose
morning mosaic moss moth motor mound mount mouse mouth movie mud muffin mule muscle museum music mustard mystic myth nacho nail
name napkin narrow nation native nature navy neat nectar needle neon nephew nerve nest net never new news next nickel niece
night nine noble noodle noon north nose note novel number nurse nut nutmeg oak oasis oat oboe ocean octave odd office olive omega
onion onyx opal open opera orange orbit orchid order organ origin otter ounce outer oval oven owl owner ox oxygen oyster paddle
page paint palace palm panda panel panther paper parade parcel parent park parrot parsley party pasta paste pastry patch path patio
patrol pattern peace peach peak peanut pear pearl pebble pecan pedal pelican pen pencil penny pepper perch person petal phone
photo piano pickle picnic piece pier pigeon pillow pilot pine pink pioneer pipe pistol pitch pixel pizza place plain planet plank
plant plate plaza plum plume plus pocket poem poet point polar pole polka pollen polo pond pony pool popcorn poppy porch port
postal poster potato potter powder power prairie press price pride prince print prism prize profit proof propel proud prune public
pudding puffin pulse puma pump pumpkin pupil puppet puppy pure purple purse puzzle python quail quartz queen quest quick quiet
quill quilt quiver quiz quota rabbit race rack radar radio radish raft rail rain raisin rake rally ramp ranch range rapid raven
razor ready recipe record reef region relay relic remedy rent report resin rest result reward rhino rhyme rhythm ribbon rice rich
ride ridge right ring ripple rise ritual river road roast robin robot rock rocket rodeo roll roof room rooster root rope rose
rotor round route rover royal ruby rudder rug ruler rumba rural rust saddle safari safe sage sail saint salad salmon salon salsa salt
salute sample sand sandal satin sauce sauna savory saxon scale scarf scene school science scout screen scroll sea seal search season
seat second secret seed select senior seven shade shadow shaft shape shark sharp shed sheep sheet shelf shell sherry shield shift
shine ship shirt shock shoe shop shore short shovel show shower shrimp shrub sierra signal silent silk silver simple singer siren
sister six skate sketch ski skill skin skirt sky slate sled sleep sleeve slice slide slope slow smart smile smoke smooth snack snail
snake snow soap soccer social sock soda sofa soft soil solar solid solo sonata song sonic soup south spark speed spell sphere spice
spider spike spin spiral spirit spoon sport spot spray spring sprout spruce square squid stable stack staff stage stair stamp
stand star start state static statue steady steam steel stem step stereo stone stool store storm story stove straw stream street
string strong studio style sugar suit summer summit sun sunny super surf swan sweet swift swim swing switch sword symbol syrup system
table tablet taco tailor talent tango tank tape target tart task taste taxi tea teacher team teapot temple tempo ten tender tennis
tent term test text thank theory thick thin third thorn thread three thrift throne thumb thunder ticket tide tiger tile timber
time tin tiny tip tire title toast today toffee token tomato tone tool tooth topic torch tornado total toucan touch tour towel tower
town toy track trade trail train tray treasure tree trend tribe trick trio trip trolley trophy trout truck true trumpet trunk trust
truth tub tuba tube tulip tuna tundra tunnel turbo turkey turtle tutor tuxedo twelve twenty twig twin twist two ultra umbrella uncle
under union unique unit upper urban useful usual valley valve vanilla vapor vase vault velvet vendor venue verb verse vessel vest
video view villa vine vinyl viola violet violin virtue vision visit vista vital vivid vocal voice volcano volume voyage waffle wagon
waist walk wall walnut walrus waltz warm wasp watch water wave wax weasel weather web week well west whale wheat wheel whisper
whistle white wide width wild willow win wind window wine wing winter wire wise wish wizard wolf wonder wood wool word work world
worm wrap wren yacht yard yarn year yellow yeti yoga yogurt young zebra zenith zero zest zigzag zinc zone zoo
`

export const words: readonly string[] = text.trim().split(/\s+/)

/** Of the form on any member. */
export const passphraseWords = 6
/** Of a kit: more than 95 bits, since a file can be tried for years. */
const kitPhraseWords = 9

/** Six words at random, with spaces. `below(limit)` gives an even whole number in [0, limit). */
export function newPassphrase(random: { below(limit: number): number }): string {
  return wordsAtRandom(passphraseWords, random)
}

/**
 * One line of nine words to write down: all of them open the kit, the first six the form. Never chosen by hand. Whoever
 * learns the six, as a hostile form may, has still to guess three for the kit, which lies under a salt of its own.
 */
export function newKitPhrase(random: { below(limit: number): number }): string {
  return wordsAtRandom(kitPhraseWords, random)
}

/** The part of a kit's line that opens the form. */
export function formPartOf(phrase: string): string {
  return phrase.split(' ').slice(0, passphraseWords).join(' ')
}

/** Whether somebody typed the whole line of a kit where its first six words belong. */
export function isKitPhrase(typed: string): boolean {
  return typed.trim().split(/[\s-]+/).length >= kitPhraseWords
}

function wordsAtRandom(count: number, random: { below(limit: number): number }): string {
  return Array.from({ length: count }, () => words[random.below(words.length)]!).join(' ')
}
