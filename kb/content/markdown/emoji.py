"""Emoji by name, `:tada:`: a rule for markdown-it-py, in the manner of its own.

The names that help centers use, as GitHub has them. Icons that Material for MkDocs draws
(`:material-check:`) are left out; any other word between colons stays text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

_NAME = re.compile(r":([a-z0-9_+][a-z0-9_+-]{0,60}):(?!:)")
_ICON = re.compile(r"(?:material|octicons|fontawesome|simple|fa|bi|lucide|mdi)-")
_TABLE = """
+1 \U0001f44d thumbsup \U0001f44d -1 \U0001f44e thumbsdown \U0001f44e ok_hand \U0001f44c
wave \U0001f44b clap \U0001f44f pray \U0001f64f muscle \U0001f4aa raised_hands \U0001f64c
point_right \U0001f449 point_left \U0001f448 point_up \u261d\ufe0f point_down \U0001f447
point_up_2 \U0001f446 eyes \U0001f440 writing_hand \u270d\ufe0f v \u270c\ufe0f fist \u270a
raised_hand \u270b crossed_fingers \U0001f91e handshake \U0001f91d smile \U0001f604
smiley \U0001f603 grinning \U0001f600 grin \U0001f601 laughing \U0001f606 joy \U0001f602
rofl \U0001f923 slightly_smiling_face \U0001f642 wink \U0001f609 blush \U0001f60a
innocent \U0001f607 heart_eyes \U0001f60d sunglasses \U0001f60e thinking \U0001f914
thinking_face \U0001f914 neutral_face \U0001f610 confused \U0001f615 worried \U0001f61f
frowning \U0001f626 cry \U0001f622 sob \U0001f62d scream \U0001f631 angry \U0001f620
rage \U0001f621 tired_face \U0001f62b sweat_smile \U0001f605 relieved \U0001f60c
partying_face \U0001f973 star_struck \U0001f929 hugs \U0001f917 nerd_face \U0001f913
ghost \U0001f47b robot \U0001f916 see_no_evil \U0001f648 shrug \U0001f937 facepalm \U0001f926
heart \u2764\ufe0f broken_heart \U0001f494 blue_heart \U0001f499 green_heart \U0001f49a
yellow_heart \U0001f49b purple_heart \U0001f49c orange_heart \U0001f9e1 black_heart \U0001f5a4
sparkling_heart \U0001f496 tada \U0001f389 confetti_ball \U0001f38a balloon \U0001f388
gift \U0001f381 birthday \U0001f382 trophy \U0001f3c6 medal_sports \U0001f3c5
1st_place_medal \U0001f947 crown \U0001f451 gem \U0001f48e star \u2b50 star2 \U0001f31f
sparkles \u2728 dizzy \U0001f4ab boom \U0001f4a5 fire \U0001f525 zap \u26a1 100 \U0001f4af
rocket \U0001f680 airplane \u2708\ufe0f car \U0001f697 ship \U0001f6a2 package \U0001f4e6
truck \U0001f69a construction \U0001f6a7 rotating_light \U0001f6a8 traffic_light \U0001f6a5
checkered_flag \U0001f3c1 triangular_flag_on_post \U0001f6a9 white_check_mark \u2705
heavy_check_mark \u2714\ufe0f ballot_box_with_check \u2611\ufe0f x \u274c
negative_squared_cross_mark \u274e heavy_multiplication_x \u2716\ufe0f heavy_plus_sign \u2795
heavy_minus_sign \u2796 warning \u26a0\ufe0f no_entry \u26d4 no_entry_sign \U0001f6ab
stop_sign \U0001f6d1 exclamation \u2757 heavy_exclamation_mark \u2757 grey_exclamation \u2755
question \u2753 grey_question \u2754 bangbang \u203c\ufe0f interrobang \u2049\ufe0f
information_source \u2139\ufe0f o \u2b55 red_circle \U0001f534 orange_circle \U0001f7e0
yellow_circle \U0001f7e1 green_circle \U0001f7e2 large_blue_circle \U0001f535
blue_circle \U0001f535 purple_circle \U0001f7e3 white_circle \u26aa black_circle \u26ab
large_blue_diamond \U0001f537 small_blue_diamond \U0001f539 large_orange_diamond \U0001f536
small_orange_diamond \U0001f538 white_square_button \U0001f533 black_square_button \U0001f532
radio_button \U0001f518 bulb \U0001f4a1 key \U0001f511 lock \U0001f512 unlock \U0001f513
closed_lock_with_key \U0001f510 shield \U0001f6e1\ufe0f bell \U0001f514 no_bell \U0001f515
loudspeaker \U0001f4e2 mega \U0001f4e3 speech_balloon \U0001f4ac thought_balloon \U0001f4ad
mag \U0001f50d mag_right \U0001f50e wrench \U0001f527 hammer \U0001f528
hammer_and_wrench \U0001f6e0\ufe0f gear \u2699\ufe0f nut_and_bolt \U0001f529 toolbox \U0001f9f0
link \U0001f517 paperclip \U0001f4ce pushpin \U0001f4cc round_pushpin \U0001f4cd
scissors \u2702\ufe0f pencil \U0001f4dd memo \U0001f4dd pencil2 \u270f\ufe0f book \U0001f4d6
open_book \U0001f4d6 books \U0001f4da bookmark \U0001f516 notebook \U0001f4d3
page_facing_up \U0001f4c4 page_with_curl \U0001f4c3 clipboard \U0001f4cb scroll \U0001f4dc
newspaper \U0001f4f0 card_index \U0001f4c7 date \U0001f4c5 calendar \U0001f4c6
chart_with_upwards_trend \U0001f4c8 chart_with_downwards_trend \U0001f4c9 bar_chart \U0001f4ca
file_folder \U0001f4c1 open_file_folder \U0001f4c2 card_file_box \U0001f5c3\ufe0f
wastebasket \U0001f5d1\ufe0f email \u2709\ufe0f envelope \u2709\ufe0f e-mail \U0001f4e7
incoming_envelope \U0001f4e8 inbox_tray \U0001f4e5 outbox_tray \U0001f4e4 mailbox \U0001f4eb
phone \u260e\ufe0f telephone \u260e\ufe0f telephone_receiver \U0001f4de iphone \U0001f4f1
calling \U0001f4f2 computer \U0001f4bb desktop_computer \U0001f5a5\ufe0f keyboard \u2328\ufe0f
computer_mouse \U0001f5b1\ufe0f printer \U0001f5a8\ufe0f floppy_disk \U0001f4be cd \U0001f4bf
camera \U0001f4f7 video_camera \U0001f4f9 movie_camera \U0001f3a5 tv \U0001f4fa radio \U0001f4fb
battery \U0001f50b electric_plug \U0001f50c satellite \U0001f4e1 signal_strength \U0001f4f6
globe_with_meridians \U0001f310 earth_africa \U0001f30d earth_americas \U0001f30e
earth_asia \U0001f30f world_map \U0001f5fa\ufe0f house \U0001f3e0 office \U0001f3e2
hospital \U0001f3e5 bank \U0001f3e6 school \U0001f3eb factory \U0001f3ed moneybag \U0001f4b0
dollar \U0001f4b5 euro \U0001f4b6 pound \U0001f4b7 yen \U0001f4b4 credit_card \U0001f4b3
money_with_wings \U0001f4b8 shopping_cart \U0001f6d2 label \U0001f3f7\ufe0f hourglass \u231b
hourglass_flowing_sand \u23f3 watch \u231a alarm_clock \u23f0 stopwatch \u23f1\ufe0f
clock1 \U0001f550 clock3 \U0001f552 clock9 \U0001f558 clock12 \U0001f55b sunny \u2600\ufe0f
cloud \u2601\ufe0f umbrella \u2614 snowflake \u2744\ufe0f rainbow \U0001f308 ocean \U0001f30a
seedling \U0001f331 herb \U0001f33f evergreen_tree \U0001f332 deciduous_tree \U0001f333
four_leaf_clover \U0001f340 rose \U0001f339 sunflower \U0001f33b apple \U0001f34e
tomato \U0001f345 pizza \U0001f355 coffee \u2615 beer \U0001f37a beers \U0001f37b
cookie \U0001f36a cake \U0001f370 dog \U0001f436 cat \U0001f431 bug \U0001f41b bee \U0001f41d
snail \U0001f40c turtle \U0001f422 penguin \U0001f427 octopus \U0001f419 whale \U0001f433
unicorn \U0001f984 snake \U0001f40d crab \U0001f980 busts_in_silhouette \U0001f465
bust_in_silhouette \U0001f464 family \U0001f46a baby \U0001f476 man \U0001f468 woman \U0001f469
wheelchair \u267f art \U0001f3a8 musical_note \U0001f3b5 headphones \U0001f3a7
microphone \U0001f3a4 video_game \U0001f3ae game_die \U0001f3b2 dart \U0001f3af jigsaw \U0001f9e9
test_tube \U0001f9ea microscope \U0001f52c telescope \U0001f52d pill \U0001f48a syringe \U0001f489
mask \U0001f637 recycle \u267b\ufe0f arrows_counterclockwise \U0001f504 arrow_right \u27a1\ufe0f
arrow_left \u2b05\ufe0f arrow_up \u2b06\ufe0f arrow_down \u2b07\ufe0f
arrow_upper_right \u2197\ufe0f arrow_lower_right \u2198\ufe0f arrow_up_down \u2195\ufe0f
left_right_arrow \u2194\ufe0f arrow_forward \u25b6\ufe0f arrow_backward \u25c0\ufe0f
arrow_heading_down \u2935\ufe0f arrow_heading_up \u2934\ufe0f
leftwards_arrow_with_hook \u21a9\ufe0f back \U0001f519 end \U0001f51a on \U0001f51b
soon \U0001f51c top \U0001f51d new \U0001f195 free \U0001f193 up \U0001f199 cool \U0001f192
ok \U0001f197 sos \U0001f198 beginner \U0001f530 zero 0\ufe0f\u20e3 one 1\ufe0f\u20e3
two 2\ufe0f\u20e3 three 3\ufe0f\u20e3 four 4\ufe0f\u20e3 five 5\ufe0f\u20e3 six 6\ufe0f\u20e3
seven 7\ufe0f\u20e3 eight 8\ufe0f\u20e3 nine 9\ufe0f\u20e3 keycap_ten \U0001f51f
hash #\ufe0f\u20e3 copyright \u00a9\ufe0f registered \u00ae\ufe0f tm \u2122\ufe0f
cherry_blossom \U0001f338 mortar_board \U0001f393 briefcase \U0001f4bc dna \U0001f9ec
magnet \U0001f9f2 brain \U0001f9e0 bricks \U0001f9f1 broom \U0001f9f9 compass \U0001f9ed
ladder \U0001fa9c
"""
_WORDS = _TABLE.split()
_EMOJI = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def emoji(state: StateInline, silent: bool) -> bool:
    """Take a name between two colons."""
    found = _NAME.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    character = _EMOJI.get(found[1])
    is_icon = character is None and _ICON.match(found[1]) is not None
    before = state.src[state.pos - 1] if state.pos else " "
    if (character is None and not is_icon) or before.isalnum():
        return False
    if not silent:
        state.pending += character or ""
        state.env["account"].has_marks |= is_icon
    state.pos = found.end()
    if is_icon and state.src.startswith("{", state.pos):
        end = state.src.find("}", state.pos, state.pos + 100)
        state.pos = end + 1 if end > 0 else state.pos
    return True
