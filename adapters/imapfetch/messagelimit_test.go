package imapfetch

import (
	"math"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/assert"
)

func TestFound_AddClipsToGap(t *testing.T) {
	const top = math.MaxUint32
	for _, tt := range []struct {
		name string
		uids imap.UIDSet
		gap  uidGap
		rest []uidRange
		n    int64
		span uidRange
		odd  bool
	}{
		{"all", imap.UIDSet{{Start: 3, Stop: 5}, {Start: 9, Stop: 9}}, uidGap{0, top},
			[]uidRange{{3, 5}, {9, 9}}, 4, uidRange{3, 9}, false},
		{"clipped", imap.UIDSet{{Start: 1, Stop: 10}}, uidGap{4, 7}, []uidRange{{5, 7}}, 3, uidRange{5, 7}, false},
		{"outside", imap.UIDSet{{Start: 1, Stop: 4}, {Start: 8, Stop: 9}}, uidGap{4, 7}, nil, 0, uidRange{top, 0}, false},
		{"not UIDs", imap.UIDSet{{Start: 0, Stop: 4}, {Start: 9, Stop: 2}}, uidGap{0, top}, nil, 0, uidRange{top, 0}, true},
		{"everything", imap.UIDSet{{Start: 1, Stop: top}}, uidGap{0, top},
			[]uidRange{{1, top}}, top, uidRange{1, top}, false},
		{"the last one", imap.UIDSet{{Start: 1, Stop: top}}, uidGap{top - 1, top},
			[]uidRange{{top, top}}, 1, uidRange{top, top}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var f found
			n, span, odd := f.add(tt.uids, tt.gap)
			assert.Equal(t, tt.rest, f.rest)
			assert.Equal(t, tt.n, n)
			assert.Equal(t, tt.span, span)
			assert.Equal(t, tt.odd, odd)
		})
	}
}

func TestUIDGap_Search(t *testing.T) {
	for gap, want := range map[uidGap]string{
		{0, math.MaxUint32}:              "1:*",
		{7, math.MaxUint32}:              "8:*",
		{7, 9}:                           "8:9",
		{math.MaxUint32, math.MaxUint32}: "4294967295:*",
	} {
		assert.Equal(t, want, gap.search(byStar).UID[0].String())
	}
}
