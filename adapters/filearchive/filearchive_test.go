package filearchive_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/filearchive"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// Each of the archives has locks of its own, as a process has.
func TestArchive(t *testing.T) {
	for name, options := range map[string]*filearchive.Options{
		"Default":         nil,
		"SmallSegments":   {SegmentBytes: 100_000},
		"OneEach":         {SegmentBytes: 1},
		"CompressAll":     {Compression: filearchive.CompressAll},
		"CompressNothing": {Compression: filearchive.CompressNone, SegmentBytes: 500_000},
	} {
		t.Run(name, func(t *testing.T) {
			inboundtest.TestArchive(t, func(t *testing.T) func() inbound.Archive {
				dir := t.TempDir()
				return func() inbound.Archive { return open(t, dir, options) }
			})
		})
	}
}

func open(t *testing.T, dir string, options *filearchive.Options) *filearchive.Archive {
	a, err := filearchive.Open(dir, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	return a
}
