package progress

import (
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/assert"
)

func plain(text string) string { return text }

func TestLayout_BarKeepsItsPlace(t *testing.T) {
	for columns, want := range map[int]string{
		120: "shop    initial upload [==============>                       ]" +
			" 20000/50000  120/s   9m8s left   43.7 MB",
		100: "shop    initial upload [=============>                    ]" +
			" 20000/50000  120/s   9m8s left   43.7 MB",
		80: "shop    initial upload [=====>        ] 20000/50000  120/s   9m8s left   43.7 MB",
		70: "shop    initial upload [===>       ] 20000/50000   9m8s left   43.7 MB",
		60: "shop    initial upload [===>       ] 20000/50000   9m8s left",
		50: "shop    initial upload [====>        ] 20000/50000",
		30: "shop    initial upload [==>  …",
	} {
		l := newLayout(columns, 6)
		busy := l.text("shop", row{state: running, phase: "initial upload", count: "20000/50000", rate: "120/s",
			left: "9m8s left", size: "43.7 MB", settled: 20000, total: 50000}, plain)
		assert.Equal(t, want, busy)
		assert.LessOrEqual(t, runewidth.StringWidth(busy), columns)
		idle := l.text("shop", row{phase: "waiting"}, plain)
		assert.Equal(t, strings.IndexAny(busy, "]…"), strings.IndexAny(idle, "]…"), "%d columns", columns)
	}
}

func TestLayout_ReasonInPlaceOfTheBar(t *testing.T) {
	r := row{state: stopped, phase: "stopped", reason: "login refused", count: "1/2"}
	assert.Equal(t, "returns  <stopped       > login refused           1/2",
		newLayout(80, 7).text("returns", r, func(s string) string { return "<" + s + ">" }))
}

func TestLayout_ReasonTakesTheRoomOfTheCount(t *testing.T) {
	assert.Equal(t, "returns  stopped        login refused",
		newLayout(60, 7).text("returns", row{phase: "stopped", reason: "login refused"}, plain))
}

func TestLayout_LongIDIsCut(t *testing.T) {
	text := newLayout(100, 99).text(strings.Repeat("x", 99), row{phase: "waiting"}, plain)
	assert.True(t, strings.HasPrefix(text, strings.Repeat("x", maxID-1)+"…  waiting "), text)
	assert.LessOrEqual(t, runewidth.StringWidth(text), 100)
}
