; Paddle Duel: a two-player NES game. First to nine points wins.
;
; Each side is played by the computer until somebody presses anything on its pad, and again after ten
; seconds of silence. Start pauses. The video frame runs like this, all of it in the NMI handler:
;
;   vertical blank:  sprites, backdrop, bar code, and one of score / score / message go to the PPU
;   then:            pads are read, the game moves, sprites and colours are prepared for the next frame
;
; So what a pad says at the start of one frame is on screen in the picture of the frame after it: a press
; of A lights the backdrop in the second picture, always.
;
; The bar code at the bottom counts video frames, modulo 256: twelve lamps of 16 by 16 pixels in lines
; 208 to 223 from column 32 on: lit, dark, eight bits with the most significant first, dark, lit.

; ---- hardware ------------------------------------------------------------------------------------------
PPU_CONTROL = $2000
PPU_MASK    = $2001
PPU_STATUS  = $2002
OAM_ADDRESS = $2003
PPU_SCROLL  = $2005
PPU_ADDRESS = $2006
PPU_DATA    = $2007
PULSE1      = $4000
PULSE2      = $4004
DMC_CONTROL = $4010
OAM_DMA     = $4014
APU_STATUS  = $4015
PAD1        = $4016
PAD2        = $4017

BUTTON_A     = $80
BUTTON_START = $10
BUTTON_UP    = $08
BUTTON_DOWN  = $04

; ---- court, in pixels ----------------------------------------------------------------------------------
COURT_TOP     = 72
COURT_BOTTOM  = 200
PADDLE_HEIGHT = 32
LEFT_PADDLE   = 16
RIGHT_PADDLE  = 232
BALL_SIZE     = 8
CENTRE_X      = 124
CENTRE_Y      = 132
PADDLE_CENTRE = (COURT_TOP + COURT_BOTTOM - PADDLE_HEIGHT) / 2

; ---- pace ----------------------------------------------------------------------------------------------
HUMAN_STEP    = 3            ; pixels a frame
COMPUTER_STEP = 2
FIRST_SPEED   = $0200        ; pixels a frame, 8.8 fixed point
SPEED_GAIN    = $24          ; added at each return
TOP_SPEED     = 5            ; whole pixels a frame
IDLE_LIMIT    = 150          ; in units of four frames: ten seconds
SERVE_PAUSE   = 60           ; frames
WIN_PAUSE     = 240
POINTS_TO_WIN = 9

; ---- colours -------------------------------------------------------------------------------------------
BLACK      = $0f
SKY        = $21
WHITE      = $30
LEFT_HUE   = $2c
RIGHT_HUE  = $27

; ---- zero page: everything indexed by side has left at 0 and right at 1 --------------------------------
frame       = $10            ; counts every video frame
pad         = $11            ; two bytes: buttons held
idle        = $13            ; two bytes: IDLE_LIMIT when the computer plays
paddle      = $15            ; two bytes: top edge
aim         = $17            ; two bytes: where the computer means to hit, off the paddle's middle
score       = $19            ; two bytes
hue         = $1b            ; two bytes: colour of each score
backdrop    = $1d
ball_x      = $1e            ; 8.8 fixed point, low byte first
ball_y      = $20
speed       = $22            ; 8.8 fixed point
vertical    = $24            ; signed 8.8 fixed point
heading     = $26            ; 0: right, 1: left; also the side that scores if nobody returns
phase       = $27
timer       = $28            ; frames left of SERVE or WON
winner      = $29
paused      = $2a
start_held  = $2b
message     = $2c            ; offset into messages
tune        = $2d            ; offset into tunes
tune_wait   = $2e
temporary   = $2f
trail_x     = $30            ; four bytes: the ball's last places, newest first
trail_y     = $34
chance      = $38

SERVE = 0
RALLY = 1
WON   = 2

sprites = $0200

; ---- program -------------------------------------------------------------------------------------------
        .org $c000
reset:
        sei
        cld
        ldx #$40
        stx PAD2                ; no interrupts from the sound unit
        ldx #$ff
        txs
        inx
        stx PPU_CONTROL
        stx PPU_MASK
        stx DMC_CONTROL
@warm:  bit PPU_STATUS
        bpl @warm
        lda #0
@clear: sta $00,x
        inx
        bne @clear
        lda #$ff                ; sprites below the picture are hidden
@hide:  sta sprites,x
        inx
        bne @hide
@ready: bit PPU_STATUS
        bpl @ready

        lda #$3f
        sta PPU_ADDRESS
        ldx #0
        stx PPU_ADDRESS
@paint: lda palette,x
        sta PPU_DATA
        inx
        cpx #32
        bne @paint

        lda #$20                ; the screen, then its attributes: four pages in one run
        sta PPU_ADDRESS
        lda #0
        sta PPU_ADDRESS
        tax
@page0: lda screen,x
        sta PPU_DATA
        inx
        bne @page0
@page1: lda screen+$100,x
        sta PPU_DATA
        inx
        bne @page1
@page2: lda screen+$200,x
        sta PPU_DATA
        inx
        bne @page2
@page3: lda screen+$300,x
        sta PPU_DATA
        inx
        bne @page3

        lda #$20                ; the lower half of the title's letters
        sta PPU_ADDRESS
        lda #4*32+10
        sta PPU_ADDRESS
@title: lda screen+3*32+10,x
        ora #$80
        sta PPU_DATA
        inx
        cpx #12
        bne @title

        lda #PADDLE_CENTRE
        sta paddle
        sta paddle+1
        lda #IDLE_LIMIT
        sta idle
        sta idle+1
        lda #BLACK
        sta backdrop
        lda #LEFT_HUE
        sta hue
        lda #RIGHT_HUE
        sta hue+1
        jsr serve
        lda #$03                ; both pulse channels
        sta APU_STATUS
        lda #$80                ; interrupt at vertical blank
        sta PPU_CONTROL
forever:
        jmp forever

; ---- once a video frame --------------------------------------------------------------------------------
nmi:
        pha
        txa
        pha
        tya
        pha
        lda #0
        sta OAM_ADDRESS
        lda #>sprites
        sta OAM_DMA
        lda PPU_STATUS
        jsr draw_colours
        jsr draw_bar_code
        jsr draw_text
        lda #0
        sta PPU_SCROLL
        sta PPU_SCROLL
        lda #$80
        sta PPU_CONTROL
        lda #$1e                ; background and sprites, up to the left edge
        sta PPU_MASK
        inc frame

        jsr read_pads
        jsr stir_chance
        jsr choose_backdrop
        jsr toggle_pause
        lda paused
        bne @still
        jsr count_idle
        jsr move_paddles
        jsr move_ball
        jsr play_tune
@still:
        jsr choose_message
        jsr choose_hues
        jsr place_sprites
        pla
        tay
        pla
        tax
        pla
interrupt:
        rti

; ---- vertical blank: about 1600 of its 2270 cycles -----------------------------------------------------
draw_colours:
        lda #$3f
        sta PPU_ADDRESS
        lda #0
        sta PPU_ADDRESS
        lda backdrop
        sta PPU_DATA
        lda #$3f
        sta PPU_ADDRESS
        lda #6
        sta PPU_ADDRESS
        lda hue
        sta PPU_DATA
        lda #$3f
        sta PPU_ADDRESS
        lda #10
        sta PPU_ADDRESS
        lda hue+1
        sta PPU_DATA
        rts

; Lamps stand in tiles from LAMP on: %1000_0bls, b: lower half, l: lit, s: right side.
draw_bar_code:
        lda #$23
        sta PPU_ADDRESS
        lda #$48
        sta PPU_ADDRESS
        lda frame
        sta temporary
        ldx #8
@upper: asl temporary
        lda #LAMP/4
        rol a
        asl a
        sta PPU_DATA
        ora #1
        sta PPU_DATA
        dex
        bne @upper
        lda #$23
        sta PPU_ADDRESS
        lda #$68
        sta PPU_ADDRESS
        lda frame
        sta temporary
        ldx #8
@lower: asl temporary
        lda #(LAMP+4)/4
        rol a
        asl a
        sta PPU_DATA
        ora #1
        sta PPU_DATA
        dex
        bne @lower
        rts

; In turn: the left score, the right score, the message, nothing.
draw_text:
        lda frame
        and #3
        tax
        cpx #2
        bcc draw_score
        beq draw_message
        rts

draw_message:
        lda #$21
        sta PPU_ADDRESS
        lda #$8a
        sta PPU_ADDRESS
        ldx message
        ldy #12
@next:  lda messages,x
        sta PPU_DATA
        inx
        dey
        bne @next
        rts

; The score of side X as blocks, three wide and five high, and who plays that side.
draw_score:
        lda score,x
        asl a
        asl a
        adc score,x             ; five bytes a digit
        tay
        lda score_column,x
        sta temporary
@row:   lda #$20
        sta PPU_ADDRESS
        lda temporary
        sta PPU_ADDRESS
        clc
        adc #32
        sta temporary
        lda digits,y
        sta PPU_DATA
        lda digits+50,y
        sta PPU_DATA
        lda digits+100,y
        sta PPU_DATA
        iny
        lda temporary
        cmp score_end,x
        bne @row

        lda #$20
        sta PPU_ADDRESS
        lda label_column,x
        sta PPU_ADDRESS
        ldy #0                  ; "CPU"
        lda idle,x
        cmp #IDLE_LIMIT
        bcs @write
        ldy label_offset,x
@write: lda labels,y
        sta PPU_DATA
        lda labels+1,y
        sta PPU_DATA
        lda labels+2,y
        sta PPU_DATA
        rts

; ---- pads ----------------------------------------------------------------------------------------------
read_pads:
        lda #1
        sta PAD1
        lsr a
        sta PAD1
        ldx #8
@bit:   lda PAD1
        lsr a
        rol pad
        lda PAD2
        lsr a
        rol pad+1
        dex
        bne @bit
        rts

; One step of an eight-bit linear feedback shift register, disturbed by the pads.
stir_chance:
        lda chance
        asl a
        bcc @set
        eor #$1d
@set:   eor pad
        eor pad+1
        bne @keep
        lda #1                  ; at zero it would stand still
@keep:  sta chance
        rts

choose_backdrop:
        ldx #BLACK
        lda pad
        ora pad+1
        and #BUTTON_A
        beq @set
        ldx #SKY
@set:   stx backdrop
        rts

toggle_pause:
        lda pad
        ora pad+1
        and #BUTTON_START
        beq @set
        cmp start_held
        beq @set
        tax
        lda paused
        eor #1
        sta paused
        txa
@set:   sta start_held
        rts

; A side is handed to the computer once its pad has been silent for long enough.
count_idle:
        ldx #1
@side:  lda pad,x
        bne @busy
        lda frame
        and #3
        bne @next
        lda idle,x
        cmp #IDLE_LIMIT
        bcs @next
        inc idle,x
        bne @next
@busy:  lda #0
        sta idle,x
@next:  dex
        bpl @side
        rts

; ---- paddles -------------------------------------------------------------------------------------------
move_paddles:
        ldx #1
@side:  lda idle,x
        cmp #IDLE_LIMIT
        bcs @computer
        jsr move_by_pad
        jmp @next
@computer:
        jsr move_by_computer
@next:  dex
        bpl @side
        rts

move_by_pad:
        lda pad,x
        and #BUTTON_UP
        beq @down
        lda paddle,x
        sec
        sbc #HUMAN_STEP
        jsr set_paddle
@down:  lda pad,x
        and #BUTTON_DOWN
        beq @done
        lda paddle,x
        clc
        adc #HUMAN_STEP
        jsr set_paddle
@done:  rts

; Follows a ball that comes within its own half, by way of its aim; otherwise walks back to the middle.
move_by_computer:
        lda ball_x+1
        asl a                   ; carry: the right half
        lda #0
        rol a
        sta temporary
        lda #PADDLE_CENTRE
        cpx heading
        beq @walk
        cpx temporary
        bne @walk
        lda ball_y+1
        sec
        sbc #(PADDLE_HEIGHT-BALL_SIZE)/2
        clc
        adc aim,x
@walk:  sta temporary
        cmp paddle,x
        beq @done
        bcc @up
        lda paddle,x
        adc #COMPUTER_STEP-1    ; carry is set
        cmp temporary
        bcc set_paddle
        lda temporary
        bcs set_paddle
@up:    lda paddle,x
        sbc #COMPUTER_STEP-1    ; carry is clear
        cmp temporary
        bcs set_paddle
        lda temporary
        jmp set_paddle
@done:  rts

; Puts paddle X at A, kept within the court.
set_paddle:
        cmp #COURT_TOP
        bcs @low
        lda #COURT_TOP
@low:   cmp #COURT_BOTTOM-PADDLE_HEIGHT
        bcc @set
        lda #COURT_BOTTOM-PADDLE_HEIGHT
@set:   sta paddle,x
        rts

; ---- ball ----------------------------------------------------------------------------------------------
; Puts the ball in the middle; it will head for the side that lost the last point.
serve:
        lda #CENTRE_X
        sta ball_x+1
        lda #CENTRE_Y
        sta ball_y+1
        lda #0
        sta ball_x
        sta ball_y
        lda #<FIRST_SPEED
        sta speed
        lda #>FIRST_SPEED
        sta speed+1
        sta aim
        sta aim+1
        lda chance
        and #3
        clc
        adc #3                  ; one of the four flatter angles
        tay
        jsr set_angle
        lda #SERVE_PAUSE
        sta timer
        lda #SERVE
        sta phase
        rts

move_ball:
        ldx #2                  ; remember where it was
@shift: lda trail_x,x
        sta trail_x+1,x
        lda trail_y,x
        sta trail_y+1,x
        dex
        bpl @shift
        lda ball_x+1
        sta trail_x
        lda ball_y+1
        sta trail_y
        lda phase
        cmp #RALLY
        beq fly
        dec timer
        bne @done
        cmp #WON
        beq new_game
        lda #RALLY
        sta phase
@done:  rts

new_game:
        lda #0
        sta score
        sta score+1
        jmp serve

fly:
        clc
        lda ball_y
        adc vertical
        sta ball_y
        lda ball_y+1
        adc vertical+1
        sta ball_y+1
        jsr bounce_off_walls
        lda heading
        bne @left

        clc
        lda ball_x
        adc speed
        sta ball_x
        lda ball_x+1
        adc speed+1
        sta ball_x+1
        cmp #RIGHT_PADDLE-BALL_SIZE
        bcc @done
        ldx #1
        cmp #RIGHT_PADDLE-1
        bcc try_return
        cmp #248
        bcs point
@done:  rts

@left:  sec
        lda ball_x
        sbc speed
        sta ball_x
        lda ball_x+1
        sbc speed+1
        sta ball_x+1
        cmp #LEFT_PADDLE+BALL_SIZE+1
        bcs @gone
        ldx #0
        cmp #LEFT_PADDLE+2
        bcs try_return
        cmp #3
        bcc point
        rts
@gone:  cmp #248                ; it wrapped around
        bcs point
        rts

point:
        ldx heading
        inc score,x
        lda score,x
        cmp #POINTS_TO_WIN
        beq @won
        ldx #SOUND_POINT
        jsr make_sound
        lda #TUNE_POINT
        jsr start_tune
        jmp serve
@won:   stx winner
        lda #WON
        sta phase
        lda #WIN_PAUSE
        sta timer
        lda #TUNE_WIN
        jmp start_tune

bounce_off_walls:
        lda ball_y+1
        cmp #COURT_TOP
        bcs @floor
        lda #COURT_TOP
        bne @turn
@floor: cmp #COURT_BOTTOM-BALL_SIZE+1
        bcc @done
        lda #COURT_BOTTOM-BALL_SIZE
@turn:  sta ball_y+1
        lda #0
        sta ball_y
        sec
        sbc vertical
        sta vertical
        lda #0
        sbc vertical+1
        sta vertical+1
        ldx #SOUND_WALL
        jmp make_sound
@done:  rts

; Returns the ball if paddle X covers it: the farther from the paddle's middle, the steeper.
try_return:
        lda ball_y+1
        clc
        adc #BALL_SIZE-1
        sec
        sbc paddle,x
        bcc @miss
        cmp #PADDLE_HEIGHT+BALL_SIZE-1
        bcs @miss
        lsr a
        lsr a
        tay
        jsr set_angle
        lda heading
        eor #1
        sta heading
        lda speed
        clc
        adc #SPEED_GAIN
        tay
        lda speed+1
        adc #0
        cmp #TOP_SPEED
        bcs @top
        sta speed+1
        sty speed
@top:   txa
        eor #1
        tax
        lda chance              ; the other side picks where to meet it: -24 … 22, beyond 19 it misses
        and #31
        sec
        sbc #16
        sta temporary
        cmp #$80
        ror a
        clc
        adc temporary
        sta aim,x
        ldx #SOUND_PADDLE
        jmp make_sound
@miss:  rts

; The vertical speed of angle Y, 0 (up) to 9 (down).
set_angle:
        lda angles_low,y
        sta vertical
        lda angles_high,y
        sta vertical+1
        rts

; ---- what the next frame shows -------------------------------------------------------------------------
choose_message:
        ldy #MESSAGE_PAUSE
        lda paused
        bne @set
        lda phase
        cmp #WON
        beq @won
        ldy #MESSAGE_RULE
        ora score               ; SERVE is zero
        ora score+1
        beq @set
        ldy #0
        lda idle
        cmp #IDLE_LIMIT
        bne @set
        cmp idle+1
        bne @set
        lda frame               ; nobody plays: an invitation, blinking
        and #$40
        beq @set
        ldy #MESSAGE_INVITE
        bne @set
@won:   ldx winner
        ldy #MESSAGE_CPU
        lda idle,x
        cmp #IDLE_LIMIT
        bcs @set
        ldy message_won,x
@set:   sty message
        rts

; The winner's score blinks.
choose_hues:
        lda #LEFT_HUE
        sta hue
        lda #RIGHT_HUE
        sta hue+1
        lda phase
        cmp #WON
        bne @done
        lda frame
        and #8
        beq @done
        ldx winner
        lda #WHITE
        sta hue,x
@done:  rts

place_sprites:
        ldx #0
        ldy #0
@part:  lda paddle
        clc
        adc part_offset,y
        sta sprites,x
        lda paddle+1
        clc
        adc part_offset,y
        sta sprites+16,x
        lda part_tile,y
        sta sprites+1,x
        sta sprites+17,x
        lda #0
        sta sprites+2,x
        lda #1
        sta sprites+18,x
        lda #LEFT_PADDLE
        sta sprites+3,x
        lda #RIGHT_PADDLE
        sta sprites+19,x
        inx
        inx
        inx
        inx
        iny
        cpy #4
        bne @part

        lda #TILE_BALL
        sta sprites+33
        lda #TILE_TRAIL
        sta sprites+37
        lda #TILE_TRAIL+1
        sta sprites+41
        lda #2
        sta sprites+34
        sta sprites+38
        sta sprites+42
        lda ball_x+1
        sta sprites+35
        lda trail_x+1
        sta sprites+39
        lda trail_x+3
        sta sprites+43
        ldx #$ff                ; the PPU draws a sprite one line below its Y
        stx sprites+36
        stx sprites+40
        lda phase
        cmp #RALLY
        bne @rest
        ldx ball_y+1
        dex
        stx sprites+32
        ldx trail_y+1
        dex
        stx sprites+36
        ldx trail_y+3
        dex
        stx sprites+40
        rts
@rest:  stx sprites+32          ; before a serve the ball blinks; after a win it is gone
        cmp #SERVE
        bne @done
        lda timer
        and #8
        bne @done
        ldx ball_y+1
        dex
        stx sprites+32
@done:  rts

; ---- sound ---------------------------------------------------------------------------------------------
; Plays the four register values at sounds + X on the first pulse channel.
make_sound:
        ldy #0
@copy:  lda sounds,x
        sta PULSE1,y
        inx
        iny
        cpy #4
        bne @copy
        rts

start_tune:
        sta tune
        lda #1
        sta tune_wait
        rts

; Steps through pairs of period and frames on the second pulse channel; zero frames end a tune.
play_tune:
        lda tune_wait
        beq @done
        dec tune_wait
        bne @done
        ldx tune
        lda tunes+1,x
        beq @done
        sta tune_wait
        lda #$85
        sta PULSE2
        lda #$08
        sta PULSE2+1
        lda tunes,x
        sta PULSE2+2
        lda #$08
        sta PULSE2+3
        inx
        inx
        stx tune
@done:  rts

; ---- tables --------------------------------------------------------------------------------------------
palette:
        .byte BLACK, $0c, $1c, WHITE,  BLACK, $1c, LEFT_HUE, $3c        ; court, left
        .byte BLACK, $17, RIGHT_HUE, $37,  BLACK, BLACK, $2b, WHITE     ; right, title and lamps
        .byte BLACK, $1c, LEFT_HUE, $3c,  BLACK, $17, RIGHT_HUE, $37    ; paddles
        .byte BLACK, $1c, $10, WHITE,  BLACK, BLACK, BLACK, BLACK       ; ball and trail

part_offset:                    ; a paddle's four sprites, one line up
        .byte -1, 7, 15, 23
part_tile:
        .byte TILE_PADDLE, TILE_PADDLE+1, TILE_PADDLE+1, TILE_PADDLE+2

angles_low:                     ; 8.8 fixed point: -2.5, -2, -1.375, -0.875, -0.375 and back
        .byte $80, $00, $a0, $20, $a0, $60, $e0, $60, $00, $80
angles_high:
        .byte $fd, $fe, $fe, $ff, $ff, $00, $00, $01, $02, $02

SOUND_WALL   = 0
SOUND_PADDLE = 4
SOUND_POINT  = 8
sounds:                         ; envelope, sweep, period, length
        .byte $81, $08, $d1, $09
        .byte $83, $08, $e8, $08
        .byte $87, $93, $a0, $08

TUNE_POINT = 0
TUNE_WIN   = 6
tunes:                          ; C5 $d5, E5 $a9, G5 $8e, C6 $6a
        .byte $a9, 7, $6a, 14, 0, 0
        .byte $d5, 8, $a9, 8, $8e, 8, $6a, 16, $8e, 8, $6a, 40, 0, 0

score_column:                   ; low byte of the first tile's address, and of the one below the last
        .byte 2*32+4, 2*32+25
score_end:
        .byte 7*32+4, 7*32+25
label_column:
        .byte 6*32+8, 6*32+21
label_offset:
        .byte 3, 6
labels:
        .byte "CPU", "P1 ", " P2"

MESSAGE_PAUSE  = 12
MESSAGE_CPU    = 48
MESSAGE_INVITE = 60
MESSAGE_RULE   = 72
message_won:
        .byte 24, 36
messages:
        .byte ".....[]....."
        .byte "   PAUSE    "
        .byte "  P1 WINS!  "
        .byte "  P2 WINS!  "
        .byte "  CPU WINS! "
        .byte "MOVE TO PLAY"
        .byte " FIRST TO 9 "

digits:                         ; left, middle and right column of ten digits, five rows each
        .byte "*****", " *  *", "* ***", "* * *", "***  ", "*** *", "*****", "*    ", "*****", "*** *"
        .byte "*   *", "*****", "* * *", "* * *", "  *  ", "* * *", "* * *", "*    ", "* * *", "* * *"
        .byte "*****", "    *", "*** *", "*****", "*****", "* ***", "* ***", "*****", "*****", "*****"

; The screen as it stands at the start: one character is the tile of that code.
screen:
        .byte "                                "
        .byte "                                "
        .byte "                                "
        .byte "          paddle  duel          "
        .byte "                                "
        .byte "                                "
        .byte "                                "
        .byte "                                "
        .byte "################################"
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "...............[]..............."
        .byte "################################"
        .byte "    ", LAMP+2, LAMP+3, LAMP, LAMP+1, "                "
        .byte LAMP, LAMP+1, LAMP+2, LAMP+3, "    "
        .byte "    ", LAMP+6, LAMP+7, LAMP+4, LAMP+5, "                "
        .byte LAMP+4, LAMP+5, LAMP+6, LAMP+7, "    "
        .byte "                                "
        .byte "                                "
attributes:                     ; palettes by 32 by 32 pixels, two bits a quarter
        .byte $00, $50, $c0, $f0, $f0, $30, $a0, $00
        .byte $00, $55, $5c, $0f, $0f, $a3, $aa, $00
        .byte $00, $00, $00, $00, $00, $00, $00, $00
        .byte $00, $00, $00, $00, $00, $00, $00, $00
        .byte $00, $00, $00, $00, $00, $00, $00, $00
        .byte $00, $00, $00, $00, $00, $00, $00, $00
        .byte $f0, $f0, $f0, $f0, $f0, $f0, $f0, $f0
        .byte $00, $00, $00, $00, $00, $00, $00, $00

        .org $fffa
        .word nmi, reset, interrupt
