package compress_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/compress"
)

func messages() (text, attachment, noise []byte) {
	text = []byte(strings.Repeat("Dear Shop,\r\nwhere is my order?\r\n", 10_000))
	noise = make([]byte, 300_000)
	_, _ = rand.Read(noise)
	return text, []byte(base64.StdEncoding.EncodeToString(noise)), noise
}

func TestEncoder_Pack(t *testing.T) {
	text, attachment, noise := messages()
	for name, c := range map[string]struct {
		data      []byte
		all, want bool
	}{
		"text":                 {text, false, true},
		"text, all":            {text, true, true},
		"short":                {text[:200], true, false},
		"attachment":           {attachment, false, false},
		"attachment, all":      {attachment, true, true},
		"compressed file, all": {noise, true, false},
	} {
		packed, ok := compress.NewEncoder(c.all).Pack(c.data)
		if assert.Equal(t, c.want, ok, name); ok {
			assert.Equal(t, c.data, unpack(t, packed, len(c.data)), name)
		}
	}
}

func TestEncoder_Writer(t *testing.T) {
	text, attachment, _ := messages()
	e := compress.NewEncoder(true)
	_, err := e.Writer(io.Discard).Write(attachment) // never closed
	require.NoError(t, err)
	for _, data := range [][]byte{text, attachment, nil} {
		var packed bytes.Buffer
		w := e.Writer(&packed)
		_, err := w.Write(data)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		assert.True(t, bytes.Equal(data, unpack(t, packed.Bytes(), len(data))))
	}
}

func TestReader_IsBounded(t *testing.T) {
	text, _, _ := messages()
	packed, _ := compress.NewEncoder(false).Pack(text)
	assert.Len(t, unpack(t, packed, 1000), 1001)
}

func unpack(t *testing.T, packed []byte, size int) []byte {
	r, err := compress.NewReader(bytes.NewReader(packed), int64(size))
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return data
}
