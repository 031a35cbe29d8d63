package tnef

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound/email/internal/tneftest"
)

// sink keeps what it receives.
type sink struct {
	files []File
	data  []string
	open  bool
	t     testing.TB
}

func (s *sink) Begin() {
	require.False(s.t, s.open, "files come one after the other")
	s.open = true
	s.data = append(s.data, "")
}

func (s *sink) Data(b []byte) {
	require.True(s.t, s.open)
	s.data[len(s.data)-1] += string(b)
}

func (s *sink) End(f File) {
	require.True(s.t, s.open)
	s.open = false
	s.files = append(s.files, f)
}

// read reads data in pieces of n bytes.
func read(t testing.TB, data []byte, n, limit int) (*Reader, *sink) {
	s := &sink{t: t}
	r := &Reader{}
	r.Reset(s, limit)
	for len(data) > 0 {
		k := min(n, len(data))
		r.Write(data[:k])
		data = data[k:]
	}
	r.Finish()
	require.False(t, s.open)
	return r, s
}

func sample() []byte {
	return tneftest.Message{
		Codepage: 1250, Body: "body\x00", Properties: []tneftest.Property{
			tneftest.Unicode(propBody, "Zażółć"), tneftest.Binary(propHTML, []byte("<p>html")),
			tneftest.Binary(propCompressed, tneftest.Compress(`{\rtf1 rtf}`)),
		},
		Files: []tneftest.File{
			{Title: "a", Data: []byte("first"), Properties: []tneftest.Property{tneftest.String(propLongFilename,
				"\xbf.txt")}},
			{Title: "b", Properties: []tneftest.Property{
				tneftest.Object(propData, tneftest.MessageInterface, tneftest.Head()),
				tneftest.String(propContentID, "id@x")}},
			{Title: "c", Data: []byte("third"), DataFirst: true},
		},
	}.Bytes()
}

func TestReader_InPiecesOfAnySize(t *testing.T) {
	for n := 1; n < 60; n++ {
		r, s := read(t, sample(), n, 1<<20)
		assert.Equal(t, []File{{Name: "ż.txt"}, {Name: "b", ContentID: "id@x", Message: true}, {Name: "c"}}, s.files)
		assert.Equal(t, []string{"first", string(tneftest.Head()), "third"}, s.data)
		assert.Equal(t, Text{Plain: "Zażółć", HTML: "<p>html"}, r.Text())
		assert.False(t, r.Damaged())
	}
	r, _ := read(t, sample(), 7, 0)
	assert.Equal(t, Text{}, r.Text(), "at a limit of 0 no texts are kept")
	r, _ = read(t, sample(), 7, 3)
	assert.Equal(t, "<p>", r.Text().HTML)
}

// Whatever is missing at the end, what came before is there.
func TestReader_CutOffAnywhere(t *testing.T) {
	data := sample()
	for n := range data {
		r, s := read(t, data[:n], 50, 1<<20)
		_ = r.Text()
		want := []string{"first", string(tneftest.Head()), "third"}
		require.LessOrEqual(t, len(s.data), len(want))
		for i := range s.data {
			require.True(t, strings.HasPrefix(want[i], s.data[i]))
			if i < len(s.data)-1 {
				require.Equal(t, want[i], s.data[i])
			}
		}
		if !r.Damaged() {
			require.Contains(t, []byte{1, 2}, data[n], "between two attributes, nobody can tell")
		}
	}
}

func TestReader_KeepsOnlyWhatItNeeds(t *testing.T) {
	var before, after runtime.MemStats
	r, s := &Reader{}, &sink{t: t}
	r.Reset(s, 1<<10)
	r.Write(tneftest.Head())
	attribute := func(level byte, id uint32) []byte {
		b := binary.LittleEndian.AppendUint32([]byte{level}, id)
		return append(b, 0xff, 0xff, 0xff, 0x7f)
	}
	piece := bytes.Repeat([]byte{'x'}, 1<<20)
	r.Write(attribute(1, attBody))
	runtime.ReadMemStats(&before)
	for range 100 {
		r.Write(piece)
	}
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
	r.Finish()
	assert.Len(t, r.Text().Plain, 1<<10)
	assert.True(t, r.Damaged())
}

// Counts of values that take no bytes, or of properties that are not there, cost nothing.
func TestReader_DoesNotBelieveCounts(t *testing.T) {
	begun := time.Now()
	for _, p := range [...]tneftest.Property{
		tneftest.Fixed(0x1001, 1, 0xff, 0xff, 0xff, 0xff), tneftest.Fixed(0x1003, 1, 0xff, 0xff, 0xff, 0xff),
		tneftest.Fixed(0x001F, 1, 0xff, 0xff, 0xff, 0xff), tneftest.Fixed(0x001F, propLongFilename, 1, 0, 0, 0, 0xff,
			0xff, 0xff, 0xff),
	} {
		list := tneftest.List(p)
		copy(list, "\xff\xff\xff\xff")
		r, s := read(t, append(tneftest.Head(), tneftest.Attribute(2, attAttachment, list)...), 100, 0)
		assert.True(t, r.Damaged())
		assert.Len(t, s.files, 1)
	}
	assert.Less(t, time.Since(begun), 5*time.Second)
	r, s := read(t, append(tneftest.Head(), append(tneftest.Attribute(2, attData, []byte("one")),
		tneftest.Attribute(2, attData, []byte("two"))...)...), 100, 0)
	assert.Equal(t, []string{"one"}, s.data, "the first content counts")
	assert.False(t, r.Damaged())
}

func TestReader_Names(t *testing.T) {
	for name, test := range map[string]struct {
		file tneftest.File
		want string
	}{
		"the long one": {tneftest.File{Title: "t", Properties: []tneftest.Property{tneftest.String(propFilename, "s"),
			tneftest.String(propLongFilename, "l"), tneftest.String(propDisplayName, "d")}}, "l"},
		"the short one": {tneftest.File{Title: "t", Properties: []tneftest.Property{tneftest.String(propFilename,
			"s")}}, "s"},
		"the title": {tneftest.File{Title: "t", Properties: []tneftest.Property{tneftest.String(propDisplayName,
			"d")}}, "t"},
		"the one shown": {tneftest.File{Properties: []tneftest.Property{tneftest.String(propDisplayName, "d")}}, "d"},
		"none":          {tneftest.File{Data: []byte("x")}, ""},
		"a long one":    {tneftest.File{Title: strings.Repeat("a", 9000)}, strings.Repeat("a", longestName)},
	} {
		_, s := read(t, tneftest.Message{Files: []tneftest.File{test.file}}.Bytes(), 100, 0)
		require.Len(t, s.files, 1, name)
		assert.Equal(t, test.want, s.files[0].Name, name)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(sample(), 7)
	f.Add(tneftest.Message{Properties: []tneftest.Property{tneftest.Binary(propCompressed,
		tneftest.Compress(`{\rtf1\ansi\fromhtml1{\fonttbl\f1\fcharset204}{\*\htmltag64 <p>}\f1\'e4\u-3?\bin2 `+
			`ab}`))}}.Bytes(), 100)
	f.Add(tneftest.Message{Files: []tneftest.File{{Properties: []tneftest.Property{
		tneftest.NamedByText(tneftest.String(0x8002, "v"), "Keywords"),
		tneftest.NamedByNumber(tneftest.Number(0x8003, 1)),
		tneftest.Sized(0x101F, 1, []byte("abc"))}}}}.Bytes(), 1)
	f.Add(sample()[:120], 3)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		const limit = 1000
		whole, all := read(t, data, len(data)+1, limit)
		pieces, some := read(t, data, max(1, n), limit)
		require.Equal(t, all.files, some.files, "it must not matter how the bytes come")
		require.Equal(t, all.data, some.data)
		require.Equal(t, whole.Text(), pieces.Text())
		require.Equal(t, whole.Damaged(), pieces.Damaged())
		require.LessOrEqual(t, len(strings.Join(all.data, "")), len(data))
		for _, s := range [...]string{whole.Text().Plain, whole.Text().HTML} {
			require.LessOrEqual(t, len(s), 3*limit) // UTF-8 of 8-bit text
			require.NotContains(t, s, "\x00")
		}
	})
}
